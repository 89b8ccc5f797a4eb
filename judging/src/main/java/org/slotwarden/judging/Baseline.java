package org.slotwarden.judging;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * What earlier jobs of the same user and workflow used, over all of their lives. A figure that too few of them have is
 * not known.
 *
 * @param jobs how many there are
 * @param peakMemoryBytes highest resident memory
 * @param walltimeSeconds from begin to end
 * @param cores busy on average
 */
public record Baseline(int jobs, Usual peakMemoryBytes, Usual walltimeSeconds, Usual cores) {

    /** Standard deviations of a normal distribution in its median absolute deviation. */
    private static final double MAD_TO_SIGMA = 1.4826;

    /** Like jobs never differ by less than this share of their median. */
    private static final double LEAST_SPREAD = 0.08;

    /** One job that ran well. What is not known is {@code NaN}. */
    public record Earlier(double peakMemoryBytes, double walltimeSeconds, double cores) {}

    /**
     * What is usual of one figure; {@code NaN} when it is not known.
     *
     * @param sigma robust standard deviation
     * @param low a twentieth of the jobs is below
     * @param high a twentieth of the jobs is above
     */
    public record Usual(double median, double sigma, double low, double high) {

        static final Usual UNKNOWN = new Usual(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

        /** Whether it is more than the others have, by so many robust standard deviations and so many times. */
        boolean below(double value, double deviations, double ratio) {
            return value > high && value > median + deviations * sigma && value > ratio * median;
        }

        /** Whether it is less, in the same way. */
        boolean above(double value, double deviations, double ratio) {
            return value < low && value < median - deviations * sigma && value * ratio < median;
        }
    }

    /**
     * @param earlier jobs that ended well; those that were killed do not say what is usual
     * @param least a figure that fewer of them have is not known
     */
    public static Baseline of(Collection<Earlier> earlier, int least) {
        return new Baseline(
                earlier.size(),
                usual(earlier, Earlier::peakMemoryBytes, least),
                usual(earlier, Earlier::walltimeSeconds, least),
                usual(earlier, Earlier::cores, least));
    }

    private static Usual usual(Collection<Earlier> earlier, ToDoubleFunction<Earlier> figure, int least) {
        double[] values = earlier.stream()
                .mapToDouble(figure)
                .filter(value -> value >= 0 && value < Double.POSITIVE_INFINITY)
                .sorted()
                .toArray();
        if (values.length < Math.max(1, least)) {
            return Usual.UNKNOWN;
        }
        double median = quantile(values, 0.5);
        double[] distances = Arrays.stream(values)
                .map(value -> Math.abs(value - median))
                .sorted()
                .toArray();
        return new Usual(
                median,
                Math.max(MAD_TO_SIGMA * quantile(distances, 0.5), LEAST_SPREAD * median),
                quantile(values, 0.05),
                quantile(values, 0.95));
    }

    /** Between the two values around it, in proportion. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double above = sorted[Math.min(sorted.length - 1, below + 1)];
        return sorted[below] + (place - below) * (above - sorted[below]);
    }
}
