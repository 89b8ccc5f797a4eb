package org.slotwarden.portal.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one job.
 *
 * @param batchState the end in the batch system's own words
 * @param sampleIntervalSeconds the shortest interval at which a slot of it is sampled now
 */
public record JobDetails(
        @JsonUnwrapped JobSummary summary,
        @Nullable Long uid,
        @Nullable Long gid,
        @Nullable Integer nodeCount,
        @Nullable String workDirectory,
        @Nullable String standardOutput,
        @Nullable String standardError,
        @Nullable String comment,
        @Nullable String command,
        @Nullable Instant submittedAt,
        @Nullable String batchState,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        @Nullable Long readBytes,
        @Nullable Long writeBytes,
        @Nullable Double sampleIntervalSeconds,
        List<SlotSummary> slots) {

    /** One node's share of the job. */
    public record SlotSummary(
            long id,
            String slotId,
            String node,
            @Nullable Integer cores,
            @Nullable Long memoryBytes,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String batchState,
            @Nullable Integer exitCode,
            @Nullable Integer signal,
            @Nullable Double sampleIntervalSeconds,
            @Nullable Instant lastSampleAt) {}
}
