package org.slotwarden.load;

/**
 * Nodes with places, in which one job follows the other. Time goes in steps of the sampling interval. Everything is a
 * function of this record, so that whoever has it can say what was told at any time.
 *
 * @param seed another one is another site, with other slots and jobs
 * @param slots places of each node
 * @param beginMs of step 0
 * @param jobSteps mean length of a job in steps
 * @param recorded folder with recorded jobs to be replayed; empty: noise
 */
record Site(long seed, int nodes, int slots, long beginMs, int intervalMs, int jobSteps, String recorded) {

    private static final int JITTER_MS = 20;

    Site {
        if (nodes < 1 || slots < 1 || slots > 4000 || (long) nodes * slots > 100_000_000L) {
            throw new IllegalArgumentException(
                    "nodes and slots must be at least 1, slots of a node at most 4000, together 100 million");
        }
        if (intervalMs < 1000 || jobSteps < 4) {
            throw new IllegalArgumentException("an interval is 1 s at least, a job 4 steps");
        }
    }

    /** Also of the cluster: the part of all names by which two sites are told apart. */
    String name() {
        return "load" + Long.toString(seed, 36);
    }

    String node(int node) {
        return name() + "-n" + node;
    }

    Occupant occupant(int place, int step) {
        long placeKey = Hash.of(seed, place);
        int period = Math.max(4, jobSteps / 2 + (int) Hash.below(Hash.of(placeKey, 1), jobSteps));
        int phase = (int) Hash.below(Hash.of(placeKey, 2), period);
        int run = (step + phase) / period;
        int first = run * period - phase;
        return new Occupant(place, run, Math.max(0, first), first + period - 1, Hash.of(placeKey, 10 + run));
    }

    String slotId(Occupant occupant) {
        return name() + "-" + occupant.place() + "-" + occupant.run();
    }

    /** Of the sample that a node takes of its {@code slot}-th place; nodes begin at moments of their own. */
    long timeMs(int node, int slot, int step) {
        long key = Hash.of(seed, -1 - node);
        return beginMs
                + (long) step * intervalMs
                + Hash.below(Hash.of(key, 0), intervalMs - slots / 8 - JITTER_MS)
                + Hash.below(Hash.of(key, 1 + step), JITTER_MS)
                + slot / 8;
    }

    long startMs(Occupant occupant) {
        return timeMs(occupant.place() / slots, occupant.place() % slots, occupant.first()) - 500;
    }
}
