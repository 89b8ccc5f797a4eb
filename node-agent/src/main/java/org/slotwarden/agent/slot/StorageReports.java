package org.slotwarden.agent.slot;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.OwnPid;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.StorageHosts;
import org.slotwarden.agent.probe.StorageLook;
import org.slotwarden.agent.probe.StorageSocket;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;

/**
 * Tells the portal a job's connections to hosts of the site's storage: the first look of this process, and what has
 * changed since. Never two within ten seconds, and never one while another waits to be sent: they are worth nothing
 * once they are old, and shall not push samples out of the spool. What is held back so comes with a later look; each
 * says until when nothing had changed.
 */
final class StorageReports {

    private static final long LEAST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    private final StorageHosts hosts;
    private final ProcFiles proc;
    private final Spool spool;
    private final LongSupplier nanoClock;
    private @Nullable StorageLook told;
    private long toldNanos;
    private long unchangedUntilMs;
    private long sequence;

    /** @param nanoClock as {@link System#nanoTime} */
    StorageReports(StorageHosts hosts, ProcFiles proc, Spool spool, LongSupplier nanoClock) {
        this.hosts = hosts;
        this.proc = proc;
        this.spool = spool;
        this.nanoClock = nanoClock;
    }

    /** @param look null: nobody looked */
    void looked(@Nullable StorageLook look) {
        if (!hosts.any()) {
            told = null;
        } else if (look != null && told != null && same(told, look)) {
            told = look; // other hosts may have been looked for, with the same result
            unchangedUntilMs = look.timeMs();
        } else if (look != null && (told == null || mayTellAgain())) {
            sequence = spool.append(SlotReport.newBuilder().setStorageConnections(connections(look, told)));
            told = look;
            toldNanos = nanoClock.getAsLong();
            unchangedUntilMs = look.timeMs();
        }
    }

    private static boolean same(StorageLook one, StorageLook other) {
        return one.leftOut() == other.leftOut() && one.sockets().equals(other.sockets());
    }

    private boolean mayTellAgain() {
        return nanoClock.getAsLong() - toldNanos >= LEAST_PAUSE_NANOS && !spool.holds(sequence);
    }

    /** @param before what was told before; null: nothing */
    private StorageConnections connections(StorageLook look, @Nullable StorageLook before) {
        StorageConnections.Builder connections =
                StorageConnections.newBuilder().setTimeMs(look.timeMs()).setLeftOut(look.leftOut());
        if (before != null && before.hosts().equals(look.hosts())) {
            connections.setUnchangedUntilMs(unchangedUntilMs);
        }
        look.sockets().forEach(socket -> connections.addConnections(connection(socket)));
        return connections.build();
    }

    private StorageConnection connection(StorageSocket socket) {
        StorageConnection.Builder connection = StorageConnection.newBuilder()
                .setStorageAddress(socket.storage().toString())
                .setStoragePort(socket.storagePort())
                .setLocalAddress(socket.local().toString())
                .setLocalPort(socket.localPort())
                .setProcess(socket.pid());
        OptionalLong own = OwnPid.read(proc, socket.pid(), socket.startTicks());
        own.ifPresent(connection::setOwnProcess);
        return connection.build();
    }
}
