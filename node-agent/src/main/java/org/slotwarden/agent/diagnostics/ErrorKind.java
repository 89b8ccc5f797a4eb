package org.slotwarden.agent.diagnostics;

import java.util.Locale;

/** What may go wrong in an agent, as the portal counts it. A new kind needs a line here and nothing else. */
public enum ErrorKind {
    /** A request to the portal failed: unreachable, or 5xx. */
    PORTAL_AWAY,
    /** The portal answered that it does not want what was sent. */
    PORTAL_REFUSED,
    /** The portal will never take one report of a batch. */
    REPORT_REFUSED,
    /** Sending failed for a reason of our own. */
    SENDING_FAILED,
    /** Samples had to be thinned. */
    SPOOL_FULL,
    /** A spool could not be written: reports wait in memory. */
    DISK_FULL,
    /** A report could not be read back from its spool. */
    SPOOL_UNREADABLE,
    /** An order came that no key of the portal's had signed. */
    ORDER_FORGED,
    /** The folder of a slot could not be adopted. */
    SLOT_UNREADABLE,
    /** One sample of one slot failed. */
    SLOT_NOT_SAMPLED,
    /** Samples came later than at their interval, because they would take too much of a core. */
    SAMPLES_STRETCHED,
    /** The folder where hooks leave their files. */
    INBOX_UNREADABLE,
    /** A hook's file made no sense. */
    HAND_OVER_UNUSABLE,
    /** A figure of the node could not be taken. */
    NODE_NOT_SAMPLED,
    /** nvidia-smi did not answer in time. */
    GPU_SLOW,
    /** nvidia-smi could not be run, or said something else than its figures. */
    GPU_UNUSABLE,
    /** The file system for scratch did not answer in time. */
    SCRATCH_SLOW,
    /** Or failed. */
    SCRATCH_UNUSABLE,
    /** The node's sensors did not answer in time. */
    SENSORS_SLOW,
    /** Or failed. */
    SENSORS_UNUSABLE;

    /** As in {@code ErrorCount} of the wire contract. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
