package org.slotwarden.agent;

/**
 * When slots are sampled: at whole multiples of their interval since the process began, so that slots with
 * one interval share one look at /proc and one request, while nodes do not march in step.
 */
final class SamplingGrid {

    private final long beginNanos;

    SamplingGrid(long beginNanos) {
        this.beginNanos = beginNanos;
    }

    /** The first multiple of the interval that lies after now; both on the clock of {@link System#nanoTime}. */
    long next(long nowNanos, double intervalSeconds) {
        long interval = (long) (intervalSeconds * 1e9);
        return beginNanos + (Math.floorDiv(nowNanos - beginNanos, interval) + 1) * interval;
    }
}
