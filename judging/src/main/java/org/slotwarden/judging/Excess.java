package org.slotwarden.judging;

import org.jspecify.annotations.Nullable;

/**
 * A value above a threshold for long enough, and later below a lower one for long enough. Time on the other side is
 * subtracted, so that a short dip does not hide an excess and short bursts do not make one; and the mean since the
 * excess began must be above the threshold, too: values of up to twice the threshold count in it, so that one peak
 * does not stand for many samples.
 */
final class Excess {

    private static final double CLIP = 2;

    private final Bounds bounds;
    /** Null while there is none, as in most jobs. */
    private @Nullable Run run;

    private boolean holds;

    /** Thresholds, and seconds for which they must be passed. Where nothing else is said, of a share of what is too much. */
    interface Bounds {
        default double raiseAt() {
            return 1;
        }

        default double clearAt() {
            return 0.7;
        }

        double dwell();

        double clearFor();
    }

    /** An excess that has begun, dwelt or not. */
    private static final class Run {
        private final double since;
        private double above;
        private double below;
        private double seconds;
        private double integral;
        private double clipped;
        private boolean standing;

        private Run(double since) {
            this.since = since;
        }
    }

    Excess(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * @param elapsed the seconds before {@code time} for which the value holds; NaN when it is not connected with
     *     what came before
     */
    void feed(double time, double elapsed, double value) {
        holds = !Double.isNaN(elapsed) && value >= bounds.clearAt();
        if (Double.isNaN(elapsed)) {
            run = standing() ? run : null;
            if (run != null) {
                run.below = 0;
            }
            return;
        }
        if (run == null) {
            if (value < bounds.raiseAt()) {
                return;
            }
            run = new Run(time - elapsed);
        }
        run.seconds += elapsed;
        run.integral += value * elapsed;
        run.clipped += Math.min(value, CLIP * bounds.raiseAt()) * elapsed;
        if (over(run, elapsed, value)) {
            run = null;
        }
    }

    private boolean over(Run run, double elapsed, double value) {
        if (run.standing) {
            run.below = value < bounds.clearAt() ? run.below + elapsed : Math.max(0, run.below - elapsed);
            return run.below >= bounds.clearFor();
        }
        if (value >= bounds.raiseAt()) {
            run.above = Math.min(bounds.dwell(), run.above + elapsed);
            run.standing = run.above >= bounds.dwell() && run.clipped / run.seconds >= bounds.raiseAt();
            return false;
        }
        run.above -= elapsed;
        return run.above <= 0;
    }

    boolean standing() {
        return run != null && run.standing;
    }

    /** Whether it stands, and the last value said so, too. */
    boolean holds() {
        return standing() && holds;
    }

    /** Nothing was measured. */
    void unknown() {
        holds = false;
    }

    /** Whether it has been above for half the time that it takes. */
    boolean building() {
        return run != null && run.above >= bounds.dwell() / 2;
    }

    /** Begin of the excess; NaN when there is none, dwelt or not. */
    double since() {
        return run == null ? Double.NaN : run.since;
    }

    /** Over the time since it began; NaN when there is none. */
    double mean() {
        return run == null ? Double.NaN : run.integral / run.seconds;
    }
}
