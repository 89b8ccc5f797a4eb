package org.slotwarden.portal.ingest;

import java.time.Duration;

/**
 * When a lane may show figures in lists: at any time while no batch waits, else for a share of the time, until figures
 * are too old. One thread's; times are of {@link System#nanoTime}.
 */
final class ListTurns {

    /** While batches wait, the pause after a turn is so many times as long as the turn. */
    static final int PAUSE = 20;

    /** A database that was slow once is no reason to wait for long. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** What waits for longer is shown though batches wait, too. */
    static final Duration TOO_OLD = Duration.ofMinutes(3);

    private long next;

    ListTurns(long now) {
        next = now;
    }

    /** @param unshownSeconds for how long the oldest figures have waited */
    boolean isNow(long now, boolean batchesWait, double unshownSeconds) {
        return !batchesWait || now - next >= 0 || unshownSeconds > TOO_OLD.toSeconds();
    }

    /** Figures were shown from then to then. */
    void took(long begun, long end) {
        next = end + Math.min(PAUSE * (end - begun), LONGEST_PAUSE.toNanos());
    }
}
