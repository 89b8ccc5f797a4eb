package org.slotwarden.portal.block;

import java.util.Arrays;

/**
 * Makes whole numbers of a column: decimal fractions by a power of ten (hundredths of a second, microseconds), or, when
 * there is no such power for all, the bits of the doubles. Exactly reversible.
 *
 * @param decimals 0 to 15, or {@link #BITS}
 */
record Scale(int decimals) {

    static final int BITS = 16;

    private static final double[] POWERS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    /** Whole numbers beyond are not all doubles. */
    private static final double EXACT = 1L << 53;

    /** Fills {@code whole} as far as {@code values} go and says how. */
    static Scale find(double[] values, int count, long[] whole) {
        int decimals = 0;
        int done = 0;
        while (done < count && decimals < POWERS.length) {
            if (fits(values[done], decimals)) {
                done++;
            } else {
                // Those before need be no better than this one: more decimals fit them as well, or are tried again.
                decimals++;
                done = 0;
            }
        }
        var scale = new Scale(decimals < POWERS.length ? decimals : BITS);
        for (int i = 0; i < count; i++) {
            whole[i] = scale.whole(values[i]);
        }
        return scale;
    }

    private static boolean fits(double value, int decimals) {
        double scaled = Math.rint(value * POWERS[decimals]);
        return Math.abs(scaled) < EXACT
                && Double.doubleToRawLongBits(((double) (long) scaled) / POWERS[decimals])
                        == Double.doubleToRawLongBits(value);
    }

    long whole(double value) {
        if (decimals != BITS) {
            return (long) Math.rint(value * POWERS[decimals]);
        }
        return ordered(Double.doubleToRawLongBits(value));
    }

    double value(long whole) {
        if (decimals != BITS) {
            return whole / POWERS[decimals];
        }
        return Double.longBitsToDouble(ordered(whole));
    }

    /** Bits of doubles as numbers in the order of the doubles, so that neighbours are near; and back again. */
    private static long ordered(long bits) {
        return bits ^ (bits >> 63 & Long.MAX_VALUE);
    }

    /** The greatest number by which all distances from the first divide; 0 when there is no distance. */
    long unit(long[] whole, int count) {
        if (decimals == BITS) {
            return Arrays.stream(whole, 0, count).allMatch(number -> number == whole[0]) ? 0 : 1;
        }
        long unit = 0;
        for (int i = 1; i < count && unit != 1; i++) {
            unit = divisor(unit, Math.abs(whole[i] - whole[0]));
        }
        return unit;
    }

    private static long divisor(long one, long other) {
        long a = one;
        long b = other;
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }
}
