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
class StorageSeriesController {

    private static final int MOST_POINTS = 2000;
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Duration USUAL = Duration.ofHours(1);

    private final StorageQueries queries;
    private final StorageSeries series;
    private final Clock clock;

    StorageSeriesController(StorageQueries queries, StorageSeries series, Clock clock) {
        this.queries = queries;
        this.series = series;
        this.clock = clock;
    }

    /** By default all lines, over the last hour. */
    @GetMapping("/api/v1/storage/queues/{id}/series")
    SeriesForm ofQueue(
            @PathVariable long id,
            @RequestParam(defaultValue = "") List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") int points) {
        QueueStatus queue = queries.queue(id).orElseThrow(() -> new NotFoundException("There is no such queue"));
        Asked asked = asked(metric, from, to, points);
        return asked.only(series.of(queue, asked.from(), asked.to(), points));
    }

    /** All queues of a storage system together. */
    @GetMapping("/api/v1/storage/systems/{name}/series")
    SeriesForm ofSystem(
            @PathVariable String name,
            @RequestParam(defaultValue = "") List<String> metric,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "500") int points) {
        StorageStatus system =
                queries.system(name).orElseThrow(() -> new NotFoundException("There is no such storage system"));
        Asked asked = asked(metric, from, to, points);
        return asked.only(series.of(system, asked.from(), asked.to(), points));
    }

    /** What is asked for, checked. */
    private record Asked(List<String> metrics, Instant from, Instant to) {

        SeriesForm only(SeriesForm all) {
            return metrics.isEmpty()
                    ? all
                    : new SeriesForm(
                            all.from(),
                            all.to(),
                            all.intervalSeconds(),
                            all.series().stream()
                                    .filter(line -> metrics.contains(line.metric()))
                                    .toList());
        }
    }

    private Asked asked(List<String> metrics, @Nullable Instant from, @Nullable Instant to, int points) {
        if (!StorageSeries.LINES.containsAll(metrics)) {
            throw new BadParameterException("metric", "must be some of " + String.join(", ", StorageSeries.LINES));
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
        return new Asked(metrics, first, last);
    }
}
