package org.slotwarden.judging.rule;

/**
 * The time that rules may take together beside what else their judge has to do: so much for each sample of a job, and a
 * share of the time that passes. Both are far more than fifty ordinary rules take. One thread spends; any may ask.
 */
public final class RuleBudget {

    /** Nanoseconds: also a portal that reads hours of history judges all of it. */
    static final long EACH_SAMPLE = 50_000;

    /** Of the time that passes: where samples are few, code stays slow. */
    static final double SHARE = 0.05;

    /** Nanoseconds that can be saved up: code that has just begun to run is slow, too. */
    static final double MOST = 5e8;

    /** Samples after which older ones weigh half in the average. */
    private static final long REMEMBERED = 100_000;

    private final boolean bounded;
    private double left = MOST;
    private double earned;
    private long filledAt;
    private long window;
    private double samples;
    private double nanos;

    private RuleBudget(boolean bounded, long now) {
        this.bounded = bounded;
        this.filledAt = now;
    }

    /** For a judge that does nothing else, and may take its time. */
    static RuleBudget unbounded() {
        return new RuleBudget(false, 0);
    }

    /** @param now nanoseconds, as {@link System#nanoTime} has them */
    static RuleBudget bounded(long now) {
        return new RuleBudget(true, now);
    }

    boolean isBounded() {
        return bounded;
    }

    /**
     * Rules have looked at one sample.
     *
     * @param took nanoseconds, of all of them
     * @return whether there is something left
     */
    synchronized boolean spend(long took, long now) {
        samples++;
        nanos += took;
        if (samples >= 2 * REMEMBERED) {
            samples /= 2;
            nanos /= 2;
        }
        if (!bounded) {
            return true;
        }
        double income = EACH_SAMPLE + SHARE * (now - filledAt);
        filledAt = now;
        earned += income;
        left += income - took;
        if (left >= MOST) {
            begin(MOST);
        }
        return left > 0;
    }

    /** What was earned since rules began to take more than they may, in nanoseconds. */
    synchronized double earned() {
        return earned;
    }

    /** Changes whenever costs are added up anew. */
    synchronized long window() {
        return window;
    }

    /** After the costliest were suspended: the others have some time to show what they take. */
    synchronized void beginAnew() {
        begin(MOST / 4);
    }

    private void begin(double with) {
        left = with;
        earned = 0;
        window++;
    }

    /** What all rules together took for a sample of late, in nanoseconds; 0 as long as there was none. */
    public synchronized double nanosEachSample() {
        return samples == 0 ? 0 : nanos / samples;
    }
}
