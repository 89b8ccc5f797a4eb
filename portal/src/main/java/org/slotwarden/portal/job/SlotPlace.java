package org.slotwarden.portal.job;

/** Where the reports of a slot belong. */
public sealed interface SlotPlace {

    /**
     * The portal knows the slot. Of one that the register was told of the job is locked until the transaction ends.
     *
     * @param id the portal's own id of the slot
     * @param ended whether its end is known
     * @param opened just now: nothing of it is stored yet
     */
    record Known(long id, long jobId, boolean ended, boolean opened) implements SlotPlace {}

    /** Nobody has told yet which job it belongs to: nothing of it is stored. */
    record Unknown() implements SlotPlace {}

    /** It belongs to another node, whose reports these cannot be. */
    record Foreign() implements SlotPlace {}
}
