package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A value above a threshold for long enough, and later below a lower one for long enough. Time on the other side is
 * subtracted, so that a short dip does not hide an excess and short bursts do not make one; and the mean since the
 * excess began must be above the threshold, too.
 */
final class Excess {

    private final double raiseAt;
    private final double clearAt;
    private final double dwellSeconds;
    private final double clearSeconds;

    private @Nullable Instant since;
    private double above;
    private double below;
    private double seconds;
    private double integral;
    private boolean standing;

    Excess(double raiseAt, double clearAt, Duration dwell, Duration clearFor) {
        this.raiseAt = raiseAt;
        this.clearAt = clearAt;
        this.dwellSeconds = dwell.toNanos() / 1e9;
        this.clearSeconds = clearFor.toNanos() / 1e9;
    }

    /**
     * @param elapsed the time before {@code time} for which the value holds; null when it is not connected with
     *     what came before
     */
    void feed(Instant time, @Nullable Duration elapsed, double value) {
        if (elapsed == null) {
            below = 0;
            if (!standing) {
                reset();
            }
            return;
        }
        double passed = elapsed.toNanos() / 1e9;
        if (since == null && value >= raiseAt) {
            since = time.minus(elapsed);
        }
        if (since == null) {
            return;
        }
        seconds += passed;
        integral += value * passed;
        if (standing) {
            below = value < clearAt ? below + passed : Math.max(0, below - passed);
            if (below >= clearSeconds) {
                reset();
            }
        } else if (value >= raiseAt) {
            above = Math.min(dwellSeconds, above + passed);
            standing = above >= dwellSeconds && mean() >= raiseAt;
        } else {
            above -= passed;
            if (above <= 0) {
                reset();
            }
        }
    }

    boolean standing() {
        return standing;
    }

    /** Begin of the excess; null when there is none, dwelt or not. */
    @Nullable
    Instant since() {
        return since;
    }

    /** Over the time since it began. */
    double mean() {
        return integral / seconds;
    }

    private void reset() {
        since = null;
        above = 0;
        below = 0;
        seconds = 0;
        integral = 0;
        standing = false;
    }
}
