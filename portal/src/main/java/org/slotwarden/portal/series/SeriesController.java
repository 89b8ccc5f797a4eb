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
import org.slotwarden.portal.api.SeriesForm;
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

    /** By default all metrics over the whole life of the job. */
    @GetMapping("/api/v1/jobs/{id}/series")
    SeriesForm series(
            @PathVariable long id,
            @RequestParam(defaultValue = "") List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") int points,
            Viewer viewer) {
        JobSummary job = jobs.summary(id, viewer).orElseThrow(() -> new NotFoundException("There is no such job"));
        if (points < 1 || points > SeriesQueries.MOST_POINTS) {
            throw new BadParameterException("points", "must be 1 to " + SeriesQueries.MOST_POINTS);
        }
        Set<Metric> metrics = metrics(metric);
        Instant last = to != null ? to : end(job);
        Instant first = from != null ? from : begin(job, last);
        if (first.isAfter(last)) {
            throw new BadParameterException("from", "must not be after to");
        }
        return form(series.ofJob(id, metrics, first, last, points));
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

    private static SeriesForm form(Series series) {
        return new SeriesForm(
                series.from(),
                series.to(),
                series.intervalSeconds(),
                series.lines().stream().map(SeriesController::form).toList());
    }

    private static SeriesForm.Line form(Series.Line line) {
        boolean single = line.points().stream().allMatch(point -> point.min() == null);
        return new SeriesForm.Line(
                line.metric().metricName(),
                line.metric().unit(),
                line.points().stream()
                        .map(point -> new SeriesForm.Point(point.time(), point.value()))
                        .toList(),
                single ? null : values(line, Series.Point::min),
                single ? null : values(line, Series.Point::max));
    }

    private static List<@Nullable Double> values(Series.Line line, Function<Series.Point, @Nullable Double> part) {
        List<@Nullable Double> values = new ArrayList<>();
        line.points().forEach(point -> values.add(part.apply(point)));
        return values;
    }
}
