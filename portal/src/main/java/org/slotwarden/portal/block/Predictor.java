package org.slotwarden.portal.block;

/**
 * Guesses the next number of a column from those before it: which way is best is found out for each column. Arithmetic
 * of doubles is the same everywhere (JLS 15.4, since Java 17), so that encoder and decoder guess the same.
 */
final class Predictor {

    /** How to guess. The order is part of the format. */
    enum Way {
        /** Does not change at all. */
        CONSTANT,
        /** As before. */
        LAST,
        /** Grows as it did. */
        LINE,
        /** About the mean: a gauge that only trembles. */
        MEAN,
        /** Grows at the mean rate, however far the samples are apart: a counter under a steady load. */
        MEAN_RATE
    }

    /** The mean is over about so many numbers. */
    private static final int MEMORY = 16;

    private final Way way;
    private int seen;
    private long last;
    private long lastTime;
    private long step;
    private double mean;

    Predictor(Way way) {
        this.way = way;
    }

    long guess(long time) {
        return switch (way) {
            case CONSTANT, LAST -> last;
            case LINE -> last + step;
            case MEAN -> (long) Math.rint(mean);
            case MEAN_RATE -> last + (long) Math.rint(mean * (time - lastTime));
        };
    }

    void learn(long time, long value) {
        switch (way) {
            case CONSTANT, LAST -> {}
            case LINE -> step = seen == 0 ? 0 : value - last;
            case MEAN -> mean += (value - mean) / Math.min(seen + 1, MEMORY);
            case MEAN_RATE -> {
                if (seen > 0 && time != lastTime) {
                    double rate = (double) (value - last) / (time - lastTime);
                    mean += (rate - mean) / Math.min(seen, MEMORY);
                }
            }
        }
        last = value;
        lastTime = time;
        seen++;
    }
}
