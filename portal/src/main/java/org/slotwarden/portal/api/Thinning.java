package org.slotwarden.portal.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes at most so many points of samples. Few samples stay as they are, with a gap wherever a sample
 * is missing. Many become the means of equally wide buckets, and a bucket without a sample is a gap.
 *
 * <p>All lines of an answer share the times of its points.
 */
public final class Thinning {

    /** Two samples further apart than so many usual distances have a gap between them. */
    private static final double GAP = 2.5;

    /** A bucket is this many samples wide at least: with fewer, jitter alone would leave some empty. */
    private static final double NARROWEST_BUCKET = 2;

    private final Instant from;
    private final List<Instant> times;
    private final @Nullable Duration usualDistance;
    private final @Nullable Duration bucket;

    /**
     * @param times of all samples, ascending, none before {@code from}
     * @param points how many there may be at most, some gaps not counted; at least 1
     */
    public Thinning(Instant from, Instant to, List<Instant> times, int points) {
        this.from = from;
        this.times = times;
        this.usualDistance = median(times);
        this.bucket = times.size() <= points || usualDistance == null
                ? null
                : longer(Duration.ofMillis(Duration.between(from, to).toMillis() / points + 1), Duration.ofMillis((long)
                        (usualDistance.toMillis() * NARROWEST_BUCKET)));
    }

    /** Distance of two points; null when there are not two samples. */
    public @Nullable Double intervalSeconds() {
        Duration interval = bucket != null ? bucket : usualDistance;
        return interval == null ? null : interval.toMillis() / 1000.0;
    }

    /** @param values one for each sample, null where there is none */
    public SeriesForm.Line line(String metric, String unit, List<? extends @Nullable Double> values) {
        return bucket == null ? asTheyAre(metric, unit, values) : inBuckets(metric, unit, values, bucket);
    }

    private SeriesForm.Line asTheyAre(String metric, String unit, List<? extends @Nullable Double> values) {
        List<SeriesForm.Point> points = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            Instant time = times.get(i);
            if (i > 0 && usualDistance != null) {
                Instant before = times.get(i - 1);
                if (Duration.between(before, time).toMillis() > GAP * usualDistance.toMillis()) {
                    points.add(new SeriesForm.Point(before.plus(usualDistance), null));
                }
            }
            points.add(new SeriesForm.Point(time, values.get(i)));
        }
        return new SeriesForm.Line(metric, unit, points, null, null);
    }

    private SeriesForm.Line inBuckets(
            String metric, String unit, List<? extends @Nullable Double> values, Duration width) {
        List<SeriesForm.Point> points = new ArrayList<>();
        List<@Nullable Double> min = new ArrayList<>();
        List<@Nullable Double> max = new ArrayList<>();
        long last = number(times.getLast(), width);
        int i = 0;
        for (long number = number(times.getFirst(), width); number <= last; number++) {
            var measured = new DoubleSummaryStatistics();
            for (; i < times.size() && number(times.get(i), width) == number; i++) {
                Double value = values.get(i);
                if (value != null) {
                    measured.accept(value);
                }
            }
            boolean gap = measured.getCount() == 0;
            points.add(new SeriesForm.Point(
                    from.plusMillis(number * width.toMillis()), gap ? null : measured.getAverage()));
            min.add(gap ? null : measured.getMin());
            max.add(gap ? null : measured.getMax());
        }
        return new SeriesForm.Line(
                metric, unit, points, Collections.unmodifiableList(min), Collections.unmodifiableList(max));
    }

    private long number(Instant time, Duration width) {
        return Duration.between(from, time).toMillis() / width.toMillis();
    }

    private static @Nullable Duration median(List<Instant> times) {
        if (times.size() < 2) {
            return null;
        }
        long[] distances = new long[times.size() - 1];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Duration.between(times.get(i), times.get(i + 1)).toMillis();
        }
        Arrays.sort(distances);
        return Duration.ofMillis(distances[distances.length / 2]);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
