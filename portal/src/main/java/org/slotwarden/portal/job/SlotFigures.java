package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest that was measured of a slot, as lists show it.
 *
 * @param at time of the newest sample
 * @param coresUsed over the last interval
 * @param cpuSeconds so far, user and system
 * @param peakMemoryRssBytes the highest among the samples just stored
 * @param latest all figures of the newest sample, by name; counters as they stand
 * @param membership how the slot's processes are told from others; null: nothing new
 * @param progress null: nothing new
 * @param executables those that the samples just stored tell of
 */
public record SlotFigures(
        long slotId,
        long jobId,
        @Nullable Instant at,
        @Nullable Double coresUsed,
        @Nullable Double cpuSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long peakMemoryRssBytes,
        @Nullable Long readBytes,
        @Nullable Long writeBytes,
        @Nullable Integer processes,
        @Nullable Integer openSockets,
        Map<String, Number> latest,
        @Nullable String membership,
        @Nullable JobProgress progress,
        List<SlotExecutable> executables) {}
