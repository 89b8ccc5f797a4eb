package org.slotwarden.portal.block;

import java.util.Arrays;

/**
 * Writes bits in as much room as they are unlikely: a binary range coder with carry propagation, as LZMA has it (I.
 * Pavlov, LZMA specification, 2015; G. N. N. Martin, Range encoding, 1979).
 */
final class RangeEncoder {

    /** Zeros at the end. */
    static final int MOST_LEFT_OUT = 32;

    private static final long TOP = 1L << 24;

    private byte[] bytes = new byte[8192];
    private int length;
    private long low;
    private long range = 0xFFFFFFFFL;
    private int cache;
    private int pending = 1;

    void bit(BitModels models, int situation, int bit) {
        long bound = (range >>> BitModels.PRECISION) * models.zero(situation);
        if (bit == 0) {
            range = bound;
        } else {
            low += bound;
            range -= bound;
        }
        models.learn(situation, bit);
        normalize();
    }

    /** The {@code count} lowest bits as they are, 0 to 64. */
    void plain(long bits, int count) {
        int left = count;
        while (left > 0) {
            int now = Math.min(left, 16);
            left -= now;
            range >>>= now;
            low += range * ((bits >>> left) & ((1L << now) - 1));
            normalize();
        }
    }

    private void normalize() {
        while (range < TOP) {
            range = (range << 8) & 0xFFFFFFFFL;
            shift();
        }
    }

    private void shift() {
        if (low < 0xFF000000L || low > 0xFFFFFFFFL) {
            int carry = (int) (low >>> 32);
            for (int next = cache; pending > 0; pending--, next = 0xFF) {
                put(next + carry);
            }
            cache = (int) (low >>> 24) & 0xFF;
        }
        pending++;
        low = (low & 0x00FFFFFFL) << 8;
    }

    private void put(int value) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = (byte) value;
    }

    /** All that was written. The first byte, which is always 0, and some zeros at the end are left out. */
    byte[] finish() {
        // Any number from low to low + range will do: the one with most zeros at its end.
        for (int bits = 32; bits >= 0; bits -= 8) {
            long candidate = (low + (1L << bits) - 1) >>> bits << bits;
            if (candidate < low + range) {
                low = candidate;
                break;
            }
        }
        for (int i = 0; i < 5; i++) {
            shift();
        }
        int end = length;
        while (end > 1 && end > length - MOST_LEFT_OUT && bytes[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOfRange(bytes, 1, end);
    }
}
