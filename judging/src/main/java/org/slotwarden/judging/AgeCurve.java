package org.slotwarden.judging;

import java.util.Arrays;

/**
 * What a member of an array was like at each age: means over pieces of its life, which are longer the older it was, so
 * that a week takes about a hundred of them. Members that started at different times are compared piece by piece.
 */
final class AgeCurve {

    /** What is compared. */
    enum Trait {
        /** Compared by {@link #WANTED_CORES} where these are known: who waits for a core is not unlike who got one. */
        CORES("cores busy"),
        MEMORY("memory"),
        IO("bytes/s read and written"),
        PROGRESS("progress"),
        WANTED_CORES("cores busy or waited for");

        final String title;

        Trait(String title) {
            this.title = title;
        }
    }

    static final int TRAITS = Trait.values().length;

    /** Pieces of a life are this share of the age long, once that is longer than the shortest piece. */
    private static final double GROWTH = 0.05;

    private final double shortest;
    private float[] means = new float[8 * TRAITS];
    private int complete;
    private int piece = -1;
    private final double[] sums = new double[TRAITS];
    private final double[] seconds = new double[TRAITS];

    AgeCurve(double shortest) {
        this.shortest = shortest;
        Arrays.fill(means, Float.NaN);
    }

    /** The piece of a life to which an age of so many seconds belongs. */
    int piece(double age) {
        double even = shortest / GROWTH;
        return age < even
                ? (int) (Math.max(0, age) / shortest)
                : (int) (1 / GROWTH + Math.log(age / even) / Math.log1p(GROWTH));
    }

    /** Length of a piece in seconds, about. */
    double length(int number) {
        int even = (int) (1 / GROWTH);
        return number < even ? shortest : shortest * Math.pow(1 + GROWTH, number - even + 1);
    }

    void feed(double age, double elapsed, Reading reading) {
        int now = piece(age);
        if (now > piece) {
            close();
            piece = now;
            complete = now;
        }
        add(Trait.CORES, reading.cores, elapsed);
        add(Trait.WANTED_CORES, reading.cores + reading.starving, elapsed);
        add(Trait.MEMORY, reading.memory, elapsed);
        add(Trait.IO, Reading.sum(reading.io(), reading.network()), elapsed);
        add(Trait.PROGRESS, reading.progress, elapsed);
    }

    private void add(Trait trait, double value, double elapsed) {
        if (!Double.isNaN(value) && !Double.isNaN(elapsed)) {
            sums[trait.ordinal()] += value * elapsed;
            seconds[trait.ordinal()] += elapsed;
        }
    }

    private void close() {
        if (piece >= 0) {
            int from = means.length;
            if ((piece + 1) * TRAITS > from) {
                means = Arrays.copyOf(means, Math.max(2 * from, (piece + 1) * TRAITS));
                Arrays.fill(means, from, means.length, Float.NaN);
            }
            for (int i = 0; i < TRAITS; i++) {
                boolean known = seconds[i] >= length(piece) / 2;
                means[piece * TRAITS + i] = known ? (float) (sums[i] / seconds[i]) : Float.NaN;
            }
        }
        Arrays.fill(sums, 0);
        Arrays.fill(seconds, 0);
    }

    /** Pieces that are over. */
    int complete() {
        return complete;
    }

    /** NaN when it is not known, or not over. */
    double mean(int number, Trait trait) {
        int index = number * TRAITS + trait.ordinal();
        return number < complete && index < means.length ? means[index] : Double.NaN;
    }
}
