package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where the reports of a slot belong. */
public sealed interface SlotPlace {

    /**
     * The portal knows the slot, and its job is locked until the transaction ends.
     *
     * @param id the portal's own id of the slot
     * @param lastSampleAt time of its newest stored sample
     */
    record Known(long id, long jobId, @Nullable Instant lastSampleAt) implements SlotPlace {}

    /** Nobody has told yet which job it belongs to: nothing of it is stored. */
    record Unknown() implements SlotPlace {}

    /** It belongs to another node, whose reports these cannot be. */
    record Foreign() implements SlotPlace {}
}
