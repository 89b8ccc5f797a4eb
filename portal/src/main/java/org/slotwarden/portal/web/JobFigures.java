package org.slotwarden.portal.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
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
    record Figures(double intervalSeconds, List<Row> rows, List<Moment> history) {}

    record Row(String what, String latest, String mean, String max) {}

    record Moment(Instant at, List<String> values) {}

    Figures of(long jobId, Instant from, Instant to) {
        Series found = series.ofJob(jobId, METRICS, from, to, STEPS);
        List<Row> rows = found.lines().stream().map(this::row).toList();
        List<Moment> history = new ArrayList<>();
        List<Instant> times = found.lines().stream()
                .flatMap(line -> line.points().stream().map(Series.Point::time))
                .distinct()
                .sorted()
                .toList();
        for (Instant time : times.reversed()) {
            history.add(new Moment(
                    time,
                    found.lines().stream()
                            .map(line -> text(line, at(line, time)))
                            .toList()));
        }
        return new Figures(found.intervalSeconds(), rows, history);
    }

    private Row row(Series.Line line) {
        List<Series.Point> measured =
                line.points().stream().filter(point -> point.value() != null).toList();
        Double latest = measured.isEmpty() ? null : measured.getLast().value();
        Double max = measured.stream()
                .map(point -> point.max() != null ? point.max() : point.value())
                .filter(Objects::nonNull)
                .max(Double::compare)
                .orElse(null);
        Double mean = measured.isEmpty()
                ? null
                : measured.stream()
                        .mapToDouble(point -> Objects.requireNonNull(point.value()))
                        .average()
                        .orElseThrow();
        return new Row(name(line.metric()), text(line, latest), text(line, mean), text(line, max));
    }

    private static @Nullable Double at(Series.Line line, Instant time) {
        return IntStream.range(0, line.points().size())
                .mapToObj(line.points()::get)
                .filter(point -> point.time().equals(time))
                .map(Series.Point::value)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private String text(Series.Line line, @Nullable Double value) {
        return switch (line.metric().unit()) {
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
