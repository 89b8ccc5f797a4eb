package org.slotwarden.agent.decision;

/**
 * Bound on what one slot reports beyond its regular samples, so that a job that is interesting all day
 * does not become a flood (seed B, 5.6): a bucket that holds an hour's share and fills evenly.
 */
final class ExtraReports {

    private final double perHour;
    private double left;
    private long lastMs;

    ExtraReports(double perHour) {
        this.perHour = perHour;
        this.left = perHour;
    }

    /** How many of so many may be reported now; those count as reported. */
    int take(int wanted, long nowMs) {
        if (lastMs != 0 && nowMs > lastMs) {
            left = Math.min(perHour, left + perHour * (nowMs - lastMs) / 3.6e6);
        }
        lastMs = nowMs;
        int granted = (int) Math.min(wanted, left);
        left -= granted;
        return granted;
    }
}
