package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric of a job over equal buckets of time, its slots {@linkplain Metric#together taken together}. A slot's value
 * holds from one sample to the next, so that a bucket's value is a mean over time, whatever the sampling interval was. A bucket
 * in which a slot that had been measured before and after was not, is a gap: the sum of the others would
 * look like a fall.
 */
final class Buckets {

    private final Instant from;
    private final long fromMillis;
    private final double width;
    private final Metric metric;
    private final double[] total;
    private final double[] lowest;
    private final double[] highest;
    private final boolean[] measured;
    private final boolean[] gap;

    // Of the slot that is being read.
    private final double[] sum;
    private final double[] weight;
    private final double[] min;
    private final double[] max;

    /**
     * @param width of a bucket in seconds
     */
    Buckets(Instant from, double width, int count, Metric metric) {
        this.from = from;
        fromMillis = from.toEpochMilli();
        this.width = width;
        this.metric = metric;
        total = new double[count];
        lowest = new double[count];
        highest = new double[count];
        measured = new boolean[count];
        gap = new boolean[count];
        sum = new double[count];
        weight = new double[count];
        min = new double[count];
        max = new double[count];
    }

    /** The slot now being read had this value from {@code begin} to {@code end}. */
    void hold(double value, Instant begin, Instant end) {
        double first = Math.max(0, seconds(begin));
        double last = Math.min(sum.length * width, seconds(end));
        for (int bucket = (int) (first / width); bucket < sum.length && bucket * width < last; bucket++) {
            double overlap = Math.min(last, (bucket + 1) * width) - Math.max(first, bucket * width);
            if (overlap <= 0) {
                continue;
            }
            min[bucket] = weight[bucket] == 0 ? value : Math.min(min[bucket], value);
            max[bucket] = weight[bucket] == 0 ? value : Math.max(max[bucket], value);
            sum[bucket] += value * overlap;
            weight[bucket] += overlap;
        }
    }

    /** As {@link #hold}, of a stretch that lies within one bucket: its mean and its extremes. */
    void hold(Rollup.Cell cell, Instant begin) {
        int bucket = (int) Math.floor(seconds(begin) / width);
        if (bucket < 0 || bucket >= sum.length || cell.seconds() <= 0) {
            return;
        }
        min[bucket] = weight[bucket] == 0 ? cell.min() : Math.min(min[bucket], cell.min());
        max[bucket] = weight[bucket] == 0 ? cell.max() : Math.max(max[bucket], cell.max());
        sum[bucket] += cell.mean() * cell.seconds();
        weight[bucket] += cell.seconds();
    }

    /** Adds the slot that was read to the job. */
    void endOfSlot() {
        int first = 0;
        int last = weight.length - 1;
        while (first <= last && weight[first] == 0) {
            first++;
        }
        while (last > first && weight[last] == 0) {
            last--;
        }
        for (int bucket = first; bucket <= last; bucket++) {
            if (weight[bucket] == 0) {
                gap[bucket] = true;
            } else {
                boolean alone = !measured[bucket];
                total[bucket] = together(alone, total[bucket], sum[bucket] / weight[bucket]);
                lowest[bucket] = together(alone, lowest[bucket], min[bucket]);
                highest[bucket] = together(alone, highest[bucket], max[bucket]);
                measured[bucket] = true;
            }
        }
        Arrays.fill(sum, 0);
        Arrays.fill(weight, 0);
    }

    private double together(boolean alone, double others, double slot) {
        return alone ? slot : metric.together(others, slot);
    }

    List<Series.Point> points() {
        List<Series.Point> points = new ArrayList<>();
        for (int bucket = 0; bucket < total.length; bucket++) {
            boolean known = measured[bucket] && !gap[bucket];
            points.add(new Series.Point(
                    from.plusMillis(Math.round(bucket * width * 1000)),
                    ifKnown(known, total[bucket]),
                    ifKnown(known, lowest[bucket]),
                    ifKnown(known, highest[bucket])));
        }
        return points;
    }

    private static @Nullable Double ifKnown(boolean known, double value) {
        return known ? (Double) value : null;
    }

    private double seconds(Instant time) {
        return (time.toEpochMilli() - fromMillis) / 1000.0;
    }
}
