package org.slotwarden.portal.block;

import java.util.Arrays;

/**
 * How likely a bit is zero, learnt from the bits before it, for a number of situations. Encoder and decoder learn the
 * same. Learns fast at first, since a block has some hundred rows only.
 */
final class BitModels {

    /** Probabilities are multiples of 2^-15. */
    static final int PRECISION = 15;

    private static final int SLOWEST = 40;
    private static final int[] RATE = new int[SLOWEST + 1];

    static {
        for (int seen = 0; seen <= SLOWEST; seen++) {
            RATE[seen] = (int) (65536 / (seen + 1.6));
        }
    }

    private final int[] zero;
    private final byte[] seen;

    BitModels(int situations) {
        zero = new int[situations];
        seen = new byte[situations];
        forget();
    }

    void forget() {
        Arrays.fill(zero, 1 << (PRECISION - 1));
        Arrays.fill(seen, (byte) 0);
    }

    int zero(int situation) {
        return zero[situation];
    }

    void learn(int situation, int bit) {
        int target = bit == 0 ? (1 << PRECISION) - 16 : 16;
        int count = seen[situation];
        zero[situation] += ((target - zero[situation]) * RATE[count]) >> 16;
        if (count < SLOWEST) {
            seen[situation]++;
        }
    }
}
