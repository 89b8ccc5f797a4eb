package org.slotwarden.portal.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node as people and programs see it.
 *
 * @param firstSeenAt first report, by the portal's clock; null: none yet
 * @param clockOffsetSeconds clock of the node minus clock of the portal when it last reported, the way of the report
 *     included
 * @param agent its agent processes taken together, as of its last report
 * @param facts null until the agent told them
 * @param latest latest sample, null when there is none
 */
public record NodeStatus(
        long id,
        String name,
        NodeState state,
        @Nullable Instant tokenIssuedAt,
        @Nullable Instant firstSeenAt,
        @Nullable Instant lastReportAt,
        @Nullable Double clockOffsetSeconds,
        @Nullable String agentVersion,
        @Nullable AgentSummary agent,
        @Nullable NodeFacts facts,
        @Nullable NodeSample latest) {}
