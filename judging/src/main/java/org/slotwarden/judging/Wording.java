package org.slotwarden.judging;

import java.util.Locale;

/** Figures in sentences for people: as many digits as mean something. */
public final class Wording {

    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P", "E"};

    private Wording() {}

    /** A number of things, or of cores. */
    public static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return Long.toString((long) value);
        }
        return String.format(Locale.ROOT, Math.abs(value) < 0.1 ? "%.2f" : "%.1f", value);
    }

    /** Traffic, in powers of 1000. */
    public static String bytes(double bytes) {
        return scaled(bytes, 1000, "B");
    }

    /** Memory, in powers of 1024 as it is asked for and shown on the pages. */
    public static String memory(double bytes) {
        return scaled(bytes, 1024, "iB");
    }

    private static String scaled(double bytes, int step, String unit) {
        double value = bytes;
        int prefix = 0;
        while (value >= step - 0.5 && prefix < PREFIXES.length - 1) {
            value /= step;
            prefix++;
        }
        if (prefix == 0) {
            return String.format(Locale.ROOT, "%.0f B", value);
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f %s%s" : "%.1f %s%s", value, binary(prefix, step), unit);
    }

    private static String binary(int prefix, int step) {
        return step == 1024 ? PREFIXES[prefix].toUpperCase(Locale.ROOT) : PREFIXES[prefix];
    }

    /** Of a share, 0 to 1. */
    public static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    /** Of seconds. */
    public static String duration(double seconds) {
        if (seconds < 120) {
            return number(seconds < 10 ? Math.rint(seconds * 10) / 10 : Math.rint(seconds)) + " s";
        }
        if (seconds < 120 * 60) {
            return Math.round(seconds / 60) + " min";
        }
        return seconds < 48 * 3600
                ? number(Math.rint(seconds / 360) / 10) + " h"
                : number(Math.rint(seconds / 8640) / 10) + " d";
    }
}
