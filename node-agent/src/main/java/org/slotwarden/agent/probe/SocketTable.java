package org.slotwarden.agent.probe;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.SocketCount;

/**
 * Reads the tables of a network namespace in {@code /proc/PID/net} (proc_pid_net(5)): which socket, by its
 * inode, is of what kind and in what state. Read as a stream: a gateway has a hundred thousand lines. Used once.
 */
final class SocketTable {

    private static final long MOST_BYTES = 64L << 20;

    /** Of 8 bytes each, one for a socket. An agent of one slot has a heap of 8 MB, and dies when it is full. */
    static final int MOST_WORDS = (int) Math.min(200_000, Runtime.getRuntime().maxMemory() / 32 / Long.BYTES);

    private static final int LINE = 512;

    private final Set<IpAddress> hosts;
    private final Map<Long, NamespaceSockets.StorageEnd> storage = new HashMap<>();
    private final byte[] line = new byte[LINE];
    private long[] entries = new long[256];
    private int filled;
    private boolean tooMany;
    private SocketCount.Kind kind = SocketCount.Kind.OTHER;

    /** @param hosts to which connections are looked for */
    SocketTable(Set<IpAddress> hosts) {
        this.hosts = hosts;
    }

    /** Null when a table is cut, or has too many sockets. */
    @Nullable
    NamespaceSockets read(Path folder) {
        long now = System.currentTimeMillis();
        boolean whole = read(folder, "tcp", SocketCount.Kind.TCP)
                && read(folder, "tcp6", SocketCount.Kind.TCP)
                && read(folder, "udp", SocketCount.Kind.UDP)
                && read(folder, "udp6", SocketCount.Kind.UDP)
                && read(folder, "unix", SocketCount.Kind.UNIX);
        return whole ? new NamespaceSockets(entries, filled, storage, hosts, now) : null;
    }

    /** Whether there were more than can be kept. */
    boolean tooMany() {
        return tooMany;
    }

    private boolean read(Path folder, String name, SocketCount.Kind of) {
        kind = of;
        try (InputStream in = new FileInputStream(folder.resolve(name).toFile())) {
            return read(in);
        } catch (FileNotFoundException e) {
            return !folder.toFile().exists() || kind != SocketCount.Kind.UNIX; // no IPv6 here, for example
        } catch (IOException e) {
            return false;
        }
    }

    private boolean read(InputStream in) throws IOException {
        byte[] buffer = new byte[32 << 10];
        int length = 0;
        long bytes = 0;
        int n;
        while ((n = in.read(buffer)) > 0) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line(length);
                    length = 0;
                } else if (length < LINE) {
                    // What comes later in a longer line is a path of the user's.
                    line[length++] = buffer[i];
                }
            }
            bytes += n;
            if (bytes > MOST_BYTES || NamespaceSockets.words(filled, storage.size()) > MOST_WORDS) {
                tooMany = true;
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
        if (inode <= 0) {
            return; // of nobody any more
        }
        if (filled == entries.length) {
            entries = Arrays.copyOf(entries, 2 * filled);
        }
        entries[filled++] = NamespaceSockets.entry(inode, kind, state);
        if (!hosts.isEmpty() && kind == SocketCount.Kind.TCP) {
            storage(inode, length, localAt, remoteAt);
        }
    }

    private void storage(long inode, int length, int localAt, int remoteAt) {
        IpAddress remote = IpAddress.inTable(line, length, remoteAt);
        if (remote == null || !hosts.contains(remote)) {
            return;
        }
        IpAddress local = IpAddress.inTable(line, length, localAt);
        int remotePort = port(length, remoteAt);
        int localPort = port(length, localAt);
        if (local != null && remotePort >= 0 && localPort >= 0) {
            storage.put(inode, new NamespaceSockets.StorageEnd(remote, remotePort, local, localPort));
        }
    }

    /** The hexadecimal number behind the colon. */
    private int port(int length, int addressAt) {
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

    private static int hexadecimal(byte[] line, int length, int at) {
        int high = Character.digit(line[at], 16);
        int low = at + 1 < length ? Character.digit(line[at + 1], 16) : -1;
        return high < 0 ? 0 : low < 0 ? high : high << 4 | low;
    }
}
