package org.slotwarden.portal.series;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.user.Viewer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SeriesController {

    private final JobQueries jobs;
    private final SeriesQueries series;
    private final Clock clock;

    SeriesController(JobQueries jobs, SeriesQueries series, Clock clock) {
        this.jobs = jobs;
        this.series = series;
        this.clock = clock;
    }

    /** @param intervalSeconds between points */
    record SeriesAnswer(Instant from, Instant to, double intervalSeconds, List<LineAnswer> series) {}

    /**
     * @param points pairs of time and value; the value is null where nothing was measured
     * @param min the lowest value within each point's interval, {@code max} the highest; absent where every
     *     point is one sample
     */
    record LineAnswer(
            String metric,
            String unit,
            List<List<@Nullable Object>> points,
            @Nullable List<@Nullable Double> min,
            @Nullable List<@Nullable Double> max) {}

    /** By default all metrics over the whole life of the job. */
    @GetMapping("/api/v1/jobs/{id}/series")
    SeriesAnswer series(
            @PathVariable long id,
            @RequestParam(defaultValue = "") List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") int points,
            Viewer viewer) {
        JobSummary job = jobs.find(id, viewer)
                .map(JobDetails::summary)
                .orElseThrow(() -> new NotFoundException("There is no such job"));
        if (points < 1 || points > SeriesQueries.MOST_POINTS) {
            throw new BadParameterException("points", "must be 1 to " + SeriesQueries.MOST_POINTS);
        }
        Set<Metric> metrics = metrics(metric);
        Instant last = to != null ? to : end(job);
        Instant first = from != null ? from : begin(job, last);
        if (first.isAfter(last)) {
            throw new BadParameterException("from", "must not be after to");
        }
        return answer(series.ofJob(id, metrics, first, last, points));
    }

    private Instant end(JobSummary job) {
        Instant end = job.endedAt() != null ? job.endedAt() : clock.instant();
        return job.lastSampleAt() != null && job.lastSampleAt().isAfter(end) ? job.lastSampleAt() : end;
    }

    private Instant begin(JobSummary job, Instant end) {
        Instant begin = job.startedAt() != null
                ? job.startedAt()
                : series.firstSampleAt(job.id()).orElse(end);
        return begin.isAfter(end) ? end : begin;
    }

    private static Set<Metric> metrics(List<String> names) {
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        for (String name : names) {
            metrics.add(Metric.named(name)
                    .orElseThrow(() -> new BadParameterException(
                            "metric",
                            "must be some of "
                                    + Arrays.stream(Metric.values())
                                            .map(Metric::metricName)
                                            .toList())));
        }
        return metrics.isEmpty() ? EnumSet.allOf(Metric.class) : metrics;
    }

    private static SeriesAnswer answer(Series series) {
        return new SeriesAnswer(
                series.from(),
                series.to(),
                series.intervalSeconds(),
                series.lines().stream().map(SeriesController::answer).toList());
    }

    private static LineAnswer answer(Series.Line line) {
        boolean downSampled = line.points().stream().anyMatch(point -> point.min() != null);
        List<List<@Nullable Object>> points = line.points().stream()
                .map(point -> Arrays.<@Nullable Object>asList(point.time(), point.value()))
                .toList();
        return new LineAnswer(
                line.metric().metricName(),
                line.metric().unit(),
                points,
                downSampled ? values(line, Series.Point::min) : null,
                downSampled ? values(line, Series.Point::max) : null);
    }

    private static List<@Nullable Double> values(Series.Line line, Function<Series.Point, @Nullable Double> part) {
        List<@Nullable Double> values = new ArrayList<>();
        line.points().forEach(point -> values.add(part.apply(point)));
        return values;
    }
}
