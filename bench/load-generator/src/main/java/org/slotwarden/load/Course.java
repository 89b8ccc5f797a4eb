package org.slotwarden.load;

/** What the figures of a slot are over its life: nothing but a function of the slot and of how many samples it had. */
interface Course {

    /**
     * @param slot of {@link Occupant#key}: the same slot has the same figures whenever it is asked
     * @param index of the sample within its slot, from 0; the one of the next index has no smaller counters
     * @param figures filled in the order of {@link Figure}
     */
    void fill(long slot, int index, long[] figures);
}
