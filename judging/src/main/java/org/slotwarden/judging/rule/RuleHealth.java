package org.slotwarden.judging.rule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a rule fares: how often it was evaluated, how often it failed, what it costs. It may take a share of its
 * judge's time beyond some microseconds for each evaluation; what it wants beyond that is not evaluated, so that no rule
 * slows the judging of jobs. Any thread may read; one writes.
 */
public final class RuleHealth {

    /** A rule that fails more often than in one of so many evaluations is failing. */
    private static final int FAILING = 10;

    /** Nanoseconds: compiled code has just begun to run, too. */
    private static final double BURST = 2e8;

    /** Nanoseconds of an evaluation that are not counted: also a portal that reads hours of history judges all of it. */
    private static final long FREE = 5_000;

    /**
     * As of a moment.
     *
     * @param unknown evaluations in which something was not measured
     * @param skipped evaluations that its share of the judge's time did not allow
     * @param nanosEach on average
     * @param lastFailure what went wrong last; null: nothing did
     */
    public record Figures(
            long evaluated,
            long unknown,
            long failed,
            long skipped,
            double nanosEach,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureAt) {

        /** Whether somebody should look at it. */
        public boolean failing() {
            return failed * FAILING > evaluated || skipped * FAILING > evaluated + skipped;
        }
    }

    private final double share;
    private long evaluated;
    private long unknown;
    private long failed;
    private long skipped;
    private long nanos;
    private @Nullable String lastFailure;
    private @Nullable Instant lastFailureAt;
    private double left = BURST;
    private long filledAt = System.nanoTime();

    /** @param share of one thread's time that it may take, above 0; 1: all */
    public RuleHealth(double share) {
        this.share = share;
    }

    synchronized boolean mayBegin(long now) {
        if (share < 1) {
            left = Math.min(BURST, left + share * (now - filledAt));
            filledAt = now;
            if (left <= 0) {
                skipped++;
                return false;
            }
        }
        return true;
    }

    synchronized void ended(RuleExpression.Outcome outcome, long took) {
        evaluated++;
        nanos += took;
        left -= Math.max(0, took - FREE);
        if (outcome == RuleExpression.Outcome.UNKNOWN) {
            unknown++;
        }
    }

    synchronized void failed(String why) {
        failed++;
        lastFailure = RuleText.shortened(why, 300);
        lastFailureAt = Instant.now();
    }

    public synchronized Figures figures() {
        return new Figures(
                evaluated,
                unknown,
                failed,
                skipped,
                evaluated == 0 ? 0 : (double) nanos / evaluated,
                lastFailure,
                lastFailureAt);
    }
}
