package org.slotwarden.agent.probe;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps looks that are dear within a share of one core, over all slots of the node: the longer one took,
 * the later the next. Time is wall time, so on a busy node they become rarer. One that took long by chance
 * (the first of all, or one that had to wait for a core) does not put off the next: of two in a row the
 * shorter one counts.
 */
public final class CostShare {

    /** What a look may take before any was made. */
    private static final long AT_FIRST_NANOS = 5_000_000;

    private final double share;
    private final AtomicInteger users = new AtomicInteger();

    /** @param share of one core, for example 0.002 */
    public CostShare(double share) {
        this.share = share;
    }

    /** One slot's part. */
    public Pace pace() {
        users.incrementAndGet();
        return new Pace();
    }

    /** When one slot may look again. Used by one thread. */
    public final class Pace {

        private long notBefore;
        private long before = AT_FIRST_NANOS;
        private boolean began;

        /** Whether it is time again. */
        public boolean due(long nowNanos) {
            return !began || nowNanos - notBefore >= 0;
        }

        /** From when on it is time again; only where a look was made. */
        long notBefore() {
            return notBefore;
        }

        /** Tells what a look took. */
        public void took(long nowNanos, long nanos) {
            began = true;
            notBefore = nowNanos + (long) (Math.min(nanos, before) / share * Math.max(1, users.get()));
            before = nanos;
        }

        /** No more looks: others may have its part. */
        public void close() {
            users.decrementAndGet();
        }
    }
}
