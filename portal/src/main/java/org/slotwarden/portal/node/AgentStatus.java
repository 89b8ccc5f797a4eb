package org.slotwarden.portal.node;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one process of a node's agent is at one moment, as {@code report.proto} has it. Counters are cumulative from
 * its start; null is what it did not say, or what cannot be.
 *
 * @param time by the clock of the node, like {@code startedAt}
 * @param afterCrash started because another one had died
 * @param ownProcessOfSlot looks after one slot only
 * @param coresUsed since the status before, else since the start; not told, but computed
 * @param lagSeconds age of the oldest report that waits
 * @param sampleCpuSeconds of the last look at all slots that were due, like {@code sampleLateSeconds}
 * @param samplesHeldBack in memory, between the reported ones
 * @param errors since the start, the most frequent first
 */
public record AgentStatus(
        Instant time,
        Instant startedAt,
        boolean afterCrash,
        boolean ownProcessOfSlot,
        @Nullable Double coresUsed,
        @Nullable Double cpuSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long memoryPssBytes,
        @Nullable Integer threads,
        @Nullable Integer openFiles,
        @Nullable Integer slots,
        @Nullable Long spoolBytes,
        @Nullable Integer reportsWaiting,
        @Nullable Double lagSeconds,
        @Nullable Double sampleCpuSeconds,
        @Nullable Double sampleLateSeconds,
        @Nullable Long samplesTaken,
        @Nullable Long samplesGivenUp,
        @Nullable Integer samplesHeldBack,
        List<ErrorCount> errors) {

    /** @param kind a word or two, as the agent says */
    public record ErrorCount(String kind, long count) {}

    public AgentStatus {
        errors = List.copyOf(errors);
    }

    /** Of all kinds. */
    public long errorCount() {
        return errors.stream().mapToLong(ErrorCount::count).sum();
    }
}
