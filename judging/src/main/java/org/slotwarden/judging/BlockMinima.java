package org.slotwarden.judging;

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

    /** There are ten of these and more for each job: seven digits are enough to see a growth of some percent. */
    private final float width;

    /** What never changes needs no array. Null: all are {@link #flat}; else {@link SmallNumbers}. */
    private @Nullable Object minima;

    /** Null: one block follows the other. */
    private short @Nullable [] numbers;

    private float flat;
    private byte filled;
    /** The block that is not over, by the clock. */
    private int block = Integer.MIN_VALUE;
    /** The same, counted from the first of those that are over. */
    private short number;
    /** Whether enough of it is over for it to be counted among the others. */
    private boolean counts;

    private float lowest;
    /** Time of its first value, in seconds since it began. */
    private float begun;

    BlockMinima(double width) {
        this.width = (float) width;
    }

    double width() {
        return width;
    }

    /** Whether this value has closed a block. */
    boolean feed(double time, double value) {
        int now = (int) Math.floor(time / width);
        boolean closed = now != block && block != Integer.MIN_VALUE;
        if (closed) {
            close();
            number = (short) Math.clamp((long) number + now - block, 0, Short.MAX_VALUE);
        }
        if (now == block) {
            lowest = Math.min(lowest, (float) value);
        } else {
            lowest = (float) value;
            begun = (float) (time - (double) now * width);
        }
        block = now;
        counts = time - begun() >= LEAST_SHARE * width;
        return closed;
    }

    private void close() {
        if (filled == 0 || number == Short.MAX_VALUE) {
            begin();
        } else if (filled == BLOCKS) {
            forgetFirst();
        }
        float value = lowest;
        if (minima == null && value != flat) {
            minima = SmallNumbers.ofLength(BLOCKS);
            for (int i = 0; i < filled; i++) {
                minima = SmallNumbers.with(minima, i, flat);
            }
        }
        if (minima != null) {
            minima = SmallNumbers.with(minima, filled, value);
        }
        if (numbers == null && number != filled) {
            numbers = new short[BLOCKS];
            for (short i = 0; i < filled; i++) {
                numbers[i] = i;
            }
        }
        if (numbers != null) {
            numbers[filled] = number;
        }
        filled++;
    }

    private void begin() {
        filled = 0;
        number = 0;
        flat = lowest;
        minima = null;
        numbers = null;
    }

    private void forgetFirst() {
        int first = numbers == null ? 1 : numbers[1];
        number -= (short) first;
        if (minima != null) {
            System.arraycopy(minima, 1, minima, 0, BLOCKS - 1);
        }
        for (int i = 1; numbers != null && i < BLOCKS; i++) {
            numbers[i - 1] = (short) (numbers[i] - first);
        }
        filled--;
    }

    void restart() {
        filled = 0;
        block = Integer.MIN_VALUE;
        counts = false;
    }

    /** Blocks that can be judged, the unfinished one among them once it has some samples. */
    int count() {
        return filled + (counts ? 1 : 0);
    }

    /** Time of the first value of the block that is not over. */
    double begun() {
        return (double) block * width + begun;
    }

    /** Of the block that is not over. */
    double lowestNow() {
        return lowest;
    }

    /** The lowest value of the block so many before the latest, 0 for the latest. */
    double minimum(int back) {
        int index = count() - 1 - back;
        return index == filled ? lowest : minima == null ? flat : SmallNumbers.get(minima, index);
    }

    /** Number of the same block, in blocks since some moment. */
    int number(int back) {
        int index = count() - 1 - back;
        if (index == filled) {
            return filled == 0 ? 0 : number;
        }
        return numbers == null ? index : numbers[index];
    }
}
