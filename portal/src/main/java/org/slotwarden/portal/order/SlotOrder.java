package org.slotwarden.portal.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of an order on one node.
 *
 * @param begunAt by the node's clock, like {@code endedAt}
 * @param detail what the agent says about it
 * @param evidence whether it was told what the job was doing
 */
public record SlotOrder(
        long slotId,
        String node,
        OrderState state,
        @Nullable Instant toldAt,
        @Nullable Instant begunAt,
        @Nullable Instant endedAt,
        @Nullable String detail,
        @Nullable Killed killed,
        boolean evidence) {

    /**
     * What was ended.
     *
     * @param processes that were signalled
     * @param endedByTerm gone before the grace was over
     * @param killed gone after SIGKILL
     * @param left still there when the agent gave up
     * @param tookSeconds from the first signal to the last process's end, or until the agent gave up
     */
    public record Killed(int processes, int endedByTerm, int killed, int left, double tookSeconds) {}
}
