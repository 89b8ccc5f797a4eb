package org.slotwarden.portal.block;

/**
 * How numbers near zero are written: their length in bits, the sign and the two bits after the first as likely as they
 * have been so far, the rest as it is. Lengths are told apart within the range that a column has.
 */
final class Residuals {

    /** Bits that tell a length of 0 to 64. */
    private static final int LENGTH_BITS = 7;

    private static final int LENGTHS = 1 << LENGTH_BITS;

    private final BitModels lengths = new BitModels(3 * LENGTHS);
    private final BitModels signs = new BitModels(3);
    private final BitModels following = new BitModels(3 * LENGTHS);

    private int shortest;
    private int bits;

    /** What the number before was: 0, positive or negative. */
    private int before;

    /** Begins a column with these numbers in it. */
    void begin(RangeEncoder out, long[] numbers, int from, int to) {
        int longest = 0;
        shortest = Long.SIZE;
        for (int i = from; i < to; i++) {
            int length = length(numbers[i]);
            longest = Math.max(longest, length);
            shortest = Math.min(shortest, length);
        }
        bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, longest - shortest));
        out.plain(shortest, LENGTH_BITS);
        out.plain(bits, 3);
        forget();
    }

    void begin(RangeDecoder in) {
        shortest = (int) in.plain(LENGTH_BITS);
        bits = (int) in.plain(3);
        forget();
    }

    private void forget() {
        lengths.forget();
        signs.forget();
        following.forget();
        before = 0;
    }

    private static int length(long number) {
        // Of Long.MIN_VALUE, too: read without a sign its size is right.
        return Long.SIZE - Long.numberOfLeadingZeros(Math.abs(number));
    }

    void write(RangeEncoder out, long number) {
        long size = Math.abs(number);
        int length = length(number);
        int node = 1;
        for (int bit = bits - 1; bit >= 0; bit--) {
            int value = ((length - shortest) >>> bit) & 1;
            out.bit(lengths, before * LENGTHS + node, value);
            node = 2 * node + value;
        }
        if (length == 0) {
            before = 0;
            return;
        }
        int sign = number < 0 ? 1 : 0;
        out.bit(signs, before, sign);
        before = 1 + sign;
        int left = length - 1;
        int situation = 3 * length;
        for (int modelled = 0; modelled < 2 && left > 0; modelled++) {
            int bit = (int) (size >>> --left) & 1;
            out.bit(following, situation, bit);
            situation = 3 * length + 1 + bit;
        }
        out.plain(size, left);
    }

    long read(RangeDecoder in) {
        int node = 1;
        for (int bit = 0; bit < bits; bit++) {
            node = 2 * node + in.bit(lengths, before * LENGTHS + node);
        }
        int length = shortest + node - (1 << bits);
        if (length > Long.SIZE) {
            throw new BlockDamagedException("a number has " + length + " bits");
        }
        if (length == 0) {
            before = 0;
            return 0;
        }
        int sign = in.bit(signs, before);
        before = 1 + sign;
        long size = 1;
        int left = length - 1;
        int situation = 3 * length;
        for (int modelled = 0; modelled < 2 && left > 0; modelled++, left--) {
            int bit = in.bit(following, situation);
            size = size << 1 | bit;
            situation = 3 * length + 1 + bit;
        }
        size = left == 0 ? size : size << left | in.plain(left);
        return sign == 0 ? size : -size;
    }
}
