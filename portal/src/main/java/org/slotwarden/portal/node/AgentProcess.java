package org.slotwarden.portal.node;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;

/**
 * A process of a node's agent, as it was last heard of.
 *
 * @param heardAt by the clock of the portal
 * @param reporting whether it was heard of lately: an agent that has no slots any more goes away
 */
public record AgentProcess(
        String version,
        Instant heardAt,
        boolean reporting,
        @JsonUnwrapped AgentStatus status) {}
