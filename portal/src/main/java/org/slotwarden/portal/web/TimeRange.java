package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of the past a page shows, picked by its key in the address.
 *
 * @param length before the end; null: everything
 */
record TimeRange(String key, String label, @Nullable Duration length) {
    private static final TimeRange ALL = new TimeRange("all", "all", null);
    private static final Map<String, TimeRange> RANGES = ranges(
            new TimeRange("10m", "10 min", Duration.ofMinutes(10)),
            new TimeRange("1h", "1 h", Duration.ofHours(1)),
            new TimeRange("6h", "6 h", Duration.ofHours(6)),
            new TimeRange("24h", "24 h", Duration.ofDays(1)),
            new TimeRange("7d", "7 d", Duration.ofDays(7)),
            ALL);

    private static Map<String, TimeRange> ranges(TimeRange... ranges) {
        Map<String, TimeRange> byKey = new LinkedHashMap<>();
        for (TimeRange range : ranges) {
            byKey.put(range.key, range);
        }
        return byKey;
    }

    /** The range of this key; everything when there is none. */
    static TimeRange of(String key) {
        return RANGES.getOrDefault(key, ALL);
    }

    static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        RANGES.forEach((key, range) -> labels.put(key, range.label));
        return labels;
    }

    /** The range of this key, an hour when there is none: for what has no begin of its own. */
    static TimeRange bounded(String key) {
        TimeRange range = of(key);
        return range.length == null ? of("1h") : range;
    }

    static Map<String, String> boundedLabels() {
        Map<String, String> labels = labels();
        labels.remove(ALL.key);
        return labels;
    }

    /** Begin of what is shown, never before {@code earliest}. */
    Instant begin(Instant earliest, Instant end) {
        Instant begin = length == null ? earliest : end.minus(length);
        Instant shown = begin.isBefore(earliest) ? earliest : begin;
        // A job that has only just begun, or whose clocks disagree, still has a stretch to be shown.
        return shown.isBefore(end) ? shown : end.minusSeconds(1);
    }
}
