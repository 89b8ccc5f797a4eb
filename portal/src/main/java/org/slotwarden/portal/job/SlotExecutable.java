package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All processes of a slot, or of a job, that run one executable.
 *
 * @param name base name, chosen by whoever wrote the job
 * @param seenAt time of the latest sample in which it was among the busiest
 * @param cpuSeconds from the job's start, of processes that were seen
 * @param maxMemoryRssBytes the most in any sample
 */
public record SlotExecutable(
        String name,
        Instant seenAt,
        int processes,
        int threads,
        @Nullable Double cpuSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long maxMemoryRssBytes,
        @Nullable Long readBytes,
        @Nullable Long writeBytes) {

    /** The same executable in two slots of a job. */
    SlotExecutable and(SlotExecutable other) {
        return new SlotExecutable(
                name,
                seenAt.isAfter(other.seenAt) ? seenAt : other.seenAt,
                Math.addExact(processes, other.processes),
                Math.addExact(threads, other.threads),
                cpuSeconds == null
                        ? other.cpuSeconds
                        : other.cpuSeconds == null ? cpuSeconds : (Double) (cpuSeconds + other.cpuSeconds),
                sum(memoryRssBytes, other.memoryRssBytes),
                sum(maxMemoryRssBytes, other.maxMemoryRssBytes),
                sum(readBytes, other.readBytes),
                sum(writeBytes, other.writeBytes));
    }

    private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : other == null ? one : (Long) (one + other);
    }
}
