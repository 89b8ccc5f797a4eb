package org.slotwarden.load;

/**
 * The job that is in a place at a step: one slot in the sense of the wire contract.
 *
 * @param place counted over all nodes
 * @param run how many jobs were there before it
 * @param first step at which it begins, 0 at least
 * @param last step at which it ends: its only report without a sample
 * @param key what all about it is made of
 */
record Occupant(int place, int run, int first, int last, long key) {

    static int cores(long key) {
        return 1 << Hash.below(Hash.of(key, -1), 4);
    }

    int cores() {
        return cores(key);
    }

    /** Of a report: from 1 on, without holes. */
    int sequence(int step) {
        return step - first + 1;
    }

    boolean beginsAt(int step) {
        return step == first;
    }

    boolean endsAt(int step) {
        return step == last;
    }

    /** One of ten fails. */
    int exitCode() {
        long dice = Hash.below(Hash.of(key, -2), 100);
        return dice < 90 ? 0 : dice < 95 ? 1 : 137;
    }
}
