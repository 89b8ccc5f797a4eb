package org.slotwarden.portal.flag;

/**
 * How much of its time the judge may spend on reading what it has not seen of jobs, after a start of the portal above
 * all: a third, and some seconds at once.
 */
final class HistoryBudget {

    private static final double SHARE = 1 / 3.0;
    private static final double MOST = 5e9;

    private double left = MOST;
    private long filledAt = System.nanoTime();

    boolean allows() {
        long now = System.nanoTime();
        left = Math.min(MOST, left + SHARE * (now - filledAt));
        filledAt = now;
        return left > 0;
    }

    void spend(long nanos) {
        left -= nanos;
    }
}
