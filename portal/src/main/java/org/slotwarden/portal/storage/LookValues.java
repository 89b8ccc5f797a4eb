package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;

/**
 * Single values of a report, checked: null is what cannot be.
 *
 * @param now by the clock of the portal
 * @param faults gets a sentence for what is not to be left out silently
 */
record LookValues(Instant now, Set<String> faults) {

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** A clock may be wrong by that much. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final int MOST_CHAIN = 10;
    private static final int MOST_COUNTED = 100_000_000;
    private static final long MOST_BYTES = 1L << 53;
    private static final double LONGEST = 3.2e9;

    @Nullable
    Double interval(double seconds) {
        if (seconds >= 1 && seconds <= 3600) {
            return seconds;
        }
        faults.add("poll_interval_seconds is not 1 to 3600 and was left out");
        return null;
    }

    @Nullable
    Integer count(int value) {
        if (value >= 0 && value <= MOST_COUNTED) {
            return value;
        }
        faults.add("a count of a queue is no possible figure and was left out");
        return null;
    }

    List<String> chain(List<String> told) {
        List<String> chain = new ArrayList<>();
        for (String address : told.subList(0, Math.min(told.size(), MOST_CHAIN))) {
            String canonical = address(address);
            if (canonical != null) {
                chain.add(canonical);
            }
        }
        return chain;
    }

    @Nullable
    String address(String text) {
        String canonical = Address.canonical(text);
        if (canonical == null && !text.isEmpty()) {
            faults.add("an address is not numeric and was left out");
        }
        return canonical;
    }

    @Nullable
    Integer port(int port) {
        return port > 0 && port <= 65_535 ? (Integer) port : null;
    }

    @Nullable
    Long number(long number) {
        return number >= 0 && number <= 0xFFFF_FFFFL ? (Long) number : null;
    }

    @Nullable
    Long bytes(long bytes) {
        return bytes >= 0 && bytes <= MOST_BYTES ? (Long) bytes : null;
    }

    @Nullable
    Double seconds(double seconds) {
        return seconds >= 0 && seconds <= LONGEST ? (Double) seconds : null;
    }

    @Nullable
    Instant time(long millis) {
        if (millis < EARLIEST.toEpochMilli() || millis > now.toEpochMilli() + AHEAD.toMillis()) {
            return null;
        }
        return Instant.ofEpochMilli(millis);
    }

    /**
     * A text without control characters, cut where it is too long; null when nothing is left.
     *
     * @param most UTF-16 units, as a column counts no less
     * @throws ReportRefused when it is longer than any text of a report may be
     */
    static @Nullable String text(String text, int most) {
        if (text.length() > WireContract.MAX_TEXT_BYTES) {
            throw LookReader.refused("A text has more than " + WireContract.MAX_TEXT_BYTES + " bytes");
        }
        String plain = text;
        if (text.chars().anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
            StringBuilder clean = new StringBuilder(text.length());
            text.codePoints()
                    .map(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF) ? 0xFFFD : c)
                    .forEach(clean::appendCodePoint);
            plain = clean.toString();
        }
        plain = plain.strip();
        if (plain.length() > most) {
            int end = Character.isHighSurrogate(plain.charAt(most - 2)) ? most - 2 : most - 1;
            plain = plain.substring(0, end) + "…";
        }
        return plain.isEmpty() ? null : plain;
    }
}
