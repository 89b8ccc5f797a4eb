package org.slotwarden.agent;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When slots are sampled: at whole multiples of their interval since a random moment before the process
 * began, so that slots with one interval share one look at /proc and one request, while a hundred thousand
 * nodes that were switched on together do not march in step.
 */
final class SamplingGrid {

    /** As long as the longest interval: every phase is as likely as any other. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final long beginNanos;

    SamplingGrid(long beginNanos) {
        this.beginNanos = beginNanos;
    }

    static SamplingGrid atAnyPhase(RandomGenerator random) {
        return new SamplingGrid(System.nanoTime() - random.nextLong(LONGEST.toNanos()));
    }

    /** The first multiple of the interval that lies after now; both on the clock of {@link System#nanoTime}. */
    long next(long nowNanos, double intervalSeconds) {
        long interval = (long) (intervalSeconds * 1e9);
        return beginNanos + (Math.floorDiv(nowNanos - beginNanos, interval) + 1) * interval;
    }
}
