package org.slotwarden.agent.diagnostics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slotwarden.wire.v1.ErrorCount;

/**
 * How often something went wrong since the process began, by kind. One count for the whole process, as
 * with a logger: errors come from everywhere. Thread-safe.
 */
public final class ErrorCounts {

    private static final AtomicLongArray COUNTS = new AtomicLongArray(ErrorKind.values().length);

    private ErrorCounts() {}

    public static void count(ErrorKind kind) {
        COUNTS.incrementAndGet(kind.ordinal());
    }

    public static long of(ErrorKind kind) {
        return COUNTS.get(kind.ordinal());
    }

    /** What happened at all, the most frequent kinds first. */
    public static List<ErrorCount> all() {
        return Arrays.stream(ErrorKind.values())
                .filter(kind -> of(kind) > 0)
                .map(kind -> ErrorCount.newBuilder()
                        .setKind(kind.wireName())
                        .setCount(of(kind))
                        .build())
                .sorted(Comparator.comparingLong(ErrorCount::getCount).reversed())
                .toList();
    }
}
