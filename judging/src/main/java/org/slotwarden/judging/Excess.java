package org.slotwarden.judging;

/**
 * A value above a threshold for long enough, and later below a lower one for long enough. Time on the other side is
 * subtracted, so that a short dip does not hide an excess and short bursts do not make one; and the mean since the
 * excess began must be above the threshold, too: values of up to twice the threshold count in it, so that one peak
 * does not stand for many samples.
 */
final class Excess {

    private static final double CLIP = 2;

    private final double raiseAt;
    private final double clearAt;
    private final double dwell;
    private final double clearFor;

    private double since = Double.NaN;
    private double above;
    private double below;
    private double seconds;
    private double integral;
    private double clipped;
    private boolean standing;
    private boolean holds;

    /** Thresholds, and seconds for which they must be passed. */
    Excess(double raiseAt, double clearAt, double dwell, double clearFor) {
        this.raiseAt = raiseAt;
        this.clearAt = clearAt;
        this.dwell = dwell;
        this.clearFor = clearFor;
    }

    /**
     * @param elapsed the seconds before {@code time} for which the value holds; NaN when it is not connected with
     *     what came before
     */
    void feed(double time, double elapsed, double value) {
        holds = !Double.isNaN(elapsed) && value >= clearAt;
        if (Double.isNaN(elapsed)) {
            below = 0;
            if (!standing) {
                reset();
            }
            return;
        }
        if (Double.isNaN(since)) {
            if (value < raiseAt) {
                return;
            }
            since = time - elapsed;
        }
        seconds += elapsed;
        integral += value * elapsed;
        clipped += Math.min(value, CLIP * raiseAt) * elapsed;
        if (standing) {
            below = value < clearAt ? below + elapsed : Math.max(0, below - elapsed);
            if (below >= clearFor) {
                reset();
            }
        } else if (value >= raiseAt) {
            above = Math.min(dwell, above + elapsed);
            standing = above >= dwell && clipped / seconds >= raiseAt;
        } else {
            above -= elapsed;
            if (above <= 0) {
                reset();
            }
        }
    }

    boolean standing() {
        return standing;
    }

    /** Whether it stands, and the last value said so, too. */
    boolean holds() {
        return standing && holds;
    }

    /** Nothing was measured. */
    void unknown() {
        holds = false;
    }

    /** Whether it has been above for half the time that it takes. */
    boolean building() {
        return !Double.isNaN(since) && above >= dwell / 2;
    }

    /** Begin of the excess; NaN when there is none, dwelt or not. */
    double since() {
        return since;
    }

    /** Over the time since it began. */
    double mean() {
        return integral / seconds;
    }

    private void reset() {
        since = Double.NaN;
        above = 0;
        below = 0;
        seconds = 0;
        integral = 0;
        clipped = 0;
        standing = false;
    }
}
