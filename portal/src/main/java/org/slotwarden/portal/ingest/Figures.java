package org.slotwarden.portal.ingest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Leaves out figures that cannot be: they count as not measured, and what was wrong with them is told. */
final class Figures {

    /** 8 PiB and more as a counter, exact as a double, and a thousand of them still add up within a long. */
    private static final long MOST_BYTES = 1L << 53;

    /** The kernel has at most 4,194,304 processes (pid_max, kernel/pid.c); files and sockets may be more. */
    private static final int MOST_COUNTED = 100_000_000;

    private static final int MOST_PROCESS = 1 << 22;

    /** A thousand years of a million cores. */
    private static final double MOST_SECONDS = 3.2e16;

    private static final double MOST_DIFFERENCE = 4e9;

    private final Set<String> faults = new LinkedHashSet<>();

    /** What was left out, one sentence each. */
    Set<String> faults() {
        return faults;
    }

    boolean areSeconds(double value, String what) {
        return ok(value >= 0 && value <= MOST_SECONDS, what);
    }

    boolean areBytes(long value, String what) {
        return ok(value >= 0 && value <= MOST_BYTES, what);
    }

    /** Unsigned on the wire: what is beyond an int comes as a negative one. */
    boolean isCount(int value, String what) {
        return ok(value >= 0 && value <= MOST_COUNTED, what);
    }

    /** A limit of the kernel, which may be as large as an int. Unsigned on the wire. */
    boolean isLimit(int value, String what) {
        return ok(value >= 0, what);
    }

    @Nullable
    Double seconds(boolean there, double value, String what) {
        return there && areSeconds(value, what) ? (Double) value : null;
    }

    @Nullable
    Long bytes(boolean there, long value, String what) {
        return there && areBytes(value, what) ? (Long) value : null;
    }

    @Nullable
    Integer count(boolean there, int value, String what) {
        return there && isCount(value, what) ? (Integer) value : null;
    }

    /** A process's number. */
    @Nullable
    Long process(boolean there, long value, String what) {
        return there && ok(value > 0 && value <= MOST_PROCESS, what) ? (Long) value : null;
    }

    /** A difference of clocks: of any sign, and no longer than clocks have existed. */
    @Nullable
    Double difference(boolean there, double value, String what) {
        return there && ok(Math.abs(value) <= MOST_DIFFERENCE, what) ? (Double) value : null;
    }

    /** 0 to 1. */
    @Nullable
    Double share(boolean there, double value, String what) {
        return there && ok(value >= 0 && value <= 1, what) ? (Double) value : null;
    }

    @Nullable
    Double celsius(boolean there, double value, String what) {
        return there && ok(value >= -273.15 && value <= 1000, what) ? (Double) value : null;
    }

    /** At most so many of something; what is beyond is left out. */
    <T> List<T> most(List<T> all, int most, String what) {
        if (all.size() <= most) {
            return all;
        }
        faults.add(what + " are more than " + most + ": the rest was left out");
        return all.subList(0, most);
    }

    private boolean ok(boolean possible, String what) {
        if (!possible) {
            faults.add(what + " is no possible figure and was left out");
        }
        return possible;
    }
}
