package org.slotwarden.portal.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one job.
 *
 * @param batchState the end in the batch system's own words
 * @param sampleIntervalSeconds the shortest interval at which a slot of it is sampled now
 * @param progress of the slot that says most of it
 * @param sockets latest number by metric ({@code sockets_tcp_established}, ...), slots added up; empty when not known
 * @param executables those that used most CPU time, slots added up
 * @param samplesGivenUp samples that nodes could not keep; what they were is lost
 * @param losses when that was, the latest 20
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
        @Nullable JobProgress progress,
        Map<String, Long> sockets,
        List<SlotExecutable> executables,
        long samplesGivenUp,
        List<SampleLoss> losses,
        List<SlotSummary> slots) {

    /**
     * One node's share of the job.
     *
     * @param membership how its processes are told from others: {@code cgroup}, {@code supplementary_group}, {@code
     *     environment} or {@code process_tree}
     * @param latest all figures of the newest regular sample, by metric; counters as they stand
     */
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
            @Nullable Instant lastSampleAt,
            @Nullable String membership,
            @Nullable JobProgress progress,
            Map<String, Number> latest) {}

    /** Latest figure of a counter or a number of things, slots added up; null where none has it. */
    public @Nullable Double latest(String metric) {
        Double sum = null;
        for (SlotSummary slot : slots) {
            Number level = slot.latest().get(metric);
            if (level != null) {
                sum = (sum == null ? 0 : sum) + level.doubleValue();
            }
        }
        return sum;
    }
}
