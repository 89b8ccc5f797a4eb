package org.slotwarden.portal.series;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a sample, or two samples in a row, say about a metric. */
final class Measure {

    private Measure() {}

    /**
     * The value of a metric at {@code sample}: a gauge as it is, a counter as the rate since {@code
     * previous}. A counter that fell was counted anew in between: how much it grew is not known.
     */
    static @Nullable Double of(Metric metric, @Nullable JobSample previous, JobSample sample) {
        Double level = sample.level(metric);
        if (!metric.counter() || level == null) {
            return level;
        }
        Double before = previous == null ? null : previous.level(metric);
        return previous == null || before == null ? null : rate(before, level, seconds(previous.time(), sample.time()));
    }

    static @Nullable Double rate(double before, double level, double seconds) {
        return level < before ? null : (Double) ((level - before) / seconds);
    }

    static double seconds(Instant from, Instant to) {
        return (to.toEpochMilli() - from.toEpochMilli()) / 1000.0;
    }
}
