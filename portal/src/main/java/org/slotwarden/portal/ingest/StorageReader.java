package org.slotwarden.portal.ingest;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.SlotConnection;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;

/** Checks what agents tell of connections to storage hosts. */
final class StorageReader {

    /** The longest numeric address there is. */
    private static final int ADDRESS = 45;

    private static final int MOST_PORT = 65_535;

    private StorageReader() {}

    /**
     * All connections of a slot to storage hosts at one moment.
     *
     * @param time checked
     * @param leftOut how many more there were
     * @param unchangedUntil what is new began after it; null: not known
     */
    record Found(
            Instant time,
            List<SlotConnection> connections,
            int leftOut,
            @Nullable Instant unchangedUntil) {}

    /** @param time checked */
    static Found read(StorageConnections told, Instant time, Figures figures) throws ReportRefused {
        if (told.getConnectionsCount() > WireContract.MAX_STORAGE_CONNECTIONS) {
            throw new ReportRefused(
                    "there are more than " + WireContract.MAX_STORAGE_CONNECTIONS + " connections to storage hosts");
        }
        List<SlotConnection> connections = new ArrayList<>();
        for (StorageConnection connection : told.getConnectionsList()) {
            connections.add(new SlotConnection(
                    address(connection.getStorageAddress()),
                    port(connection.getStoragePort()),
                    address(connection.getLocalAddress()),
                    port(connection.getLocalPort()),
                    figures.process(connection.hasProcess(), connection.getProcess(), "process"),
                    figures.process(connection.hasOwnProcess(), connection.getOwnProcess(), "own_process")));
        }
        Integer leftOut = figures.count(true, told.getLeftOut(), "left_out");
        Instant unchangedUntil = Instant.ofEpochMilli(told.getUnchangedUntilMs());
        boolean known = told.hasUnchangedUntilMs()
                && !unchangedUntil.isBefore(SlotReader.EARLIEST)
                && !unchangedUntil.isAfter(time);
        return new Found(time, connections, leftOut == null ? 0 : leftOut, known ? unchangedUntil : null);
    }

    /** In one form of several that mean the same. No name is looked up. */
    private static String address(String text) throws ReportRefused {
        try {
            if (text.length() <= ADDRESS && text.indexOf('%') < 0) {
                return InetAddress.ofLiteral(text).getHostAddress();
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw new ReportRefused("an address of a connection to a storage host is not numeric");
    }

    private static int port(int port) throws ReportRefused {
        if (port < 0 || port > MOST_PORT) {
            throw new ReportRefused("a port of a connection to a storage host is above " + MOST_PORT);
        }
        return port;
    }
}
