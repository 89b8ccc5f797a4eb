package org.slotwarden.portal.ingest;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Turns in which batches are read. Requests have a few carrier threads and give them up only where they wait: without
 * turns, who looks at a page waits until a hundred batches that came before have been read. A node has one turn at a
 * time, and waits for it behind itself and not before the others: one that sends much that takes long to read must not
 * keep all of them waiting.
 */
final class ReadingTurns {

    private static final Duration COME_BACK_IN = Duration.ofSeconds(10);

    private final Semaphore all;
    private final Duration patience;
    private final Map<Long, OfNode> nodes = new ConcurrentHashMap<>();

    /** A node whose batches are read, or wait for it. */
    private static final class OfNode {
        private final Semaphore turn = new Semaphore(1, true);
        private int batches;
    }

    /**
     * @param most so many at a time
     * @param patience who waits longer is told to come back
     */
    ReadingTurns(int most, Duration patience) {
        this.all = new Semaphore(most, true);
        this.patience = patience;
    }

    /** @throws Busy when it is not this batch's turn in time */
    <T> T inTurn(long node, Supplier<T> reading) {
        long until = System.nanoTime() + patience.toNanos();
        OfNode own = nodes.compute(node, (id, known) -> {
            OfNode one = known == null ? new OfNode() : known;
            one.batches++;
            return one;
        });
        try {
            return holding(own.turn, until, () -> holding(all, until, reading));
        } finally {
            nodes.compute(node, (id, known) -> --own.batches == 0 ? null : known);
        }
    }

    private static <T> T holding(Semaphore turn, long until, Supplier<T> reading) {
        try {
            if (!turn.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new Busy("Too much is being read: come back later", COME_BACK_IN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy("The portal stops", COME_BACK_IN);
        }
        try {
            return reading.get();
        } finally {
            turn.release();
        }
    }

    /** Nodes whose batches are read or wait for it. */
    int nodes() {
        return nodes.size();
    }
}
