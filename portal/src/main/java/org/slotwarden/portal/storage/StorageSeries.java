package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.SeriesForm;
import org.springframework.stereotype.Service;

/**
 * The past of a queue, or of all of a storage system together, as series: the fullest moment of equal steps. What was
 * told holds until the next that was kept, for rows of a queue are written where something changed; where nobody looked
 * is a gap.
 */
@Service
public class StorageSeries {

    /** Name of the line of taken places. */
    public static final String ACTIVE = "active";

    /** Name of the line of all places. */
    public static final String MAX_ACTIVE = "max_active";

    /** Name of the line of those that wait for a place. */
    public static final String QUEUED = "queued";

    static final List<String> LINES = List.of(ACTIVE, MAX_ACTIVE, QUEUED);

    /**
     * Where nothing changes, a row is kept every ten minutes. Two that are further apart have a silence between them, also
     * where it is not known when it was looked at.
     */
    private static final Duration HOLDS = Duration.ofMinutes(12);

    private static final long SHORTEST_STEP_MS = 1000;

    private final StorageQueries queries;
    private final Clock clock;

    StorageSeries(StorageQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    /** @param points 1 or more */
    public SeriesForm of(QueueStatus queue, Instant from, Instant to, int points) {
        List<QueuePoint> past = queries.history(queue.id(), from, to);
        // The first may be older than from, and a silence may follow it.
        Instant begin = past.isEmpty() || past.getFirst().time().isAfter(from)
                ? from
                : past.getFirst().time();
        Looks looks = looks(queries.looks(queue.storage(), begin, to));
        return series(past, looks, queue.at(), from, to, points);
    }

    /**
     * All queues of the system together.
     *
     * @param points 1 or more
     */
    public SeriesForm of(StorageStatus system, Instant from, Instant to, int points) {
        List<Looks.Point> looks = queries.looks(system.name(), from, to);
        List<QueuePoint> past = looks.stream().map(Looks.Point::sums).toList();
        Instant newest = past.isEmpty() ? from : past.getLast().time();
        return series(past, looks(looks), newest, from, to, points);
    }

    private Looks looks(List<Looks.Point> looks) {
        return new Looks(looks, clock.instant().minus(StorageHistory.WHOLE));
    }

    /** @param newestLook until then the last of the past holds */
    static SeriesForm series(
            List<QueuePoint> past, Looks looks, Instant newestLook, Instant from, Instant to, int points) {
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < past.size(); i++) {
            Instant next = i + 1 < past.size() ? past.get(i + 1).time() : newestLook.plusMillis(1);
            told.add(Told.until(past.get(i), next, looks));
        }
        long step = Math.max(
                SHORTEST_STEP_MS, Math.ceilDiv(Duration.between(from, to).toMillis(), points));
        return new SeriesForm(
                from,
                to,
                step / 1000.0,
                Stream.of(
                                line(ACTIVE, QueuePoint::active, told, from, to, step),
                                line(MAX_ACTIVE, QueuePoint::maxActive, told, from, to, step),
                                line(QUEUED, QueuePoint::queued, told, from, to, step))
                        .toList());
    }

    /** What was told, and until when it held, exclusive. */
    private record Told(QueuePoint point, Instant until) {
        static Told until(QueuePoint point, Instant next, Looks looks) {
            Instant soonest = point.time().plusMillis(1);
            Instant last = looks.lastBeforeSilence(point.time());
            Instant silence = last != null ? last.plusMillis(1) : next;
            Instant end = silence.isBefore(next) ? silence : next;
            boolean heard = Duration.between(point.time(), end).compareTo(HOLDS) <= 0;
            return new Told(point, heard && end.isAfter(soonest) ? end : soonest);
        }
    }

    private static SeriesForm.Line line(
            String name,
            Function<QueuePoint, @Nullable Integer> value,
            List<Told> told,
            Instant from,
            Instant to,
            long step) {
        List<SeriesForm.Point> points = new ArrayList<>();
        int first = 0;
        for (Instant begin = from; begin.isBefore(to); begin = begin.plusMillis(step)) {
            Instant end = begin.plusMillis(step);
            while (first < told.size() && !told.get(first).until().isAfter(begin)) {
                first++;
            }
            OptionalInt most = told.subList(first, told.size()).stream()
                    .takeWhile(one -> one.point().time().isBefore(end))
                    .map(one -> value.apply(one.point()))
                    .filter(Objects::nonNull)
                    .mapToInt(Integer::intValue)
                    .max();
            // Of several gaps in a row one is enough, and none stands at the begin.
            boolean after = !points.isEmpty() && points.getLast().value() != null;
            if (most.isPresent() || after) {
                points.add(new SeriesForm.Point(begin, most.isPresent() ? (double) most.getAsInt() : null));
            }
        }
        return new SeriesForm.Line(name, "1", points, null, null);
    }
}
