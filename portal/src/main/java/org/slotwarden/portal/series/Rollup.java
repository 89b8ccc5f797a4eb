package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The series of one slot over buckets of ten minutes. Buckets begin at multiples of ten minutes since 1970, so that
 * longer buckets can be made of them.
 */
final class Rollup {

    /** Seconds. */
    static final long WIDTH = 600;

    /**
     * What was measured of one metric in one bucket.
     *
     * @param seconds of the bucket for which it is known
     */
    record Cell(double mean, double min, double max, double seconds) {}

    /** By begin of the bucket in milliseconds since 1970. */
    private final NavigableMap<Long, Map<Metric, Cell>> buckets = new TreeMap<>();

    static Instant begin(Instant time) {
        return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), WIDTH * 1000) * WIDTH * 1000);
    }

    NavigableMap<Long, Map<Metric, Cell>> buckets() {
        return buckets;
    }

    /**
     * Takes over what was made anew of the samples from {@code since} on. Where less is known than before, samples are
     * gone, and what was known stays.
     */
    void renew(Rollup fresh, Instant since) {
        fresh.buckets
                .tailMap(since.toEpochMilli(), true)
                .forEach((bucket, cells) -> cells.forEach((metric, cell) -> {
                    Cell before = buckets.getOrDefault(bucket, Map.of()).get(metric);
                    if (before == null || cell.seconds() >= before.seconds()) {
                        put(bucket, metric, cell);
                    }
                }));
    }

    void put(long bucket, Metric metric, Cell cell) {
        buckets.computeIfAbsent(bucket, begin -> new EnumMap<>(Metric.class)).put(metric, cell);
    }

    /** A step says this about the time since its begin; where it reaches over several buckets, about each of them. */
    void hold(Steps.Step step) {
        Double value = step.value();
        if (value == null) {
            return;
        }
        long end = step.time().toEpochMilli();
        long from = step.begin().toEpochMilli();
        while (from < end) {
            long bucket = Math.floorDiv(from, WIDTH * 1000) * WIDTH * 1000;
            long to = Math.min(end, bucket + WIDTH * 1000);
            double seconds = (to - from) / 1000.0;
            Map<Metric, Cell> cells = buckets.computeIfAbsent(bucket, begin -> new EnumMap<>(Metric.class));
            cells.merge(step.metric(), new Cell(value, value, value, seconds), Rollup::and);
            from = to;
        }
    }

    static Cell and(Cell one, Cell other) {
        double seconds = one.seconds + other.seconds;
        return new Cell(
                (one.mean * one.seconds + other.mean * other.seconds) / seconds,
                Math.min(one.min, other.min),
                Math.max(one.max, other.max),
                seconds);
    }
}
