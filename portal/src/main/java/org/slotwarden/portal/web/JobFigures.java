package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.stereotype.Component;

/** What the charts of a job show, as tables: a few words per metric, and means over coarse steps of time. */
@Component
class JobFigures {
    private static final int STEPS = 24;

    /** So many sampling intervals ago, what is measured seldom is still the latest. */
    private static final int RECENT = 40;

    private final SeriesQueries series;
    private final Format format;

    JobFigures(SeriesQueries series, Format format) {
        this.series = series;
        this.format = format;
    }

    /** @param lines of the metrics that were measured */
    record Figures(double intervalSeconds, Map<Metric, Row> rows, Map<Metric, Series.Line> lines) {
        String latest(Metric metric) {
            Row row = rows.get(metric);
            return row == null ? Format.UNKNOWN : row.latest();
        }

        boolean measured(Metric metric) {
            return rows.containsKey(metric);
        }

        boolean nothingMeasured() {
            return rows.isEmpty();
        }

        boolean everAboveZero(Metric metric) {
            Series.Line line = lines.get(metric);
            return line != null && line.points().stream().anyMatch(point -> point.value() != null && point.value() > 0);
        }
    }

    record Row(Metric metric, String what, String latest, String mean, String max) {}

    record Moment(Instant at, List<String> values) {}

    /**
     * The tables of one group of charts.
     *
     * @param history the latest first
     */
    record Table(ChartGroup group, List<Row> rows, List<Moment> history) {
        public String id() {
            return group.id();
        }

        public String title() {
            return group.title();
        }
    }

    /**
     * @param lastSampleAt time of the job's latest sample
     * @param interval distance of its samples
     */
    Figures of(long jobId, Instant from, Instant to, @Nullable Instant lastSampleAt, Duration interval) {
        Series found = series.ofJob(jobId, JobCharts.metrics(), from, to, STEPS);
        Map<Metric, Double> latest = new EnumMap<>(Metric.class);
        if (lastSampleAt != null) {
            Instant recent = lastSampleAt.minus(interval.multipliedBy(RECENT));
            latest.putAll(latest(series.ofJob(jobId, JobCharts.metrics(), recent, lastSampleAt, 4)));
            latest.putAll(
                    latest(series.ofJob(jobId, JobCharts.metrics(), lastSampleAt.minus(interval), lastSampleAt, 1)));
        }
        Map<Metric, Row> rows = new EnumMap<>(Metric.class);
        Map<Metric, Series.Line> lines = new EnumMap<>(Metric.class);
        for (Series.Line line : found.lines()) {
            if (!line.points().isEmpty()) {
                lines.put(line.metric(), line);
                rows.put(line.metric(), row(line, latest.get(line.metric())));
            }
        }
        return new Figures(found.intervalSeconds(), rows, lines);
    }

    List<Table> tables(List<ChartGroup> groups, Figures figures) {
        return groups.stream()
                .map(group -> table(group, figures))
                .filter(table -> !table.rows().isEmpty())
                .toList();
    }

    private Table table(ChartGroup group, Figures figures) {
        List<Row> rows = JobCharts.metricsOf(group).stream()
                .map(figures.rows()::get)
                .filter(Objects::nonNull)
                .toList();
        List<Series.Line> lines = rows.stream()
                .map(row -> Objects.requireNonNull(figures.lines().get(row.metric())))
                .toList();
        List<Moment> history = lines.stream()
                .flatMap(line -> line.points().stream().map(Series.Point::time))
                .distinct()
                .sorted(Comparator.reverseOrder())
                .map(time -> new Moment(
                        time,
                        lines.stream()
                                .map(line -> text(line.metric(), at(line, time)))
                                .toList()))
                .toList();
        return new Table(group, rows, history);
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
        return new Row(metric, JobCharts.name(metric), text(metric, latest), text(metric, mean), text(metric, max));
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
        if (JobCharts.share(metric)) {
            return format.percent(value, 1);
        }
        return switch (metric.unit()) {
            case "B" -> format.bytes(value);
            case "B/s" -> format.bytesPerSecond(value);
            case "1/s" -> format.perSecond(value);
            default -> format.number(value);
        };
    }
}
