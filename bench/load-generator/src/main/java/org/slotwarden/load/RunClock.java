package org.slotwarden.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When a run ends: first nothing new is sent, and some time later what the portal has not taken is given up. */
final class RunClock {

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final long offMs;
    private final long patienceNanos;
    private volatile long giveUpAt = Long.MAX_VALUE;

    /** @param offMs by which the clocks of the nodes are ahead */
    RunClock(long patienceSeconds, long offMs) {
        this.offMs = offMs;
        this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    }

    /** By the clocks of the nodes. */
    long nowMs() {
        return System.currentTimeMillis() + offMs;
    }

    /** No new batches from now on. */
    synchronized void stop() {
        giveUpAt = System.nanoTime() + patienceNanos;
        stopped.countDown();
    }

    boolean stopped() {
        return stopped.getCount() == 0;
    }

    /** Waits for the moment of a new batch. @return false: there shall be none */
    boolean awaitMs(long epochMs) throws InterruptedException {
        long wait = epochMs - nowMs();
        return wait <= 0 ? !stopped() : !stopped.await(wait, TimeUnit.MILLISECONDS);
    }

    /** The same by {@link System#nanoTime}. */
    boolean awaitNanos(long moment) throws InterruptedException {
        long wait = moment - System.nanoTime();
        return wait <= 0 ? !stopped() : !stopped.await(wait, TimeUnit.NANOSECONDS);
    }

    /** Waits before a batch is tried again. @return false: it is given up */
    boolean pause(long milliseconds) throws InterruptedException {
        if (stopped() && giveUpAt - System.nanoTime() <= 0) {
            return false;
        }
        Thread.sleep(milliseconds);
        return true;
    }
}
