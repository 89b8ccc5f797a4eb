package org.slotwarden.portal.series;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A slot's processes at one moment, taken together. Counters are cumulative from the job's start; null
 * is what could not be measured. Fields as in {@code report.proto}.
 */
public record JobSample(
        Instant time,
        @Nullable Double cpuUserSeconds,
        @Nullable Double cpuSystemSeconds,
        @Nullable Long memoryRssBytes,
        @Nullable Long memoryPssBytes,
        @Nullable Long swapBytes,
        @Nullable Long readBytes,
        @Nullable Long writeBytes,
        @Nullable Long readChars,
        @Nullable Long writeChars,
        @Nullable Integer processes,
        @Nullable Integer threads,
        @Nullable Integer openFiles,
        @Nullable Integer openSockets) {

    /** User and system together, absent when either is. */
    public @Nullable Double cpuSeconds() {
        return cpuUserSeconds == null || cpuSystemSeconds == null ? null : cpuUserSeconds + cpuSystemSeconds;
    }
}
