package org.slotwarden.agent.probe;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.SocketCount;

/**
 * The tables of a network namespace in {@code /proc/PID/net} (proc_pid_net(5)): which socket, by its
 * inode, is of what kind and in what state. Read as a stream: a gateway has a hundred thousand lines. Used once.
 */
final class SocketTable {

    private static final long MOST_BYTES = 64L << 20;
    private static final int LINE = 512;

    private final Set<Long> left;
    private final Map<Integer, Integer> counts;
    private final @Nullable StorageSockets storage;
    private final byte[] line = new byte[LINE];
    private SocketCount.Kind kind = SocketCount.Kind.OTHER;

    /**
     * @param left the sockets to find; those that stand in the tables are taken out
     * @param counts gets their number by kind and state
     * @param storage is shown those of TCP, where that is wanted
     */
    SocketTable(Set<Long> left, Map<Integer, Integer> counts, @Nullable StorageSockets storage) {
        this.left = left;
        this.counts = counts;
        this.storage = storage;
    }

    /** Kind and state in one number. */
    static int key(SocketCount.Kind kind, int state) {
        return kind.getNumber() << 8 | state;
    }

    static SocketCount.Kind kind(int key) {
        SocketCount.Kind kind = SocketCount.Kind.forNumber(key >> 8);
        return kind == null ? SocketCount.Kind.OTHER : kind;
    }

    static int state(int key) {
        return key & 0xFF;
    }

    /** Counts those that stand in the tables of a folder; false when a table is cut. */
    boolean count(Path folder) {
        return count(folder, "tcp", SocketCount.Kind.TCP)
                && count(folder, "tcp6", SocketCount.Kind.TCP)
                && count(folder, "udp", SocketCount.Kind.UDP)
                && count(folder, "udp6", SocketCount.Kind.UDP)
                && count(folder, "unix", SocketCount.Kind.UNIX);
    }

    private boolean count(Path folder, String name, SocketCount.Kind of) {
        if (left.isEmpty()) {
            return true;
        }
        kind = of;
        try (InputStream in = new FileInputStream(folder.resolve(name).toFile())) {
            return count(in);
        } catch (FileNotFoundException e) {
            return !folder.toFile().exists() || kind != SocketCount.Kind.UNIX; // no IPv6 here, for example
        } catch (IOException e) {
            return false;
        }
    }

    private boolean count(InputStream in) throws IOException {
        byte[] buffer = new byte[32 << 10];
        int filled = 0;
        long bytes = 0;
        int n;
        while ((n = in.read(buffer)) > 0) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line(filled);
                    filled = 0;
                } else if (filled < LINE) {
                    // What comes later in a longer line is a path of the user's.
                    line[filled++] = buffer[i];
                }
            }
            bytes += n;
            if (bytes > MOST_BYTES) {
                return false;
            }
        }
        return true;
    }

    private void line(int length) {
        int inodeField = kind == SocketCount.Kind.UNIX ? 6 : 9;
        int localAt = 0;
        int remoteAt = 0;
        int state = 0;
        int at = ProcText.skipBlanks(line, length, 0);
        for (int field = 0; at < length; field++) {
            if (field == 1) {
                localAt = at;
            } else if (field == 2) {
                remoteAt = at;
            } else if (field == 3 && kind == SocketCount.Kind.TCP) {
                state = hexadecimal(line, length, at);
            } else if (field == inodeField) {
                found(ProcText.unsigned(line, length, at), state, length, localAt, remoteAt);
                return;
            }
            while (at < length && line[at] != ' ') {
                at++;
            }
            at = ProcText.skipBlanks(line, length, at);
        }
    }

    private void found(long inode, int state, int length, int localAt, int remoteAt) {
        if (inode > 0 && left.remove(inode)) {
            counts.merge(key(kind, state), 1, Integer::sum);
            if (storage != null && kind == SocketCount.Kind.TCP) {
                storage.see(inode, line, length, localAt, remoteAt);
            }
        }
    }

    private static int hexadecimal(byte[] line, int length, int at) {
        int high = Character.digit(line[at], 16);
        int low = at + 1 < length ? Character.digit(line[at + 1], 16) : -1;
        return high < 0 ? 0 : low < 0 ? high : high << 4 | low;
    }
}
