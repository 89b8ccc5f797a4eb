package org.slotwarden.portal.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * State of a node at one moment, by the node's clock. Counters are cumulative since boot; null is what
 * could not be measured, and so is a figure that is no number. Fields as in {@code report.proto}.
 */
public record NodeSample(
        Instant time,
        @Nullable Double load1m,
        @Nullable Double cpuBusySeconds,
        @Nullable Double cpuIowaitSeconds,
        @Nullable Long memoryTotalBytes,
        @Nullable Long memoryAvailableBytes,
        @Nullable Long swapUsedBytes,
        @Nullable Long diskReadBytes,
        @Nullable Long diskWriteBytes,
        @Nullable Long netReceiveBytes,
        @Nullable Long netTransmitBytes,
        @Nullable Long scratchFreeBytes,
        @Nullable Integer processes) {

    public NodeSample {
        load1m = finite(load1m);
        cpuBusySeconds = finite(cpuBusySeconds);
        cpuIowaitSeconds = finite(cpuIowaitSeconds);
    }

    private static @Nullable Double finite(@Nullable Double value) {
        return value != null && Double.isFinite(value) ? value : null;
    }
}
