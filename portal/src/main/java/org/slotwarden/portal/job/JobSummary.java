package org.slotwarden.portal.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.Figure;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A job as lists show it. Whatever is not known, or was never measured, is null.
 *
 * @param id the portal's own id, never used again
 * @param jobId the batch system's id, which may come again for another run
 * @param nodes names of the nodes on which the job has or had slots
 * @param coresUsed over the last interval, all slots together
 * @param cpuSeconds so far, user and system, all slots together
 * @param openFlags kinds of the flags now open
 */
public record JobSummary(
        long id,
        String batchSystem,
        String cluster,
        String jobId,
        @Nullable Integer restartCount,
        @Nullable String arrayId,
        @Nullable Long arrayIndex,
        @Nullable String name,
        @Nullable String user,
        @Nullable String group,
        @Nullable String account,
        @Nullable String queue,
        List<String> nodes,
        JobState state,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Integer requestedCores,
        @Nullable Long requestedMemoryBytes,
        @Nullable Long wallTimeLimitSeconds,
        @Nullable Instant lastSampleAt,
        @JsonSerialize(using = Figure.class) @Nullable Double coresUsed,
        @Nullable Double cpuSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long maxMemoryRssBytes,
        @Nullable Integer processes,
        @Nullable Integer openSockets,
        Set<String> openFlags) {

    /** From the start to the end, or to {@code now} while it runs; absent when the start is not known. */
    public @Nullable Duration wallTime(Instant now) {
        if (startedAt == null) {
            return null;
        }
        return Duration.between(startedAt, endedAt != null ? endedAt : now);
    }
}
