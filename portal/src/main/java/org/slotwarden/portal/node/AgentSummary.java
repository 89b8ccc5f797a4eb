package org.slotwarden.portal.node;

import org.jspecify.annotations.Nullable;

/**
 * The agent processes of a node that were heard of lately, taken together.
 *
 * @param memoryBytes proportional where known, else resident
 * @param lagSeconds the greatest: age of the oldest report that waits
 * @param samplesGivenUp since they started, like {@code errors}
 */
public record AgentSummary(
        int processes,
        @Nullable Double coresUsed,
        @Nullable Long memoryBytes,
        @Nullable Long spoolBytes,
        @Nullable Double lagSeconds,
        @Nullable Long samplesGivenUp,
        @Nullable Long errors) {}
