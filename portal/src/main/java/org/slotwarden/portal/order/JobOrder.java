package org.slotwarden.portal.order;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order for a job, with what became of it on each of its nodes.
 *
 * @param author an account or a policy
 * @param expiresAt begun before it or not at all
 * @param slots on each node; with a {@code command}, how it went with the look that is kept before it
 * @param command what this host told the batch system; null: that is not its part
 */
public record JobOrder(
        long id,
        long jobId,
        OrderWish wish,
        String author,
        boolean byPolicy,
        String reason,
        Instant orderedAt,
        Instant expiresAt,
        @Nullable String withdrawnBy,
        @Nullable Instant withdrawnAt,
        List<SlotOrder> slots,
        @Nullable OrderCommand command) {

    /** Nothing more is to be expected of any slot. */
    public boolean over() {
        return slots.stream().allMatch(slot -> slot.state().over())
                && (command == null || command.state().over());
    }
}
