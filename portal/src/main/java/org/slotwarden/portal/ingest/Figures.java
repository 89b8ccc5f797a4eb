package org.slotwarden.portal.ingest;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Leaves out figures that cannot be: they count as not measured, and what was wrong with them is told. */
final class Figures {

    /** 8 PiB and more as a counter, exact as a double, and a thousand of them still add up within a long. */
    private static final long MOST_BYTES = 1L << 53;

    /** The kernel has at most 4,194,304 processes (pid_max, kernel/pid.c); files and sockets may be more. */
    private static final int MOST_COUNTED = 100_000_000;

    /** A thousand years of a million cores. */
    private static final double MOST_SECONDS = 3.2e16;

    private final Set<String> faults = new LinkedHashSet<>();

    /** What was left out, one sentence each. */
    Set<String> faults() {
        return faults;
    }

    @Nullable
    Double seconds(boolean there, double value, String what) {
        return there && ok(value >= 0 && value <= MOST_SECONDS, what) ? (Double) value : null;
    }

    @Nullable
    Long bytes(boolean there, long value, String what) {
        return there && ok(value >= 0 && value <= MOST_BYTES, what) ? (Long) value : null;
    }

    /** Unsigned on the wire: what is beyond an int comes as a negative one. */
    @Nullable
    Integer count(boolean there, int value, String what) {
        return there && ok(value >= 0 && value <= MOST_COUNTED, what) ? (Integer) value : null;
    }

    private boolean ok(boolean possible, String what) {
        if (!possible) {
            faults.add(what + " is no possible figure and was left out");
        }
        return possible;
    }
}
