package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A job at one moment: what a detector is fed with, once for every sample of any of its slots.
 *
 * @param time of the latest sample of any slot
 * @param elapsed since the moment before, zero when this sample is older than another slot's; null when nothing
 *     came before, or too long ago to be connected with
 * @param reading the sample that is new
 * @param slots the last reading of each slot that has one not older than a gap, the new one included
 * @param complete whether all of the job's slots are among them
 */
record Moment(
        Instant time,
        @Nullable Duration elapsed,
        JobRequest request,
        Reading reading,
        Collection<Reading> slots,
        boolean complete) {

    /** Over all slots; the slots that are not known are left out, so that this is what is busy at least. */
    @Nullable
    Double cores() {
        Double sum = null;
        for (Reading slot : slots) {
            if (slot.cores() != null) {
                sum = (sum == null ? 0 : sum) + slot.cores();
            }
        }
        return sum;
    }
}
