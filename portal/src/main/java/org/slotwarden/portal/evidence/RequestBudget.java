package org.slotwarden.portal.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many requests there may be in a minute, over the whole site. */
final class RequestBudget {

    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int most;
    private final Deque<Instant> lately = new ArrayDeque<>();

    RequestBudget(int most) {
        this.most = most;
    }

    /** Whether there is room for one more; it counts. */
    synchronized boolean take(Instant now) {
        while (!lately.isEmpty() && !lately.peekFirst().isAfter(now.minus(WINDOW))) {
            lately.removeFirst();
        }
        return lately.size() < most && lately.add(now);
    }
}
