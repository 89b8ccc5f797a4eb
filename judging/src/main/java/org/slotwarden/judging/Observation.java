package org.slotwarden.judging;

import java.util.Arrays;

/** What was measured of one slot of a job at one moment. What was not measured is {@code NaN}. */
public final class Observation {

    private final double time;
    private final double[] values = new double[Quantity.COUNT];

    private Observation(double time) {
        this.time = time;
        Arrays.fill(values, Double.NaN);
    }

    /**
     * @param time in seconds, of any clock that all observations of the job share
     * @throws IllegalArgumentException when it is no finite number
     */
    public static Observation at(double time) {
        if (!Double.isFinite(time)) {
            throw new IllegalArgumentException("time is not finite: " + time);
        }
        return new Observation(time);
    }

    /** Sets one figure. What is negative or no finite number cannot have been measured, and stays absent. */
    public Observation with(Quantity quantity, double value) {
        values[quantity.ordinal()] = value >= 0 && value < Double.POSITIVE_INFINITY ? value : Double.NaN;
        return this;
    }

    public double time() {
        return time;
    }

    /** {@code NaN} when it was not measured. */
    public double value(Quantity quantity) {
        return values[quantity.ordinal()];
    }
}
