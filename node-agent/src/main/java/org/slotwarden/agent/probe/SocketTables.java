package org.slotwarden.agent.probe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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

    SocketTables(CostShare share) {
        this(share, System::nanoTime);
    }

    /** @param nanoClock as {@link System#nanoTime} */
    SocketTables(CostShare share, LongSupplier nanoClock) {
        this.pace = share.pace();
        this.nanoClock = nanoClock;
    }

    /** The round that goes on, or a new one; null when it is too early for one. */
    @Nullable
    synchronized Round round() {
        long now = nanoClock.getAsLong();
        Round round = current;
        if (round != null && now - round.began > ROUND_NANOS) {
            pace.took(round.began, spent);
            spent = 0;
            round = null;
        }
        if (round == null && pace.due(now)) {
            round = new Round(now);
        }
        current = round;
        return round;
    }

    /** Tables of about the same moment. Whoever has one may use it after its end. */
    final class Round {

        private final long began;
        private final Map<String, NamespaceSockets> read = new HashMap<>();

        private Round(long began) {
            this.began = began;
        }

        /**
         * @param namespace its name; empty: not known
         * @param folder of a process in it, {@code /proc/PID/net}
         * @param hosts whose connections are of interest
         * @return null when a table is cut
         */
        @Nullable
        NamespaceSockets of(String namespace, Path folder, Set<IpAddress> hosts) {
            synchronized (SocketTables.this) {
                NamespaceSockets known = read.get(namespace);
                if (known != null && known.hosts().equals(hosts)) {
                    return known;
                }
                long begin = nanoClock.getAsLong();
                NamespaceSockets sockets = new SocketTable(hosts).read(folder);
                spent += nanoClock.getAsLong() - begin;
                // Of a process that has ended meanwhile the tables are empty.
                if (sockets != null && !namespace.isEmpty() && Files.exists(folder)) {
                    read.put(namespace, sockets);
                }
                return sockets;
            }
        }
    }
}
