package org.slotwarden.portal.node;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * A node with the processes of its agent.
 *
 * @param agents those that report first, then the latest heard of; 20 at most
 */
public record NodeDetails(@JsonUnwrapped NodeStatus node, List<AgentProcess> agents) {}
