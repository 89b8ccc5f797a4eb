package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.SeriesForm;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QueueSeriesController {

    private static final int MOST_POINTS = 2000;
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Duration USUAL = Duration.ofHours(1);

    private final StorageQueries queries;
    private final QueueSeries series;
    private final Clock clock;

    QueueSeriesController(StorageQueries queries, QueueSeries series, Clock clock) {
        this.queries = queries;
        this.series = series;
        this.clock = clock;
    }

    /** By default all lines, over the last hour. */
    @GetMapping("/api/v1/storage/queues/{id}/series")
    SeriesForm series(
            @PathVariable long id,
            @RequestParam(defaultValue = "") List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") int points) {
        QueueStatus queue = queries.queue(id).orElseThrow(() -> new NotFoundException("There is no such queue"));
        if (!QueueSeries.LINES.containsAll(metric)) {
            throw new BadParameterException("metric", "must be some of " + String.join(", ", QueueSeries.LINES));
        }
        if (points < 1 || points > MOST_POINTS) {
            throw new BadParameterException("points", "must be 1 to " + MOST_POINTS);
        }
        Instant last = to != null ? to : clock.instant();
        Instant first = from != null ? from : last.minus(USUAL);
        if (first.isAfter(last)) {
            throw new BadParameterException("from", "must not be after to");
        }
        if (Duration.between(first, last).compareTo(LONGEST) > 0) {
            throw new BadParameterException("from", "must be at most 31 days before to");
        }
        SeriesForm all = series.of(queue, first, last, points);
        return metric.isEmpty()
                ? all
                : new SeriesForm(
                        all.from(),
                        all.to(),
                        all.intervalSeconds(),
                        all.series().stream()
                                .filter(line -> metric.contains(line.metric()))
                                .toList());
    }
}
