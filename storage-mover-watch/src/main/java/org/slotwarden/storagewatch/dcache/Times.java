package org.slotwarden.storagewatch.dcache;

import java.time.Duration;

/** Which of dCache's times are times: what is not there is 0 or -1, or what came of computing with that. */
final class Times {

    /** 2001: no mover is older. */
    private static final long FIRST = 1_000_000_000_000L;

    /** So far clocks of pools may be ahead of ours. */
    private static final long AHEAD = Duration.ofMinutes(5).toMillis();

    private Times() {}

    static boolean known(long ms) {
        return ms > FIRST;
    }

    static boolean ahead(long ms, long nowMs) {
        return ms > nowMs + AHEAD;
    }
}
