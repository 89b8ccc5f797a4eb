package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When a storage system was looked at. What was told at a look holds until the next, and not over a silence: a look that
 * does not come for three intervals.
 */
final class Looks {

    /** What is thinned has a look every ten minutes. */
    private static final Duration THINNED = Duration.ofMinutes(12);

    /** Begin of each stretch without a silence, and its last look. */
    private final NavigableMap<Instant, Instant> stretches = new TreeMap<>();

    /** All queues together at a look, and how often the watch looked then; null: not told. */
    record Point(QueuePoint sums, @Nullable Double intervalSeconds) {}

    /**
     * @param looks in the order of time
     * @param wholeSince what is older may be thinned
     */
    Looks(List<Point> looks, Instant wholeSince) {
        Instant begin = Instant.MIN;
        Instant holdsUntil = Instant.MIN;
        for (Point look : looks) {
            Instant time = look.sums().time();
            begin = time.isAfter(holdsUntil) ? time : begin;
            stretches.put(begin, time);
            Duration interval = StorageRows.believed(look.intervalSeconds());
            boolean thinned = time.isBefore(wholeSince) && interval.compareTo(THINNED) < 0;
            holdsUntil = time.plus(thinned ? THINNED : interval);
        }
    }

    /** The last look before the first silence after that time; null when no look is known around it. */
    @Nullable
    Instant lastBeforeSilence(Instant time) {
        Map.Entry<Instant, Instant> stretch = stretches.floorEntry(time);
        return stretch == null || stretch.getValue().isBefore(time) ? null : stretch.getValue();
    }
}
