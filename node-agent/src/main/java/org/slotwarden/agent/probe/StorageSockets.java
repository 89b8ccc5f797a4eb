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

    /** One of the job's sockets leads there. */
    void see(long inode, NamespaceSockets.StorageEnd end) {
        ProcessStat holder = holders.get(inode);
        if (holder == null) {
            return;
        }
        kept.add(new StorageSocket(
                inode,
                end.storage(),
                end.storagePort(),
                end.local(),
                end.localPort(),
                holder.pid(),
                holder.startTicks()));
        if (kept.size() > WireContract.MAX_STORAGE_CONNECTIONS) {
            kept.remove();
            leftOut++;
        }
    }

    StorageLook look(long timeMs) {
        List<StorageSocket> sockets = kept.stream().sorted(BY_INODE).toList();
        return new StorageLook(timeMs, sockets, leftOut, hosts);
    }
}
