package org.slotwarden.portal.series;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ObjDoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What was measured at one moment, by {@linkplain Metric#stored() stored} metric: a counter as it stood, a gauge as it
 * was. The portal holds one for each running slot, and makes one of each sample that comes, so it is small: a bit for
 * each metric, and the values of those that are there.
 */
public final class Levels {

    public static final Levels NONE = new Levels(0, new double[0]);

    private static final Metric[] METRICS = Metric.values();

    private final long measured;
    private final double[] values;

    private Levels(long measured, double[] values) {
        this.measured = measured;
        this.values = values;
    }

    public static Levels of(Map<Metric, Double> levels) {
        var builder = new Builder();
        levels.forEach(builder::put);
        return builder.build();
    }

    /** A copy of what {@link #measured} and {@link #values(double[])} said. */
    static Levels of(long measured, double[] values) {
        return measured == 0 ? NONE : new Levels(measured, values.clone());
    }

    /** Copied into this array when it is of the right length, else into a new one. */
    double[] values(double[] room) {
        if (room.length != values.length) {
            return values.clone();
        }
        System.arraycopy(values, 0, room, 0, values.length);
        return room;
    }

    public boolean has(Metric metric) {
        return (measured & bit(metric)) != 0;
    }

    /** The same with one metric more, or with another value of it. */
    Levels with(Metric metric, double level) {
        Builder builder = new Builder();
        forEach(builder::put);
        return builder.put(metric, level).build();
    }

    /** Null: it was not measured. */
    public @Nullable Double get(Metric metric) {
        return has(metric) ? (Double) values[place(metric)] : null;
    }

    /** Of the metric at this place among the {@link #metrics}. */
    double value(int place) {
        return values[place];
    }

    public boolean isEmpty() {
        return measured == 0;
    }

    /** By metric, in the order of their declaration. */
    public void forEach(ObjDoubleConsumer<Metric> reader) {
        int place = 0;
        for (long rest = measured; rest != 0; rest &= rest - 1) {
            reader.accept(METRICS[Long.numberOfTrailingZeros(rest)], values[place++]);
        }
    }

    /** Which metrics are there: the same number for the same ones. */
    long measured() {
        return measured;
    }

    /** Those that are there, in the order of their declaration. */
    List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>(values.length);
        forEach((metric, level) -> metrics.add(metric));
        return metrics;
    }

    private int place(Metric metric) {
        return Long.bitCount(measured & (bit(metric) - 1));
    }

    private static long bit(Metric metric) {
        return 1L << metric.ordinal();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Levels levels && measured == levels.measured && Arrays.equals(values, levels.values);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(measured) + 31 * Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("{");
        forEach((metric, level) -> text.append(text.length() == 1 ? "" : ", ")
                .append(metric.metricName())
                .append('=')
                .append(level));
        return text.append('}').toString();
    }

    /** Takes what was measured, in any order. Once it is built, it can be used for the next sample. */
    public static final class Builder {
        private final double[] values = new double[METRICS.length];
        private long measured;

        public Builder put(Metric metric, double level) {
            if (metric.derived()) {
                throw new IllegalArgumentException(metric + " is made of others");
            }
            values[metric.ordinal()] = level;
            measured |= bit(metric);
            return this;
        }

        public Levels build() {
            double[] there = new double[Long.bitCount(measured)];
            int place = 0;
            for (long rest = measured; rest != 0; rest &= rest - 1) {
                there[place++] = values[Long.numberOfTrailingZeros(rest)];
            }
            Levels built = measured == 0 ? NONE : new Levels(measured, there);
            measured = 0;
            return built;
        }
    }
}
