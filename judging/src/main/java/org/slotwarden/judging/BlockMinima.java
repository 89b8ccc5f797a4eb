package org.slotwarden.judging;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lowest values of the last twelve blocks of time in which there was a sample, and of the block that is not over
 * yet. Minima do not see saw-teeth (pools, garbage collectors) unless the teeth themselves climb. Blocks are aligned
 * to the clock, so that they are the same wherever the reading begins.
 */
final class BlockMinima {

    static final int BLOCKS = 12;

    /** Share of an unfinished block that must be over before it is counted among the others. */
    private static final double LEAST_SHARE = 0.59;

    private final double width;
    /**
     * There are many of these for each job: seven digits are enough to see a growth of some percent, and what never
     * changes needs no array. Null: all are {@link #flat}.
     */
    private float @Nullable [] minima;

    /** Null: one block follows the other. */
    private short @Nullable [] numbers;

    private float flat;
    private byte filled;
    private long epoch = Long.MIN_VALUE;
    private long block = Long.MIN_VALUE;
    private double lowest;
    private double begun;
    private double latest;

    BlockMinima(double width) {
        this.width = width;
    }

    double width() {
        return width;
    }

    /** Whether this value has closed a block. */
    boolean feed(double time, double value) {
        long now = (long) Math.floor(time / width);
        boolean closed = now != block && block != Long.MIN_VALUE;
        if (closed) {
            close();
        }
        if (now == block) {
            lowest = Math.min(lowest, value);
        } else {
            lowest = value;
            begun = time;
        }
        latest = time;
        block = now;
        return closed;
    }

    private void close() {
        if (filled == BLOCKS) {
            forgetFirst();
        }
        if (filled == 0 || block - epoch > Short.MAX_VALUE) {
            begin();
        }
        float value = (float) lowest;
        if (minima == null && value != flat) {
            minima = new float[BLOCKS];
            Arrays.fill(minima, 0, filled, flat);
        }
        if (minima != null) {
            minima[filled] = value;
        }
        int number = (int) (block - epoch);
        if (numbers == null && number != filled) {
            numbers = new short[BLOCKS];
            for (short i = 0; i < filled; i++) {
                numbers[i] = i;
            }
        }
        if (numbers != null) {
            numbers[filled] = (short) number;
        }
        filled++;
    }

    private void begin() {
        filled = 0;
        epoch = block;
        flat = (float) lowest;
        minima = null;
        numbers = null;
    }

    private void forgetFirst() {
        int first = numbers == null ? 1 : numbers[1];
        epoch += first;
        for (int i = 1; i < BLOCKS; i++) {
            if (minima != null) {
                minima[i - 1] = minima[i];
            }
            if (numbers != null) {
                numbers[i - 1] = (short) (numbers[i] - first);
            }
        }
        filled--;
    }

    void restart() {
        filled = 0;
        block = Long.MIN_VALUE;
    }

    /** Blocks that can be judged, the unfinished one among them once it has some samples. */
    int count() {
        return filled + (open() ? 1 : 0);
    }

    private boolean open() {
        return block != Long.MIN_VALUE && latest - begun >= LEAST_SHARE * width;
    }

    /** Seconds since the first value of the block that is not over. */
    double sinceBegun() {
        return latest - begun;
    }

    /** Of the block that is not over. */
    double lowestNow() {
        return lowest;
    }

    /** The lowest value of the block so many before the latest, 0 for the latest. */
    double minimum(int back) {
        int index = count() - 1 - back;
        return index == filled ? (float) lowest : minima == null ? flat : minima[index];
    }

    /** Number of the same block, in blocks since some moment. */
    int number(int back) {
        int index = count() - 1 - back;
        if (index == filled) {
            return filled == 0 ? 0 : (int) (block - epoch);
        }
        return numbers == null ? index : numbers[index];
    }
}
