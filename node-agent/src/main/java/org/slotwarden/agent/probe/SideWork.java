package org.slotwarden.agent.probe;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what may take long or hang for ever (a dead mount, a process that holds its memory map locked),
 * one thing after the other, away from the thread that samples. A thread that is stuck is left alone and
 * another one takes its place, up to a bound; beyond it nothing is begun until one comes back. A task does
 * not sleep: what needs pauses is done in pieces, each of which offers the next one for later.
 */
public final class SideWork {

    private static final Logger LOG = LoggerFactory.getLogger(SideWork.class);
    private static final long STUCK_NANOS = 10_000_000_000L;
    private static final int MOST_STUCK = 16;
    private static final int MOST_WAITING = 10_000;
    private static final long STACK_BYTES = 256 << 10;
    private static final long IDLE_MS = 60_000;

    private final long stuckNanos;
    private final int mostStuck;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private long number;
    private @Nullable Worker worker;
    private int stuck;

    public SideWork() {
        this(STUCK_NANOS, MOST_STUCK);
    }

    /**
     * @param stuckNanos after that a task is taken for stuck
     * @param mostStuck so many threads are left alone at most
     */
    public SideWork(long stuckNanos, int mostStuck) {
        this.stuckNanos = stuckNanos;
        this.mostStuck = mostStuck;
    }

    /** @param due on the clock of {@link System#nanoTime}; what is due at the same time comes by number */
    private record Waiting(long due, long number, Runnable task) implements Comparable<Waiting> {

        @Override
        public int compareTo(Waiting other) {
            return due == other.due ? Long.compare(number, other.number) : Long.compare(due - other.due, 0);
        }
    }

    /** How many threads were left alone and have not come back. */
    synchronized int stuck() {
        return stuck;
    }

    /** False when too much waits, or all that may be stuck is. */
    public boolean offer(Runnable task) {
        return offer(task, 0);
    }

    /**
     * The same, after a pause in which other tasks have their turn.
     *
     * @param pauseNanos at least so long
     */
    public synchronized boolean offer(Runnable task, long pauseNanos) {
        Worker current = worker;
        if (current != null && current.isStuck()) {
            if (stuck >= mostStuck) {
                return false;
            }
            stuck++;
            current.abandoned = true;
            current = null;
        }
        if (waiting.size() >= MOST_WAITING) {
            return false;
        }
        Waiting last = new Waiting(System.nanoTime() + pauseNanos, number++, task);
        waiting.add(last);
        if (current == null) {
            Worker fresh = new Worker();
            Thread thread = new Thread(null, fresh, "side-work", STACK_BYTES);
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                // No thread can be made at the moment (a limit of tasks).
                waiting.remove(last);
                return false;
            }
            worker = fresh;
        } else {
            notifyAll();
        }
        return true;
    }

    private synchronized @Nullable Runnable next(Worker asking) throws InterruptedException {
        asking.began = 0;
        if (asking.abandoned) {
            stuck--;
            return null;
        }
        long idleUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(IDLE_MS);
        while (true) {
            long now = System.nanoTime();
            Waiting first = waiting.peek();
            long until = first == null ? idleUntil : first.due;
            if (until - now > 0) {
                wait(TimeUnit.NANOSECONDS.toMillis(until - now) + 1);
            } else if (first == null) {
                worker = null;
                return null;
            } else {
                waiting.remove();
                asking.began = now;
                return first.task;
            }
        }
    }

    private final class Worker implements Runnable {

        /** When its task began; 0 while it has none. */
        private long began;

        private boolean abandoned;

        boolean isStuck() {
            return began != 0 && System.nanoTime() - began > stuckNanos;
        }

        @Override
        public void run() {
            try {
                for (Runnable task = next(this); task != null; task = next(this)) {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        // Were the thread to end, it would be taken for one that is stuck, for ever.
                        LOG.error("a look failed", e);
                    }
                }
            } catch (InterruptedException e) {
                LOG.debug("interrupted", e);
            }
        }
    }
}
