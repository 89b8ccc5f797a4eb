package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Series of a job over a stretch of time, its slots added up, at most as many points as asked for.
 *
 * @param intervalSeconds width of a bucket; a bucket without a sample is a gap
 */
public record Series(Instant from, Instant to, double intervalSeconds, List<Line> lines) {

    /** One metric. */
    public record Line(Metric metric, List<Point> points) {}

    /**
     * Mean over a bucket, with its extremes; null where nothing was measured.
     *
     * @param time begin of the bucket
     */
    public record Point(
            Instant time,
            @Nullable Double value,
            @Nullable Double min,
            @Nullable Double max) {}
}
