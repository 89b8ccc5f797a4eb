package org.slotwarden.judging;

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
    private final double[] minima = new double[BLOCKS];
    private final int[] numbers = new int[BLOCKS];
    private int filled;
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
            if (filled == BLOCKS) {
                System.arraycopy(minima, 1, minima, 0, BLOCKS - 1);
                System.arraycopy(numbers, 1, numbers, 0, BLOCKS - 1);
                filled--;
            }
            if (filled == 0) {
                epoch = block;
            }
            minima[filled] = lowest;
            numbers[filled++] = (int) (block - epoch);
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

    /** The lowest value of the block so many before the latest, 0 for the latest. */
    double minimum(int back) {
        int index = count() - 1 - back;
        return index == filled ? lowest : minima[index];
    }

    /** Number of the same block, in blocks since some moment. */
    int number(int back) {
        int index = count() - 1 - back;
        return index == filled ? (int) (block - (filled == 0 ? block : epoch)) : numbers[index];
    }
}
