package org.slotwarden.agent.send;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: twice as long after each failure, up to a bound, and a random part
 * of it, so that a site's agents do not all come back in the same second.
 */
final class Backoff {

    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private int failures;

    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
    }

    /** Between half of the wait and the whole of it. */
    Duration next() {
        long full = Math.min(most.toMillis(), first.toMillis() << Math.min(failures++, 20));
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    void reset() {
        failures = 0;
    }
}
