package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.stereotype.Component;

/** What the charts of a job show, as tables: a few words per metric, and means over coarse steps of time. */
@Component
class JobFigures {
    private static final Set<Metric> METRICS = EnumSet.of(
            Metric.CORES_USED,
            Metric.MEMORY_RSS_BYTES,
            Metric.READ_BYTES,
            Metric.WRITE_BYTES,
            Metric.PROCESSES,
            Metric.THREADS,
            Metric.OPEN_FILES,
            Metric.OPEN_SOCKETS);
    private static final int STEPS = 24;

    private final SeriesQueries series;
    private final Format format;

    JobFigures(SeriesQueries series, Format format) {
        this.series = series;
        this.format = format;
    }

    /**
     * @param history the latest first
     */
    record Figures(double intervalSeconds, List<Row> rows, List<Moment> history) {
        String latest(Metric metric) {
            return rows.stream()
                    .filter(row -> row.metric() == metric)
                    .map(Row::latest)
                    .findFirst()
                    .orElse(Format.UNKNOWN);
        }
    }

    record Row(Metric metric, String what, String latest, String mean, String max) {}

    record Moment(Instant at, List<String> values) {}

    /**
     * @param lastSampleAt time of the job's latest sample
     * @param interval distance of its samples
     */
    Figures of(long jobId, Instant from, Instant to, @Nullable Instant lastSampleAt, Duration interval) {
        Series found = series.ofJob(jobId, METRICS, from, to, STEPS);
        Map<Metric, Double> latest = lastSampleAt == null
                ? Map.of()
                : latest(series.ofJob(jobId, METRICS, lastSampleAt.minus(interval), lastSampleAt, 1));
        List<Row> rows = found.lines().stream()
                .map(line -> row(line, latest.get(line.metric())))
                .toList();
        List<Instant> times = found.lines().stream()
                .flatMap(line -> line.points().stream().map(Series.Point::time))
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        List<Moment> history = times.stream()
                .map(time -> new Moment(
                        time,
                        found.lines().stream()
                                .map(line -> text(line.metric(), at(line, time)))
                                .toList()))
                .toList();
        return new Figures(found.intervalSeconds(), rows, history);
    }

    private static Map<Metric, Double> latest(Series series) {
        Map<Metric, Double> latest = new EnumMap<>(Metric.class);
        for (Series.Line line : series.lines()) {
            for (Series.Point point : line.points()) {
                if (point.value() != null) {
                    latest.put(line.metric(), point.value());
                }
            }
        }
        return latest;
    }

    private Row row(Series.Line line, @Nullable Double latest) {
        Metric metric = line.metric();
        double[] means = line.points().stream()
                .map(Series.Point::value)
                .filter(Objects::nonNull)
                .mapToDouble(value -> value)
                .toArray();
        Double mean = means.length == 0 ? null : Arrays.stream(means).average().orElseThrow();
        Double max = line.points().stream()
                .map(point -> point.max() != null ? point.max() : point.value())
                .filter(Objects::nonNull)
                .max(Double::compare)
                .orElse(null);
        return new Row(metric, name(metric), text(metric, latest), text(metric, mean), text(metric, max));
    }

    private static @Nullable Double at(Series.Line line, Instant time) {
        return line.points().stream()
                .filter(point -> point.time().equals(time))
                .map(Series.Point::value)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private String text(Metric metric, @Nullable Double value) {
        return switch (metric.unit()) {
            case "B" -> format.bytes(value);
            case "B/s" -> format.bytesPerSecond(value);
            default -> format.number(value);
        };
    }

    private String name(Metric metric) {
        return switch (metric) {
            case MEMORY_RSS_BYTES -> "memory (RSS)";
            case READ_BYTES -> "read";
            case WRITE_BYTES -> "written";
            default -> format.words(metric.metricName());
        };
    }
}
