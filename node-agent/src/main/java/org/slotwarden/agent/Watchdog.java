package org.slotwarden.agent;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when its main loop stands still, so that its guardian starts another one. Counts its own
 * wake-ups and asks no clock: while the process is stopped, or the node sleeps, it does not wake either.
 */
final class Watchdog implements Runnable {

    /** The main loop goes round at least every ten seconds. */
    private static final int PATIENCE = 60;

    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final Duration interval;
    private final LongSupplier rounds;
    private final Runnable eachTime;
    private final Runnable bite;

    /**
     * @param rounds how often the main loop went round
     * @param eachTime done at every wake-up
     * @param bite what ends the process
     */
    Watchdog(Duration interval, LongSupplier rounds, Runnable eachTime, Runnable bite) {
        this.interval = interval;
        this.rounds = rounds;
        this.eachTime = eachTime;
        this.bite = bite;
    }

    @Override
    public void run() {
        long seen = rounds.getAsLong();
        int unchanged = 0;
        try {
            while (unchanged < PATIENCE) {
                Thread.sleep(interval);
                long now = rounds.getAsLong();
                unchanged = now == seen ? unchanged + 1 : 0;
                seen = now;
                try {
                    eachTime.run();
                } catch (RuntimeException e) {
                    LOG.error("a look-out failed", e);
                }
            }
            bite.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
