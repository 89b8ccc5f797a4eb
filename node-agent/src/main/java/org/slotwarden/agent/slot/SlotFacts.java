package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.JobLimits;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.slot.Slot.Surroundings;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;

/**
 * What is known of a slot's job: what its hooks told, completed by what others know. Reported with the
 * start of the slot, and again when more became known.
 */
final class SlotFacts {

    private static final Logger LOG = LoggerFactory.getLogger(SlotFacts.class);
    private static final String FILE = "facts";

    /** Looks at a job's environment for what its hooks did not know, before it is given up. */
    private static final int ENVIRONMENT_LOOKS = 10;

    private final Path folder;
    private final HandOver handOver;
    private final boolean startKnown;
    private final Surroundings here;
    private final Spool spool;
    private final DoubleSupplier intervalSeconds;
    private JobFacts facts;
    private boolean arrayKnown;
    private int environmentLooks;

    /**
     * @param startKnown whether the hand-over is a prologue's
     * @throws IllegalArgumentException when the hand-over does not tell a job
     */
    SlotFacts(
            Path folder,
            HandOver handOver,
            boolean startKnown,
            Surroundings here,
            Spool spool,
            DoubleSupplier intervalSeconds) {
        this.folder = folder;
        this.handOver = handOver;
        this.startKnown = startKnown;
        this.here = here;
        this.spool = spool;
        this.intervalSeconds = intervalSeconds;
        this.facts = JobDescription.read(handOver, here.node());
    }

    JobFacts known() {
        return facts;
    }

    /** What the job may use here: of this slot, or of the job where this is its only node. */
    JobLimits limits() {
        boolean alone = facts.getNodesCount() <= 1;
        long memory =
                facts.hasSlotMemoryBytes() ? facts.getSlotMemoryBytes() : alone ? facts.getRequestedMemoryBytes() : 0;
        int cores = facts.hasSlotCores() ? facts.getSlotCores() : alone ? facts.getRequestedCores() : 0;
        return new JobLimits(memory > 0 ? memory : Double.NaN, cores > 0 ? cores : Double.NaN);
    }

    /** Takes what an earlier run of the agent knew. */
    void restore() {
        try {
            facts = JobFacts.parseFrom(Files.readAllBytes(folder.resolve(FILE)));
        } catch (NoSuchFileException e) {
            LOG.debug("{} has no facts yet", folder);
        } catch (IOException e) {
            LOG.warn("{}: facts of the earlier run are lost: {}", folder.getFileName(), e.toString());
        }
    }

    /** What a task prologue left, where the site lets it. */
    void takeDrop() {
        String told = handOver.text("drop");
        Path drop = told != null && told.startsWith("/") ? Path.of(told) : here.drop();
        if (drop != null) {
            DropFile.take(drop, facts).ifPresent(this::learn);
        }
    }

    /** Slurm's prologue does not know the job's name and array: the job's processes do. */
    void askEnvironment(Collection<ProcessStat> members) {
        if (!facts.getBatchSystem().equals("slurm") || facts.hasName() || environmentLooks >= ENVIRONMENT_LOOKS) {
            return;
        }
        environmentLooks++;
        takeDrop();
        if (!facts.hasName()) {
            JobEnvironment.read(here.processes().reads(), members, facts.getJobId(), this::learn);
        }
    }

    /** The controller told: now the pattern of the output's path can be resolved, array and all. */
    void arrayKnown() {
        arrayKnown = true;
    }

    /** Completes the facts; reports them when something was new. */
    void learn(JobFacts more) {
        JobFacts before = facts;
        facts = JobDescription.complete(facts, more);
        if (!facts.equals(before) && !spool.isNew()) {
            report();
        }
    }

    /** Reports the facts of the job and its start: first of all, and when the portal asks. */
    void report() {
        SlotStart.Builder start = SlotStart.newBuilder().setSampleIntervalSeconds(intervalSeconds.getAsDouble());
        if (startKnown) {
            start.setTimeMs(handOver.time().toEpochMilli());
        }
        spool.append(SlotReport.newBuilder().setJob(toReport()).setStart(start));
        try {
            Files.write(folder.resolve(FILE), facts.toByteArray());
        } catch (IOException e) {
            LOG.debug("{}: facts not saved", folder, e);
        }
    }

    /** Where the job's files are; null while it is not known whose they must be. */
    @Nullable
    JobPlaces places() {
        if (!facts.hasUid()) {
            return null;
        }
        JobFacts told = toReport();
        return new JobPlaces(
                told.getUid(),
                told.hasWorkDirectory() ? told.getWorkDirectory() : null,
                handOver.text("scratch_directory"),
                told.hasStandardOutput() ? told.getStandardOutput() : null,
                told.hasStandardError() ? told.getStandardError() : null);
    }

    private JobFacts toReport() {
        JobFacts.Builder reported = facts.toBuilder();
        if (facts.getBatchSystem().equals("slurm")) {
            if (facts.hasStandardOutput()) {
                reported.setStandardOutput(OutputPath.resolve(facts.getStandardOutput(), facts, arrayKnown));
            }
            if (facts.hasStandardError()) {
                reported.setStandardError(OutputPath.resolve(facts.getStandardError(), facts, arrayKnown));
            }
        }
        return reported.build();
    }
}
