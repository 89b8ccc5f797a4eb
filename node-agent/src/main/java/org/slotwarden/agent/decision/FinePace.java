package org.slotwarden.agent.decision;

import java.time.Duration;

/**
 * When samples in between are taken: as often as wished, or as seldom as their cost demands. The cost is
 * the time that a round takes, which is its CPU time or more.
 */
public final class FinePace {

    /** Weight of the latest round in what a round costs. */
    private static final double WEIGHT = 0.25;

    private final long wishedNanos;
    private final double share;
    private double costNanos;
    private long nextNanos = Long.MIN_VALUE;

    FinePace(Duration wished, double share) {
        this.wishedNanos = wished.toNanos();
        this.share = share;
    }

    /** False when no such samples are wanted at all. */
    public boolean wanted() {
        return wishedNanos > 0 && share > 0;
    }

    /** @param nowNanos on the clock of {@link System#nanoTime} */
    public boolean due(long nowNanos) {
        return wanted() && (nextNanos == Long.MIN_VALUE || nowNanos - nextNanos >= 0);
    }

    /** Not worth it for a slot that is sampled regularly about as often. */
    public boolean worthFor(double regularSeconds) {
        return wanted() && intervalNanos() * 2.0 <= regularSeconds * 1e9;
    }

    /** A round with samples in between was made. */
    public void took(long nowNanos, long roundNanos) {
        costNanos = costNanos == 0 ? roundNanos : costNanos + WEIGHT * (roundNanos - costNanos);
        nextNanos = nowNanos + intervalNanos();
    }

    /** Time from one round to the next at the present cost. */
    public long intervalNanos() {
        return Math.max(wishedNanos, (long) Math.min(costNanos / share, 3.6e12));
    }

    /** When the next round is due; now, before the first. */
    public long nextNanos(long nowNanos) {
        return nextNanos == Long.MIN_VALUE ? nowNanos : nextNanos;
    }
}
