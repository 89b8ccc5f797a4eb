package org.slotwarden.load;

/** Counts durations in classes that are 1.6 % wide, from a microsecond to an hour. Not thread-safe. */
final class Latencies {

    private static final int PER_DOUBLING = 45;
    private static final int CLASSES = 32 * PER_DOUBLING;

    private final long[] counts = new long[CLASSES];
    private long count;
    private long mostNanos;

    void add(long nanos) {
        double microseconds = Math.max(1, nanos / 1e3);
        int index = (int) (Math.log(microseconds) / Math.log(2) * PER_DOUBLING);
        counts[Math.min(CLASSES - 1, index)]++;
        count++;
        mostNanos = Math.max(mostNanos, nanos);
    }

    void add(Latencies other) {
        for (int i = 0; i < CLASSES; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        mostNanos = Math.max(mostNanos, other.mostNanos);
    }

    long count() {
        return count;
    }

    /** @param share 0 to 1; the upper end of the class in which it lies. 0 when nothing was counted */
    double milliseconds(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long below = 0;
        for (int i = 0; i < CLASSES && count > 0; i++) {
            below += counts[i];
            if (below >= rank) {
                return Math.min(mostNanos / 1e6, Math.pow(2, (i + 1.0) / PER_DOUBLING) / 1e3);
            }
        }
        return 0;
    }

    double mostMilliseconds() {
        return mostNanos / 1e6;
    }
}
