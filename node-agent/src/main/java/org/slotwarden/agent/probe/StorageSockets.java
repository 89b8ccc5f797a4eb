package org.slotwarden.agent.probe;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.slotwarden.wire.WireContract;

/**
 * Takes those of a job's sockets out of the kernel's tables that lead to hosts of the site's storage. Of too many
 * those with the smallest inodes stay, mostly the oldest: so those that are told stay the same from look to look.
 */
final class StorageSockets {

    private static final Comparator<StorageSocket> BY_INODE = Comparator.comparingLong(StorageSocket::inode);

    private final Set<IpAddress> hosts;
    private final Map<Long, ProcessStat> holders;
    private final PriorityQueue<StorageSocket> kept = new PriorityQueue<>(BY_INODE.reversed());
    private int leftOut;

    /**
     * @param hosts whose connections are of interest
     * @param holders a process that holds the socket, by inode
     */
    StorageSockets(Set<IpAddress> hosts, Map<Long, ProcessStat> holders) {
        this.hosts = hosts;
        this.holders = holders;
    }

    /**
     * A line of a table for TCP is one of the job's.
     *
     * @param localAt where its address stands, with the port behind it
     * @param remoteAt where that of the other end stands
     */
    void see(long inode, byte[] line, int length, int localAt, int remoteAt) {
        IpAddress remote = IpAddress.inTable(line, length, remoteAt);
        ProcessStat holder = holders.get(inode);
        if (remote == null || holder == null || !hosts.contains(remote)) {
            return;
        }
        IpAddress local = IpAddress.inTable(line, length, localAt);
        int remotePort = port(line, length, remoteAt);
        int localPort = port(line, length, localAt);
        if (local == null || remotePort < 0 || localPort < 0) {
            return;
        }
        kept.add(new StorageSocket(inode, remote, remotePort, local, localPort, holder.pid(), holder.startTicks()));
        if (kept.size() > WireContract.MAX_STORAGE_CONNECTIONS) {
            kept.remove();
            leftOut++;
        }
    }

    /** The hexadecimal number behind the colon. */
    private static int port(byte[] line, int length, int addressAt) {
        int at = addressAt;
        while (at < length && line[at] != ':' && line[at] != ' ') {
            at++;
        }
        int port = at < length && line[at] == ':' ? 0 : -1;
        for (at++; port >= 0 && at < length && line[at] != ' '; at++) {
            int digit = Character.digit(line[at], 16);
            port = digit < 0 || port > 0xFFF ? -1 : port << 4 | digit;
        }
        return port;
    }

    StorageLook look(long timeMs) {
        List<StorageSocket> sockets = kept.stream().sorted(BY_INODE).toList();
        return new StorageLook(timeMs, sockets, leftOut, hosts);
    }
}
