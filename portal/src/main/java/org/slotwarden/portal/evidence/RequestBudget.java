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

    /** How many of so many there is room for; they count. */
    synchronized int take(int wanted, Instant now) {
        while (!lately.isEmpty() && !lately.peekFirst().isAfter(now.minus(WINDOW))) {
            lately.removeFirst();
        }
        int granted = Math.min(wanted, most - lately.size());
        for (int i = 0; i < granted; i++) {
            lately.addLast(now);
        }
        return Math.max(0, granted);
    }
}
