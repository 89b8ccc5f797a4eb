package org.slotwarden.portal.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.evidence.SlotEvidence;

/**
 * What an agent tells of an order, checked.
 *
 * @param id of the slot's order
 * @param time by the node's clock
 * @param state BEGUN, DONE, FAILED or REFUSED
 */
public record OrderNews(
        long id,
        Instant time,
        OrderState state,
        @Nullable String detail,
        SlotOrder.@Nullable Killed killed,
        @Nullable SlotEvidence evidence,
        @Nullable Output output) {

    /**
     * A stretch of the job's output.
     *
     * @param offset in the file
     * @param leftOutBytes before it, as they were too many
     */
    public record Output(long offset, byte[] data, long leftOutBytes) {}
}
