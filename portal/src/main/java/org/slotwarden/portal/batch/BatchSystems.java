package org.slotwarden.portal.batch;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.batch.BatchFailed;
import org.slotwarden.batch.BatchJob;
import org.slotwarden.batch.BatchSystem;
import org.springframework.stereotype.Component;

/** The batch systems of this site, as configured. */
@Component
public class BatchSystems {

    private final BatchSettings settings;

    public BatchSystems(BatchSettings settings) {
        this.settings = settings;
    }

    /**
     * Why a job's batch system is told nothing, for people; empty when it is.
     *
     * @param batchSystem as agents call it
     * @param cluster as agents call it; empty: the only one
     * @param batchId the job's id as agents told it
     */
    public Optional<String> refusal(String batchSystem, String cluster, String batchId) {
        Optional<BatchSystem> system = BatchSystem.named(batchSystem);
        if (system.isEmpty()) {
            return Optional.of("There are no commands for jobs of " + batchSystem);
        }
        BatchSettings.Commands commands = settings.of(system.get());
        String title = system.get().title();
        if (commands.runBy() == RunBy.NONE) {
            return Optional.of("Nobody runs commands of " + title + " at this site (slotwarden.batch."
                    + system.get().word() + ".run-by)");
        }
        if (!system.get().isId(batchId)) {
            return Optional.of("The job's id is none of " + title);
        }
        if (commands.runBy() == RunBy.PORTAL && !commands.cluster().equals(cluster)) {
            return Optional.of("The portal's commands reach another cluster than the job's (slotwarden.batch."
                    + system.get().word() + ".cluster)");
        }
        return Optional.empty();
    }

    /** Whether this host runs commands of any batch system. */
    public boolean byThisHost() {
        return Arrays.stream(BatchSystem.values())
                .anyMatch(system -> settings.of(system).runBy() == RunBy.PORTAL);
    }

    /** Who runs the commands. */
    public RunBy runBy(String batchSystem) {
        return BatchSystem.named(batchSystem)
                .map(system -> settings.of(system).runBy())
                .orElse(RunBy.NONE);
    }

    /**
     * Tells a batch system by the commands of this host, and waits for the answer.
     *
     * @param user whose job it must be
     * @param text as the batch system is to show it
     * @return what it was told
     * @throws BatchFailed when it was not done, or not for certain
     */
    public String carryOut(String batchSystem, String batchId, @Nullable String user, BatchAct act, String text)
            throws BatchFailed {
        BatchSystem system = BatchSystem.named(batchSystem).orElseThrow();
        return settings.of(system).access().carryOut(new BatchJob(system, batchId, user), act, text);
    }
}
