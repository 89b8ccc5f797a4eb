package org.slotwarden.load;

/**
 * Figures of a job that computes, reads and writes: rates that differ from job to job, and noise of about a third of
 * each step that leaves nothing for a compressor to find. A counter is its rate times the step and noise below one
 * step's worth, so that it never falls.
 */
final class NoisyCourse implements Course {

    private static final long PAGE = 4096;
    private static final int KNOT = 32;

    /** Of each gauge: quantum, least base, range of the base, slow movement, noise; all in quanta. */
    private static final long[][] GAUGES = {
        {PAGE, 20_000, 300_000, 80_000, 60_000},
        {1024, 60_000, 1_000_000, 160_000, 64_000},
        {PAGE, 0, 2_000, 8_000, 12_000},
        {1, 1, 12, 4, 6},
        {1, 4, 60, 40, 300},
        {1, 20, 200, 200, 1_500},
        {1, 1, 20, 6, 12},
        {PAGE, 1_000, 400_000, 100_000, 40_000},
    };

    /**
     * Of each counter: quantum, least rate and range of the rate in quanta per second, percent of a step that is
     * noise. Times are of microseconds, as those of a cgroup.
     */
    private static final long[][] COUNTERS = {
        {1, 450_000, 400_000, 15},
        {1, 10_000, 80_000, 60},
        {1, 5_000, 120_000, 60},
        {512, 200, 80_000, 90},
        {512, 200, 40_000, 90},
        {1, 50_000, 60_000_000, 90},
        {1, 50_000, 30_000_000, 90},
        {1, 200, 160_000, 90},
        {1, 200, 80_000, 90},
        {1, 10, 12_000, 90},
        {1, 10, 8_000, 90},
        {1, 1, 400, 90},
        {1, 500, 160_000, 90},
        {1, 50, 24_000, 90},
    };

    private final long interval;

    /** @param intervalSeconds between two samples, at least 1 */
    NoisyCourse(long intervalSeconds) {
        this.interval = intervalSeconds;
    }

    @Override
    public void fill(long slot, int index, long[] figures) {
        long noise = Hash.of(slot, 1_000_000L + index);
        for (int i = 0; i < GAUGES.length; i++) {
            long[] gauge = GAUGES[i];
            long base = gauge[1] + Hash.below(Hash.of(slot, i), gauge[2]);
            long level = base + slow(slot, i, index, gauge[3]) + Hash.below(Hash.of(noise, i), gauge[4]);
            figures[i] = level * gauge[0];
        }
        long cores = Occupant.cores(slot);
        for (int i = 0; i < COUNTERS.length; i++) {
            long[] counter = COUNTERS[i];
            int at = Figure.GAUGES + i;
            long rate = counter[1] + Hash.below(Hash.of(slot, at), counter[2]);
            long step = rate * interval * (i < 2 ? cores : 1);
            long level = step * (index + 1) + Hash.below(Hash.of(noise, at), Math.max(1, step * counter[3] / 100));
            figures[at] = level * counter[0];
        }
    }

    /** A line through points that lie {@link #KNOT} samples apart. */
    private static long slow(long slot, int gauge, int index, long range) {
        long knot = index / KNOT;
        long from = Hash.below(Hash.of(slot, 100 + gauge * 100_000L + knot), range);
        long to = Hash.below(Hash.of(slot, 101 + gauge * 100_000L + knot), range);
        return from + (to - from) * (index % KNOT) / KNOT;
    }
}
