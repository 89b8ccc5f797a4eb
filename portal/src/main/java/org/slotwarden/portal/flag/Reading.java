package org.slotwarden.portal.flag;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sample of one slot with its counters turned into rates since the sample before. What is not known is null:
 * all rates in the first sample and in the first after a gap, the rate of a counter that fell.
 *
 * @param cores cores busy since the sample before
 * @param ioBytesPerSecond read and written, through sockets and pipes too where that is measured
 * @param memoryBytes resident, pages shared among the job's processes counted once as far as known
 * @param cpuSeconds since the job's start
 */
record Reading(
        long slotId,
        Instant time,
        @Nullable Double cores,
        @Nullable Double ioBytesPerSecond,
        @Nullable Double memoryBytes,
        @Nullable Integer openSockets,
        @Nullable Double cpuSeconds) {}
