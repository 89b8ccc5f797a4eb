package org.slotwarden.agent;

import java.util.OptionalDouble;

/**
 * Keeps regular samples of all slots within a share of one core: on a node with very many processes they
 * come as late as their CPU time demands. What is not used is saved up to some seconds' worth, so that one
 * dear round (the first of all, in which classes are loaded) delays nothing. Moments are on the clock of
 * {@link System#nanoTime}. Used by one thread.
 */
final class SamplingBudget {

    private static final double SAVED_SECONDS = 20;

    private final double share;
    private double left;
    private long countedTo;

    /** @param share of one core, for example 0.1; 0: no bound */
    SamplingBudget(double share, long nowNanos) {
        this.share = share;
        this.left = share * SAVED_SECONDS;
        this.countedTo = nowNanos;
    }

    /**
     * A round was made.
     *
     * @param cpuSeconds what it cost; without, it counts for nothing
     */
    void used(long nowNanos, OptionalDouble cpuSeconds) {
        double gained = (nowNanos - countedTo) / 1e9 * share;
        left = Math.min(share * SAVED_SECONDS, left + gained) - cpuSeconds.orElse(0);
        countedTo = nowNanos;
    }

    /** When a round that is due at that moment may begin: then, or later. */
    long earliest(long dueNanos) {
        if (share == 0 || left >= 0) {
            return dueNanos;
        }
        long paid = countedTo + (long) (-left / share * 1e9);
        return paid - dueNanos > 0 ? paid : dueNanos;
    }
}
