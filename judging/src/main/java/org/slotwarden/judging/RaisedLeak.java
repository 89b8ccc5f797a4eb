package org.slotwarden.judging;

/** A rise since it was flagged as a leak: whether it goes on, and when it is over. */
final class RaisedLeak {

    /** Blocks over which it must have risen hardly at all to be over. */
    static final int CALM_BLOCKS = 4;

    /** Share of the limit from which on nothing can rise any more. */
    private static final double AT_LIMIT = 0.98;

    /** Share of the limit by which it must have fallen, near the limit, to be over. */
    private static final double FALLEN = 0.05;

    private final JudgeSettings.Leak settings;
    private final Rise rise;
    private final double raisedAt;
    private final double raisedValue;
    private final boolean limited;
    /** Of what is held against the limit. */
    private double highest;
    /** When it was last so near its limit that standing still proves nothing. */
    private double nearAt = Double.NEGATIVE_INFINITY;

    private int blocks;

    /**
     * @param used what is held against the limit
     * @param limited whether that was known
     */
    RaisedLeak(JudgeSettings.Leak settings, Rise rise, double time, double value, double used, boolean limited) {
        this.settings = settings;
        this.rise = rise;
        this.raisedAt = time;
        this.raisedValue = value;
        this.highest = used;
        this.limited = limited;
    }

    Rise rise() {
        return rise;
    }

    /** Whether a limit was known when it was flagged. */
    boolean limited() {
        return limited;
    }

    /** When it began to rise, in seconds. */
    double since() {
        return raisedAt - rise.growth() / rise.pace();
    }

    /** Per second: what rises more slowly is calm. */
    double calmPace() {
        return settings.clearPace() * rise.pace();
    }

    /** What is near its limit is not over because it cannot rise any more, but when it has fallen below this. */
    double overBelow(double limit) {
        return Math.max(settings.nearLimit() * limit, highest - FALLEN * limit);
    }

    /**
     * Follows it.
     *
     * @param closed whether this value has closed a block
     * @return whether it is over: half of it was given back, or it has been calm for long enough
     */
    boolean over(double time, double value, double used, double limit, BlockMinima minima, boolean closed) {
        highest = Math.max(highest, used);
        if (used >= overBelow(limit)) {
            nearAt = time;
        }
        if (value < rise.first() + rise.growth() / 2) {
            return true;
        }
        if (!closed || ++blocks < CALM_BLOCKS || minima.count() <= CALM_BLOCKS) {
            return false;
        }
        double seconds = (minima.number(0) - minima.number(CALM_BLOCKS)) * minima.width();
        double pace = (minima.minimum(0) - minima.minimum(CALM_BLOCKS)) / seconds;
        return pace < calmPace() && time - nearAt >= CALM_BLOCKS * minima.width();
    }

    /** It has gone on rising since it was flagged; or it cannot, for it is at its limit. */
    boolean goesOn(double time, double value, double used, double limit) {
        return value - raisedValue >= calmPace() * (time - raisedAt) || used >= AT_LIMIT * limit;
    }
}
