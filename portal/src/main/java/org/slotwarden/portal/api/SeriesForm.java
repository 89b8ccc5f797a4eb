package org.slotwarden.portal.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * Time series, as the REST interface gives them.
 *
 * @param intervalSeconds distance of two points; absent when there are not two
 */
public record SeriesForm(Instant from, Instant to, @Nullable Double intervalSeconds, List<Line> series) {

    /**
     * One metric. A counter is a rate per second here.
     *
     * @param unit {@code 1} for a number of things, {@code B}, {@code B/s}, {@code s/s}
     * @param points in the order of time
     * @param min the least of what each point is the mean of, in the order of points; absent where points are single
     *     samples
     * @param max likewise the greatest
     */
    public record Line(
            String metric,
            String unit,
            List<Point> points,

            @JsonSerialize(contentUsing = Figure.class) @Nullable
            List<@Nullable Double> min,

            @JsonSerialize(contentUsing = Figure.class) @Nullable
            List<@Nullable Double> max) {}

    /**
     * {@code ["2026-11-21T20:00:00Z", 1.25]}.
     *
     * @param value null: a gap, nothing was measured
     */
    @JsonSerialize(using = SeriesPoint.class)
    public record Point(Instant time, @Nullable Double value) {}
}
