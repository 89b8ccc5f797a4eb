package org.slotwarden.portal.node;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does not change while a node is up. Null: could not be found out.
 *
 * @param linkBytesPerSecond of its fastest network link, one way
 * @param blindSpots what the agent cannot see there, one sentence each
 */
public record NodeFacts(
        @Nullable String operatingSystem,
        @Nullable String kernel,
        @Nullable String cpuModel,
        @Nullable Integer logicalCores,
        @Nullable Integer physicalCores,
        @Nullable Long memoryBytes,
        @Nullable Long swapBytes,
        @Nullable Instant bootedAt,
        @Nullable Long linkBytesPerSecond,
        List<String> blindSpots) {

    public NodeFacts {
        blindSpots = List.copyOf(blindSpots);
    }
}
