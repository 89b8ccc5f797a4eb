package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended, from the ends of its slots. It depends on what was told, never on the order in which
 * it was told.
 *
 * <p>What is believed, best first: the batch system's own word; that the batch system started the job
 * again; exit code and signal; that processes or node vanished. A job that ended without any of them
 * counts as completed: nothing says that it failed.
 */
record JobOutcome(
        JobState state,
        Instant endedAt,
        @Nullable String batchState,
        @Nullable Integer exitCode,
        @Nullable Integer signal) {

    /** Slurm's Epilog gives exit code and signal as 0:125 after an out-of-memory kill. */
    private static final int SLURM_OUT_OF_MEMORY = 125;

    /**
     * @param ends of the slots that have ended, at least one
     * @param requeued whether the batch system started the job again after this run
     */
    static JobOutcome of(String batchSystem, Collection<SlotEnd> ends, boolean requeued) {
        SlotEnd telling = ends.stream()
                .max(Comparator.comparing((SlotEnd end) -> severity(end, batchSystem, requeued))
                        .thenComparing(SlotEnd::at))
                .orElseThrow();
        Instant last =
                ends.stream().map(SlotEnd::at).max(Comparator.naturalOrder()).orElseThrow();
        return new JobOutcome(
                state(telling, batchSystem, requeued),
                last,
                telling.batchState(),
                telling.exitCode(),
                telling.signal());
    }

    /** What one slot tells outweighs the other slots' tales in this order. */
    private static int severity(SlotEnd end, String batchSystem, boolean requeued) {
        return switch (state(end, batchSystem, requeued)) {
            case RUNNING, SILENT, VANISHED -> 0;
            case COMPLETED -> 1;
            case REQUEUED -> 2;
            case FAILED -> 3;
            case CANCELLED -> 4;
            case TIMEOUT -> 5;
            case OUT_OF_MEMORY -> 6;
        };
    }

    private static JobState state(SlotEnd end, String batchSystem, boolean requeued) {
        JobState word = end.batchState() == null ? null : word(end.batchState(), requeued);
        if (word != null) {
            return word;
        }
        if (requeued) {
            return JobState.REQUEUED;
        }
        int exitCode = end.exitCode() == null ? 0 : end.exitCode();
        int signal = end.signal() == null ? 0 : end.signal();
        if (batchSystem.equals("slurm") && exitCode == 0 && signal == SLURM_OUT_OF_MEMORY) {
            return JobState.OUT_OF_MEMORY;
        }
        if (exitCode != 0 || signal != 0) {
            return JobState.FAILED;
        }
        return end.cause() == SlotEnd.Cause.VANISHED && end.exitCode() == null ? JobState.VANISHED : JobState.COMPLETED;
    }

    /**
     * Job states of Slurm (squeue(1), "JOB STATE CODES"); other batch systems' hooks speak the same words.
     * Null for words that say nothing about the end, and for ends by the system that a later run explains.
     */
    private static @Nullable JobState word(String batchState, boolean requeued) {
        // "CANCELLED by 1000", "CANCELLED+"
        String word = batchState.strip().toUpperCase(Locale.ROOT).split("[^A-Z_]", 2)[0];
        return switch (word) {
            case "COMPLETED" -> JobState.COMPLETED;
            case "FAILED" -> JobState.FAILED;
            case "TIMEOUT", "DEADLINE" -> JobState.TIMEOUT;
            case "OUT_OF_MEMORY" -> JobState.OUT_OF_MEMORY;
            case "CANCELLED", "REVOKED" -> JobState.CANCELLED;
            case "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT" -> JobState.REQUEUED;
            case "PREEMPTED" -> requeued ? null : JobState.CANCELLED;
            case "NODE_FAIL", "BOOT_FAIL", "LAUNCH_FAILED" -> requeued ? null : JobState.FAILED;
            default -> null;
        };
    }
}
