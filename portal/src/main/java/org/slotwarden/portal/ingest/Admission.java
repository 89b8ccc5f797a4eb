package org.slotwarden.portal.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slotwarden.portal.job.Listening;
import org.springframework.stereotype.Component;

/**
 * Bounds what is read and waits to be stored, over all nodes and of each. Who comes when there is no room is told so
 * before a byte of it is read, and when to come back: about when what waits will have been stored, each a bit
 * different so that they do not all come at once.
 */
@Component
class Admission {

    private static final Duration SOONEST = Duration.ofSeconds(1);
    private static final Duration LATEST = Duration.ofSeconds(60);

    /** All that there is room for is stored in this time at the latest, so it is assumed after a pause. */
    private static final Duration SLOWEST = Duration.ofSeconds(20);

    /** Of a body without a length, to begin with. */
    private static final long UNKNOWN = 64 << 10;

    private final long most;
    private final long mostOfNode;
    private final Listening listening;
    private final Clock clock;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final Map<Long, Long> ofNode = new ConcurrentHashMap<>();

    /** Bytes a second that were stored lately; 0: none yet. */
    private volatile double pace;

    private volatile long paceAt = System.nanoTime();

    Admission(IngestSettings settings, Listening listening, Clock clock, MeterRegistry registry) {
        this.listening = listening;
        this.clock = clock;
        most = settings.mostWaiting().toBytes();
        mostOfNode = (long) (most * settings.mostWaitingOfNode());
        Gauge.builder("slotwarden.ingest.waiting.bytes", waiting, AtomicLong::get)
                .description("Of batches that are read or wait to be stored")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("slotwarden.ingest.waiting.batches", batches, AtomicLong::get)
                .description("Batches that are read or wait to be stored")
                .register(registry);
    }

    /** The room that one batch takes until it is closed. */
    final class Room implements AutoCloseable {
        private final long node;
        private long bytes;

        private Room(long node) {
            this.node = node;
            batches.incrementAndGet();
        }

        /** @throws Busy when there is no room for so much */
        void grow(long to) {
            long more = to - bytes;
            if (more <= 0) {
                return;
            }
            // What is alone is let in, whatever its size: else it would never be.
            long all = waiting.addAndGet(more);
            long mine = ofNode.merge(node, more, Long::sum);
            bytes = to;
            boolean full = all > most && all > to;
            if (full) {
                notHeard(Duration.ZERO);
            }
            if (full || (mine > mostOfNode && mine > to)) {
                throw new Busy("There is more to be stored than can be: come back later", comeBackIn(all));
            }
        }

        /** It was stored. */
        void stored() {
            count(bytes);
        }

        @Override
        public void close() {
            waiting.addAndGet(-bytes);
            ofNode.compute(node, (same, of) -> of == null || of <= bytes ? null : (Long) (of - bytes));
            bytes = 0;
            batches.decrementAndGet();
        }
    }

    /**
     * @param length of the body as it comes; below 0: not known
     * @throws Busy when there is no room
     */
    Room admit(long node, long length) {
        var room = new Room(node);
        try {
            room.grow(length < 0 ? UNKNOWN : Math.max(1, length));
        } catch (Busy e) {
            room.close();
            throw e;
        }
        return room;
    }

    /** Who came {@code ago} has to come again, for no fault of its own. */
    void notHeard(Duration ago) {
        Instant now = clock.instant();
        listening.wasDeaf(now.minus(ago), now);
    }

    private synchronized void count(long bytes) {
        long now = System.nanoTime();
        double seconds = Math.max(1e-3, (now - paceAt) / 1e9);
        double weight = Math.exp(-seconds / 10);
        pace = pace * weight + bytes / seconds * (1 - weight);
        paceAt = now;
    }

    Duration comeBackIn(long all) {
        double slowest = (double) most / SLOWEST.toSeconds();
        double seconds = pace > 0 ? Math.min(all / Math.max(pace, slowest), LATEST.toSeconds()) : SOONEST.toSeconds();
        double spread = 1 + ThreadLocalRandom.current().nextDouble();
        return Duration.ofMillis(
                Math.clamp(Math.round(seconds * spread * 1000), SOONEST.toMillis(), LATEST.toMillis()));
    }

    long waitingBytes() {
        return waiting.get();
    }

    long waitingBatches() {
        return batches.get();
    }
}
