package org.slotwarden.judging.rule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a rule fares: how often it was evaluated, how often it failed, what it costs. When all rules together take more
 * than their {@link RuleBudget} has, the costliest are suspended for a while, so that rules do not slow the judging of
 * jobs. Any thread may read; one writes.
 */
public final class RuleHealth {

    /** A rule that fails more often than in one of so many evaluations is failing. */
    private static final int FAILING = 10;

    /** Nanoseconds: no rule that was accepted takes longer, so whatever took longer was a pause of the machine. */
    private static final long LONGEST = 50_000_000;

    /** How long a rule is left out that cost too much. */
    static final Duration SUSPENDED = Duration.ofMinutes(1);

    /**
     * As of a moment.
     *
     * @param unknown evaluations in which something was not measured
     * @param skipped evaluations that were left out while it was suspended
     * @param suspended whether it is left out now, as it took most of what all rules together may take
     * @param nanosEach on average
     * @param lastFailure what went wrong last; null: nothing did
     */
    public record Figures(
            long evaluated,
            long unknown,
            long failed,
            long skipped,
            boolean suspended,
            double nanosEach,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureAt) {

        /** Whether somebody should look at it. */
        public boolean failing() {
            return suspended || failed * FAILING > evaluated || skipped * FAILING > evaluated + skipped;
        }
    }

    private long evaluated;
    private long unknown;
    private long failed;
    private long skipped;
    private long nanos;
    private @Nullable String lastFailure;
    private @Nullable Instant lastFailureAt;

    /** Of the budget, and what was taken in it. */
    private long window = -1;

    private long takenInWindow;
    private boolean suspended;
    private long suspendedAt;

    /** False while it is suspended; then an evaluation was left out. */
    synchronized boolean mayBegin(long now) {
        if (isSuspended(now)) {
            skipped++;
            return false;
        }
        return true;
    }

    synchronized boolean isSuspended(long now) {
        suspended &= now - suspendedAt < SUSPENDED.toNanos();
        return suspended;
    }

    synchronized void suspend(long now) {
        suspended = true;
        suspendedAt = now;
    }

    /** @return nanoseconds that count against the budget */
    synchronized long ended(RuleExpression.Outcome outcome, long took, long inWindow) {
        long counted = Math.min(took, LONGEST);
        evaluated++;
        nanos += counted;
        takenInWindow = counted + takenIn(inWindow);
        window = inWindow;
        if (outcome == RuleExpression.Outcome.UNKNOWN) {
            unknown++;
        }
        return counted;
    }

    /** Nanoseconds. */
    synchronized long takenIn(long ofBudget) {
        return window == ofBudget ? takenInWindow : 0;
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
                isSuspended(System.nanoTime()),
                evaluated == 0 ? 0 : (double) nanos / evaluated,
                lastFailure,
                lastFailureAt);
    }
}
