package org.slotwarden.portal.series;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a sample, or two samples in a row, say about a metric. */
final class Measure {

    private Measure() {}

    /**
     * The value of a metric at {@code sample}: a gauge as it is, a counter as the rate since {@code
     * previous}. A counter that fell was counted anew in between: how much it grew is not known.
     */
    static @Nullable Double of(Metric metric, @Nullable JobSample previous, JobSample sample) {
        Double level = level(metric, sample);
        if (!metric.counter() || level == null) {
            return level;
        }
        Double before = previous == null ? null : level(metric, previous);
        if (previous == null || before == null || level < before) {
            return null;
        }
        return (level - before) / seconds(previous, sample);
    }

    /** Time between two samples, in seconds. */
    static double seconds(JobSample previous, JobSample sample) {
        return Duration.between(previous.time(), sample.time()).toMillis() / 1000.0;
    }

    private static @Nullable Double level(Metric metric, JobSample sample) {
        Number level = switch (metric) {
            case CORES_USED, CPU_SECONDS -> sample.cpuSeconds();
            case CPU_USER_SECONDS -> sample.cpuUserSeconds();
            case CPU_SYSTEM_SECONDS -> sample.cpuSystemSeconds();
            case MEMORY_RSS_BYTES -> sample.memoryRssBytes();
            case MEMORY_PSS_BYTES -> sample.memoryPssBytes();
            case SWAP_BYTES -> sample.swapBytes();
            case READ_BYTES -> sample.readBytes();
            case WRITE_BYTES -> sample.writeBytes();
            case READ_CHARS -> sample.readChars();
            case WRITE_CHARS -> sample.writeChars();
            case PROCESSES -> sample.processes();
            case THREADS -> sample.threads();
            case OPEN_FILES -> sample.openFiles();
            case OPEN_SOCKETS -> sample.openSockets();
        };
        return level == null ? null : level.doubleValue();
    }
}
