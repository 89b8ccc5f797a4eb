package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How pages write figures, times and names: {@code @format} in the templates. Bytes are in IEC units, times
 * in UTC, and what is not known is a dash.
 */
@Component("format")
class Format {
    static final String UNKNOWN = "–";

    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Clock clock;

    Format(Clock clock) {
        this.clock = clock;
    }

    public String bytes(@Nullable Number bytes) {
        if (bytes == null) {
            return UNKNOWN;
        }
        double value = bytes.doubleValue();
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || Math.abs(value) >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, BYTE_UNITS[unit]);
    }

    public String bytesPerSecond(@Nullable Number bytes) {
        return bytes == null ? UNKNOWN : bytes(bytes) + "/s";
    }

    /** A number of things, or of cores, with as many decimals as help. */
    public String number(@Nullable Number number) {
        if (number == null) {
            return UNKNOWN;
        }
        double value = number.doubleValue();
        if (value == Math.rint(value) || Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, "%.2f", value);
    }

    public String perSecond(@Nullable Number number) {
        return number == null ? UNKNOWN : number(number) + "/s";
    }

    /** A value with a unit of its own, to one decimal. */
    public String unit(@Nullable Number value, String unit) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f %s", value.doubleValue(), unit);
    }

    /** How far a clock is off, to the millisecond. */
    public String clock(@Nullable Double seconds) {
        return seconds == null ? UNKNOWN : String.format(Locale.ROOT, "%+.3f s", seconds);
    }

    /** A share of one core, which may be very small. */
    public String ofACore(@Nullable Double cores) {
        return cores == null ? UNKNOWN : String.format(Locale.ROOT, cores < 0.1 ? "%.2f %%" : "%.0f %%", 100 * cores);
    }

    /** {@code part} of {@code whole} in percent, a dash when either is not known or the whole is nothing. */
    public String percent(@Nullable Number part, @Nullable Number whole) {
        if (part == null || whole == null || whole.doubleValue() <= 0) {
            return UNKNOWN;
        }
        return String.format(Locale.ROOT, "%.0f %%", 100 * part.doubleValue() / whole.doubleValue());
    }

    public String hours(@Nullable Number hours) {
        return hours == null ? UNKNOWN : String.format(Locale.ROOT, "%,.2f h", hours.doubleValue());
    }

    public String duration(@Nullable Duration duration) {
        return duration == null ? UNKNOWN : seconds(duration.toMillis() / 1000.0);
    }

    /** The two largest parts of a duration. */
    public String seconds(@Nullable Number seconds) {
        if (seconds == null) {
            return UNKNOWN;
        }
        double value = seconds.doubleValue();
        if (value < 10 && value != Math.rint(value)) {
            return String.format(Locale.ROOT, "%.1f s", value);
        }
        long whole = Math.round(value);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return twoParts(whole / 60, "min", whole % 60, "s");
        }
        if (whole < 86_400) {
            return twoParts(whole / 3600, "h", whole % 3600 / 60, "min");
        }
        return twoParts(whole / 86_400, "d", whole % 86_400 / 3600, "h");
    }

    private static String twoParts(long first, String firstUnit, long second, String secondUnit) {
        return second == 0 ? first + " " + firstUnit : first + " " + firstUnit + " " + second + " " + secondUnit;
    }

    /** {@code 2026-11-21 21:54:03 UTC}. */
    public String time(@Nullable Instant time) {
        return time == null ? UNKNOWN : TIME.format(time) + " UTC";
    }

    /** Time of day only, for tables that name the day elsewhere. */
    public String timeOfDay(Instant time) {
        return TIME.format(time).substring(11);
    }

    public String month(Instant time) {
        return MONTH.format(time);
    }

    /** {@code 3 min ago}, in words for both directions. */
    public String relative(@Nullable Instant time) {
        if (time == null) {
            return UNKNOWN;
        }
        long seconds = Duration.between(time, clock.instant()).toSeconds();
        if (Math.abs(seconds) < 2) {
            return "just now";
        }
        String text = coarse(Math.abs(seconds));
        return seconds > 0 ? text + " ago" : "in " + text;
    }

    private static String coarse(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    /** A name that somebody else chose, on one line and of at most {@code length} characters. */
    public String name(@Nullable String name, int length) {
        if (name == null || name.isEmpty()) {
            return UNKNOWN;
        }
        String visible = visible(name);
        if (visible.codePointCount(0, visible.length()) <= length) {
            return visible;
        }
        return visible.substring(0, visible.offsetByCodePoints(0, length - 1)) + "…";
    }

    /**
     * Makes visible what could hide or turn round other text: control characters, and the marks that
     * change the direction of writing (<a href="https://www.unicode.org/reports/tr36/">UTR 36</a>).
     */
    public String visible(@Nullable String text) {
        if (text == null) {
            return UNKNOWN;
        }
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> visible.append(escape(c));
                default -> visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }

    private static String escape(int codePoint) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", codePoint);
        };
    }

    /** {@code memory_near_limit} as people say it: {@code memory near limit}. */
    public String words(@Nullable Object code) {
        if (code == null) {
            return UNKNOWN;
        }
        String text = code.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
        return text.startsWith("cpu ") ? "CPU" + text.substring(3) : text;
    }
}
