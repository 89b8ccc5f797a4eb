package org.slotwarden.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * A bar of what is used beside what was asked for. Lengths are in percent of the larger of both; it stands
 * beside a text that says the same.
 *
 * @param fill length of the used part
 * @param mark where the request ends
 * @param level {@code over} what was asked for, {@code near} a limit (from 90 % on), or {@code within}
 */
record Bar(double fill, double mark, String level) {
    private static final double NEAR = 0.9;
    /** Measuring is not exact to the percent: a job at its request is not over it. */
    private static final double OVER = 1.02;

    /**
     * Null when one of both is not known: then there is nothing to compare.
     *
     * @param limit whether reaching what was asked for ends the job: to use all cores is well, all memory is not
     */
    static @Nullable Bar of(@Nullable Number used, @Nullable Number asked, boolean limit) {
        if (used == null || asked == null || asked.doubleValue() <= 0) {
            return null;
        }
        double whole = Math.max(used.doubleValue(), asked.doubleValue());
        double share = used.doubleValue() / asked.doubleValue();
        String level = share > OVER ? "over" : limit && share >= NEAR ? "near" : "within";
        return new Bar(100 * used.doubleValue() / whole, 100 * asked.doubleValue() / whole, level);
    }
}
