package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;

/**
 * The lowest values of the last twelve blocks of time in which there was a sample. Minima do not see saw-teeth
 * (pools, garbage collectors) unless the teeth themselves climb. Blocks are aligned to the epoch, so that they are
 * the same wherever the reading begins.
 */
final class BlockMinima {

    static final int BLOCKS = 12;

    private final long blockMillis;
    private final long[] minima = new long[BLOCKS];
    private int filled;
    private long block = Long.MIN_VALUE;
    private long lowest;

    BlockMinima(Duration block) {
        this.blockMillis = block.toMillis();
    }

    /** Whether this value has closed a block. */
    boolean feed(Instant time, long value) {
        long now = Math.floorDiv(time.toEpochMilli(), blockMillis);
        boolean closed = now != block && block != Long.MIN_VALUE;
        if (closed) {
            if (filled == BLOCKS) {
                System.arraycopy(minima, 1, minima, 0, BLOCKS - 1);
                filled--;
            }
            minima[filled++] = lowest;
        }
        lowest = now == block ? Math.min(lowest, value) : value;
        block = now;
        return closed;
    }

    void restart() {
        filled = 0;
        block = Long.MIN_VALUE;
    }

    int count() {
        return filled;
    }

    boolean full() {
        return filled == BLOCKS;
    }

    long first() {
        return minima[0];
    }

    long newest() {
        return minima[filled - 1];
    }

    /** Mean growth from block to block over the last {@code steps}. */
    double pace(int steps) {
        return (double) (minima[filled - 1] - minima[filled - 1 - steps]) / steps;
    }

    /** Mann-Kendall's tau-a: 1 when every later minimum is higher than every earlier one, 0 without a trend. */
    double tau() {
        int score = 0;
        for (int later = 1; later < filled; later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                score += Long.signum(minima[later] - minima[earlier]);
            }
        }
        return 2.0 * score / (filled * (filled - 1));
    }
}
