package org.slotwarden.judging;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How values went up over some blocks of time.
 *
 * @param blocks how many
 * @param width of each in seconds
 * @param first lowest value of the first block
 * @param newest lowest value of the last block
 * @param tau Mann-Kendall's tau-a: 1 when every block is above every earlier one, 0 without a trend
 * @param pace Theil-Sen's slope, per second: the median over all pairs of blocks
 * @param late the same over the last third, as a share of {@code pace}: a warm-up slows down
 * @param bow pace of the second half, as a share of the first half's: caches and heaps fill ever more slowly, in steps
 *     too; positive infinity when the first half did not rise
 * @param bend greatest distance of a block from the straight line, as a share of the growth
 */
record Rise(
        int blocks,
        double width,
        double first,
        double newest,
        double tau,
        double pace,
        double late,
        double bow,
        double bend) {

    /**
     * Over the last blocks; null when there are fewer, when they have not grown by so much or not so steadily.
     *
     * @param blocks at most 13
     */
    static @Nullable Rise over(BlockMinima minima, int blocks, double leastGrowth, double leastTau) {
        if (minima.count() < blocks || !(minima.minimum(0) - minima.minimum(blocks - 1) >= leastGrowth)) {
            return null;
        }
        double[] values = new double[blocks];
        double[] times = new double[blocks];
        for (int i = 0; i < blocks; i++) {
            values[i] = minima.minimum(blocks - 1 - i);
            times[i] = minima.number(blocks - 1 - i) * minima.width();
        }
        double tau = tau(values);
        if (tau < leastTau) {
            return null;
        }
        double pace = slope(values, times, 0, blocks);
        double late = slope(values, times, blocks - Math.max(4, blocks / 3), blocks);
        double early = slope(values, times, 0, (blocks + 1) / 2);
        double bow = early > 0 ? slope(values, times, blocks / 2, blocks) / early : Double.POSITIVE_INFINITY;
        return new Rise(
                blocks,
                minima.width(),
                values[0],
                values[blocks - 1],
                tau,
                pace,
                late / pace,
                bow,
                bend(values, times, pace));
    }

    double growth() {
        return newest - first;
    }

    private static double tau(double[] values) {
        int score = 0;
        for (int later = 1; later < values.length; later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                score += (int) Math.signum(values[later] - values[earlier]);
            }
        }
        return 2.0 * score / (values.length * (values.length - 1));
    }

    private static double slope(double[] values, double[] times, int from, int to) {
        int size = to - from;
        double[] slopes = new double[size * (size - 1) / 2];
        int n = 0;
        for (int later = from + 1; later < to; later++) {
            for (int earlier = from; earlier < later; earlier++) {
                slopes[n++] = (values[later] - values[earlier]) / (times[later] - times[earlier]);
            }
        }
        Arrays.sort(slopes);
        return n % 2 == 1 ? slopes[n / 2] : (slopes[n / 2 - 1] + slopes[n / 2]) / 2;
    }

    private static double bend(double[] values, double[] times, double pace) {
        double[] residuals = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            residuals[i] = values[i] - pace * times[i];
        }
        double[] sorted = residuals.clone();
        Arrays.sort(sorted);
        double middle = sorted[sorted.length / 2];
        double greatest = Math.max(middle - sorted[0], sorted[sorted.length - 1] - middle);
        return greatest / (values[values.length - 1] - values[0]);
    }
}
