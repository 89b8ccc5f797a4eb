package org.slotwarden.portal.flag;

import java.time.Duration;
import java.util.Locale;

/** Figures in sentences for people: SI units, as many digits as mean something. */
final class Wording {

    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P", "E"};

    private Wording() {}

    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return Long.toString((long) value);
        }
        return String.format(Locale.ROOT, Math.abs(value) < 0.1 ? "%.2f" : "%.1f", value);
    }

    static String bytes(double bytes) {
        double value = bytes;
        int prefix = 0;
        while (value >= 999.5 && prefix < PREFIXES.length - 1) {
            value /= 1000;
            prefix++;
        }
        return String.format(
                Locale.ROOT, prefix == 0 || value >= 100 ? "%.0f %sB" : "%.1f %sB", value, PREFIXES[prefix]);
    }

    static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    static String duration(Duration duration) {
        double seconds = duration.toMillis() / 1e3;
        if (seconds < 120) {
            return number(seconds < 10 ? seconds : Math.rint(seconds)) + " s";
        }
        if (seconds < 120 * 60) {
            return Math.round(seconds / 60) + " min";
        }
        return seconds < 48 * 3600
                ? number(Math.rint(seconds / 360) / 10) + " h"
                : number(Math.rint(seconds / 8640) / 10) + " d";
    }
}
