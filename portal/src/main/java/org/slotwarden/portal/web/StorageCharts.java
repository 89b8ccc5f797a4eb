package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.SeriesForm;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.storage.QueuePoint;
import org.slotwarden.portal.storage.QueueStatus;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.storage.StorageSeries;
import org.slotwarden.portal.storage.StorageStatus;
import org.springframework.stereotype.Component;

/** A queue or a whole storage system over time, and beside it what one job holds: charts that a script draws, and the same as tables. */
@Component
class StorageCharts {
    private static final Set<Metric> OF_JOB = EnumSet.of(Metric.OPEN_SOCKETS, Metric.STORAGE_MOVERS);

    private static final int STEPS = 24;

    private final StorageQueries storage;
    private final StorageSeries storageSeries;
    private final SeriesQueries jobSeries;
    private final Format format;

    StorageCharts(StorageQueries storage, StorageSeries storageSeries, SeriesQueries jobSeries, Format format) {
        this.storage = storage;
        this.storageSeries = storageSeries;
        this.jobSeries = jobSeries;
        this.format = format;
    }

    record Moment(Instant at, List<String> values) {}

    /** @param moments the latest first */
    record History(String caption, List<String> heads, List<Moment> moments) {}

    /** @param to null: still so */
    record Stretch(Instant from, @Nullable Instant to) {}

    Chart queue(QueueStatus queue) {
        return places(
                "queue",
                "Queue " + format.name(queue.name(), 24) + " of " + format.name(queue.pool(), 40),
                queue.active(),
                queue.maxActive(),
                queue.queued());
    }

    /** All queues together. */
    Chart system(StorageStatus system, StoragePage.Totals totals) {
        return places(
                "all-queues",
                "All queues of " + format.name(system.name(), 40),
                totals.active(),
                totals.max(),
                totals.queued());
    }

    private Chart places(
            String id, String title, @Nullable Number active, @Nullable Number max, @Nullable Number queued) {
        String now = "now %s of %s in use, %s waiting"
                .formatted(format.number(active), format.number(max), format.number(queued));
        return new Chart(
                id,
                title,
                String.join(",", StorageSeries.ACTIVE, StorageSeries.MAX_ACTIVE, StorageSeries.QUEUED),
                "in use,at most,waiting",
                "",
                null,
                null,
                now);
    }

    /** Of the same ids as on the job's page, so that its flags are shown here, too. */
    List<Chart> job(JobSummary job, long held) {
        String name = "job " + format.name(job.jobId(), 24);
        return List.of(
                chart(
                        "movers",
                        "Movers of " + name + ", those certainly its own, in all queues",
                        Metric.STORAGE_MOVERS,
                        "movers",
                        "now " + format.number(held) + " in this queue"),
                chart(
                        "sockets",
                        "Open sockets of " + name,
                        Metric.OPEN_SOCKETS,
                        "open sockets",
                        job.openSockets() == null
                                ? "not counted at last"
                                : "at last " + format.number(job.openSockets())));
    }

    private static Chart chart(String id, String title, Metric metric, String label, String sentence) {
        return new Chart(id, title, metric.metricName(), label, "", null, null, sentence);
    }

    /** When all places were taken and others waited. */
    List<Stretch> full(QueueStatus queue, Instant from, Instant to) {
        List<Stretch> stretches = new ArrayList<>();
        Instant since = null;
        for (QueuePoint point : storage.history(queue.id(), from, to)) {
            boolean full = point.active() != null
                    && point.maxActive() != null
                    && point.queued() != null
                    && point.active() >= point.maxActive()
                    && point.queued() > 0;
            if (full && since == null) {
                since = point.time();
            } else if (!full && since != null) {
                stretches.add(new Stretch(since, point.time()));
                since = null;
            }
        }
        if (since != null) {
            stretches.add(new Stretch(since, queue.fullSince() == null ? queue.at() : null));
        }
        return stretches;
    }

    History history(QueueStatus queue, Instant from, Instant to) {
        return history(storageSeries.of(queue, from, to, STEPS));
    }

    History history(StorageStatus system, Instant from, Instant to) {
        return history(storageSeries.of(system, from, to, STEPS));
    }

    private History history(SeriesForm form) {
        List<List<Step>> lines = form.series().stream()
                .map(line -> line.points().stream()
                        .map(point -> new Step(point.time(), point.value()))
                        .toList())
                .toList();
        return new History(
                "The fullest moment of " + step(form.intervalSeconds(), form.from(), form.to())
                        + " each; a dash where no look was",
                List.of("in use", "at most", "waiting"),
                moments(lines));
    }

    History history(JobSummary job, Instant from, Instant to) {
        Series series = jobSeries.ofJob(job.id(), OF_JOB, from, to, STEPS);
        List<List<Step>> lines = series.lines().stream()
                .map(line -> line.points().stream()
                        .map(point -> new Step(point.time(), point.value()))
                        .toList())
                .toList();
        return new History(
                "Means over " + step(series.intervalSeconds(), from, to) + " each; a dash where nothing was measured",
                series.lines().stream()
                        .map(line -> JobCharts.name(line.metric()))
                        .toList(),
                moments(lines));
    }

    private String step(@Nullable Double seconds, Instant from, Instant to) {
        return format.seconds(
                seconds != null ? seconds : (Number) (Duration.between(from, to).toSeconds() / STEPS));
    }

    /** A value at a time; null: not known. */
    private record Step(Instant at, @Nullable Double value) {}

    private List<Moment> moments(List<List<Step>> lines) {
        return lines.stream()
                .flatMap(line -> line.stream().map(Step::at))
                .distinct()
                .sorted(Comparator.reverseOrder())
                .map(at -> new Moment(
                        at,
                        lines.stream()
                                .map(line -> format.number(value(line, at)))
                                .toList()))
                .toList();
    }

    private static @Nullable Double value(List<Step> line, Instant at) {
        for (Step step : line) {
            if (step.at().equals(at)) {
                return step.value();
            }
        }
        return null;
    }
}
