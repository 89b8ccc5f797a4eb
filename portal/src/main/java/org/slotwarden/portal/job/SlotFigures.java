package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The latest that was measured of a slot, as lists show it.
 *
 * @param coresUsed over the last interval
 * @param cpuSeconds so far, user and system
 * @param peakMemoryRssBytes the highest among the samples just stored
 */
public record SlotFigures(
        Instant at,
        @Nullable Double coresUsed,
        @Nullable Double cpuSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long peakMemoryRssBytes,
        @Nullable Long readBytes,
        @Nullable Long writeBytes,
        @Nullable Integer processes,
        @Nullable Integer openSockets) {}
