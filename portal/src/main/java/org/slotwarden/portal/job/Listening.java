package org.slotwarden.portal.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.springframework.stereotype.Component;

/**
 * When the portal could be told anything. Nothing is heard of jobs while it is down, its database is away, or more
 * comes than it can store: that is no silence of theirs.
 */
@Component
public class Listening {

    /** Agents that were sent away, or found nobody, try again after this time at the latest. */
    private static final Duration COME_BACK = Duration.ofMinutes(2);

    private static final int MOST_KEPT = 1000;

    /** The oldest first; none touches another. */
    private final Deque<Deaf> deaf = new ArrayDeque<>();

    private record Deaf(Instant from, Instant to) {}

    /** Nodes could not report in this time. Times come in any order, and as often as somebody likes to say so. */
    public synchronized void wasDeaf(Instant from, Instant to) {
        Instant begin = from;
        Instant end = to.plus(COME_BACK);
        Deque<Deaf> later = new ArrayDeque<>();
        while (!deaf.isEmpty() && !deaf.getLast().to().isBefore(begin)) {
            Deaf last = deaf.removeLast();
            if (last.from().isAfter(end)) {
                later.addFirst(last);
            } else {
                begin = last.from().isBefore(begin) ? last.from() : begin;
                end = last.to().isAfter(end) ? last.to() : end;
            }
        }
        deaf.addLast(new Deaf(begin, end));
        deaf.addAll(later);
        if (deaf.size() > MOST_KEPT) {
            // As if it had not listened in between either: the two oldest.
            Deaf oldest = deaf.removeFirst();
            Deaf next = deaf.removeFirst();
            deaf.addFirst(new Deaf(oldest.from(), next.to()));
        }
    }

    /** For how long of this time nodes could report. */
    synchronized Duration within(Instant from, Instant to) {
        Duration listened = from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
        for (Deaf time : deaf) {
            Instant begin = time.from().isBefore(from) ? from : time.from();
            Instant end = time.to().isAfter(to) ? to : time.to();
            if (begin.isBefore(end)) {
                listened = listened.minus(Duration.between(begin, end));
            }
        }
        return listened;
    }
}
