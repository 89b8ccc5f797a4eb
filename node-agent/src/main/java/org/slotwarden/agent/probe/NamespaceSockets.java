package org.slotwarden.agent.probe;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.SocketCount;

/**
 * The sockets of one network namespace as its tables had them: of what kind each is and in what state, by its inode,
 * and where those of TCP lead that go to hosts of the site's storage.
 */
final class NamespaceSockets {

    private static final int KEY_BITS = 16;

    /** Of a {@link StorageEnd} with its addresses and its place in the map. */
    private static final int STORAGE_WORDS = 20;

    private final long[] entries;
    private final int filled;
    private final Map<Long, StorageEnd> storage;
    private final Set<IpAddress> hosts;
    private final long readAtMs;

    /** Both ends of a connection to a storage host. */
    record StorageEnd(IpAddress storage, int storagePort, IpAddress local, int localPort) {}

    /**
     * @param entries made by {@link #entry}, in any order; kept
     * @param filled so many of them
     * @param storage by inode
     * @param hosts to which connections were looked for
     * @param readAtMs when reading began
     */
    NamespaceSockets(long[] entries, int filled, Map<Long, StorageEnd> storage, Set<IpAddress> hosts, long readAtMs) {
        Arrays.sort(entries, 0, filled);
        this.entries = entries;
        this.filled = filled;
        this.storage = storage;
        this.hosts = hosts;
        this.readAtMs = readAtMs;
    }

    /** About what this takes of the heap, in words of 8 bytes. */
    int words() {
        return words(filled, storage.size());
    }

    static int words(int sockets, int storageEnds) {
        return sockets + STORAGE_WORDS * storageEnds;
    }

    /** A socket in one number. */
    static long entry(long inode, SocketCount.Kind kind, int state) {
        return inode << KEY_BITS | kind.getNumber() << 8 | state;
    }

    /** Kind and state in one number; -1 when no table has it. */
    int key(long inode) {
        int at = Arrays.binarySearch(entries, 0, filled, inode << KEY_BITS);
        int found = at >= 0 ? at : -at - 1;
        return found < filled && entries[found] >>> KEY_BITS == inode
                ? (int) (entries[found] & (1 << KEY_BITS) - 1)
                : -1;
    }

    static SocketCount.Kind kind(int key) {
        SocketCount.Kind kind = SocketCount.Kind.forNumber(key >> 8);
        return kind == null ? SocketCount.Kind.OTHER : kind;
    }

    static int state(int key) {
        return key & 0xFF;
    }

    /** Null when it leads to no storage host. */
    @Nullable
    StorageEnd storage(long inode) {
        return storage.get(inode);
    }

    Set<IpAddress> hosts() {
        return hosts;
    }

    long readAtMs() {
        return readAtMs;
    }
}
