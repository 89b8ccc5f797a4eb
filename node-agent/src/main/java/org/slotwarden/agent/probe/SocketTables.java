package org.slotwarden.agent.probe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables of sockets for all jobs of the node together, for the kernel goes through the sockets of everybody
 * each time: in rounds, each network namespace once, as often as the share of CPU time for it allows. Any thread.
 */
final class SocketTables {

    /** Slots are sampled one after the other; what was read for the first is good for the last. */
    private static final long ROUND_NANOS = Duration.ofMillis(500).toNanos();

    private final CostShare.Pace pace;
    private final LongSupplier nanoClock;
    private @Nullable Round current;
    private long spent;
    /** From one round to the next, as the share has it. */
    private long pause;

    private int slots;

    SocketTables(CostShare share) {
        this(share, System::nanoTime);
    }

    /** @param nanoClock as {@link System#nanoTime} */
    SocketTables(CostShare share, LongSupplier nanoClock) {
        this.pace = share.pace();
        this.nanoClock = nanoClock;
    }

    /** For one more slot. */
    synchronized Turn turn() {
        slots++;
        return new Turn(nanoClock.getAsLong());
    }

    private synchronized @Nullable Round round(Turn turn) {
        long now = nanoClock.getAsLong();
        if (current != null && now - current.began > ROUND_NANOS) {
            end(current);
        }
        boolean due = pace.due(now);
        if (current == null && (due || now - turn.hadAt > slots * pause)) {
            current = new Round(now, due ? now : pace.notBefore());
        }
        turn.hadAt = current == null ? turn.hadAt : now;
        return current;
    }

    private void end(Round round) {
        // Of slots without sockets: it says nothing of what others cost.
        if (spent > 0) {
            pace.took(round.paidFrom, spent);
            pause = pace.notBefore() - round.paidFrom;
            spent = 0;
        }
        current = null;
    }

    /**
     * One slot's part. Whoever always comes too late for a round has one begun for itself, as seldom as if slots took
     * turns; it is paid for by the rounds after it.
     */
    final class Turn {

        private long hadAt;

        private Turn(long now) {
            this.hadAt = now;
        }

        /** The round that goes on, or a new one; null when it is too early for one. */
        @Nullable
        Round round() {
            return SocketTables.this.round(this);
        }

        /** It needs no more rounds. */
        void close() {
            synchronized (SocketTables.this) {
                slots--;
            }
        }
    }

    /** Tables of about the same moment. Whoever has one may use it after its end. */
    final class Round {

        private final long began;
        private final long paidFrom;
        private final Map<String, Optional<NamespaceSockets>> read = new HashMap<>();
        private int words;

        private Round(long began, long paidFrom) {
            this.began = began;
            this.paidFrom = paidFrom;
        }

        /**
         * @param namespace its name; empty: not known
         * @param folder of a process in it, {@code /proc/PID/net}
         * @param hosts whose connections are of interest
         * @return null when a table is cut, or the process has ended
         */
        @Nullable
        NamespaceSockets of(String namespace, Path folder, Set<IpAddress> hosts) {
            synchronized (SocketTables.this) {
                Optional<NamespaceSockets> known = read.get(namespace);
                if (known != null && (known.isEmpty() || known.get().hosts().equals(hosts))) {
                    return known.orElse(null);
                }
                long begin = nanoClock.getAsLong();
                SocketTable table = new SocketTable(hosts);
                NamespaceSockets sockets = table.read(folder);
                spent += nanoClock.getAsLong() - begin;
                // Of a process that has ended meanwhile the tables are empty.
                boolean whole = sockets != null && Files.exists(folder);
                if (!namespace.isEmpty() && (whole || table.tooMany())) {
                    keep(namespace, Optional.ofNullable(sockets));
                }
                return whole ? sockets : null;
            }
        }

        /** Of all together no more than of one: a job may have many. */
        private void keep(String namespace, Optional<NamespaceSockets> sockets) {
            int more = sockets.map(NamespaceSockets::words).orElse(0);
            if (words + more <= SocketTable.MOST_WORDS) {
                words += more;
                read.put(namespace, sockets);
            }
        }
    }
}
