package org.slotwarden.agent.probe;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.slotwarden.wire.v1.SocketCount;

/**
 * The tables of a network namespace in {@code /proc/PID/net} (proc_pid_net(5)): which socket, by its
 * inode, is of what kind and in what state. Read as a stream: a gateway has a hundred thousand lines.
 */
final class SocketTable {

    private static final long MOST_BYTES = 64L << 20;
    private static final int LINE = 512;

    private SocketTable() {}

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

    /** Counts those of {@code left} that stand in the tables, and takes them out of it; false when a table is cut. */
    static boolean count(Path folder, Set<Long> left, Map<Integer, Integer> counts) {
        return count(folder, "tcp", SocketCount.Kind.TCP, left, counts)
                && count(folder, "tcp6", SocketCount.Kind.TCP, left, counts)
                && count(folder, "udp", SocketCount.Kind.UDP, left, counts)
                && count(folder, "udp6", SocketCount.Kind.UDP, left, counts)
                && count(folder, "unix", SocketCount.Kind.UNIX, left, counts);
    }

    private static boolean count(
            Path folder, String name, SocketCount.Kind kind, Set<Long> left, Map<Integer, Integer> counts) {
        if (left.isEmpty()) {
            return true;
        }
        try (InputStream in = new FileInputStream(folder.resolve(name).toFile())) {
            return count(in, kind, left, counts);
        } catch (FileNotFoundException e) {
            return !folder.toFile().exists() || kind != SocketCount.Kind.UNIX; // no IPv6 here, for example
        } catch (IOException e) {
            return false;
        }
    }

    static boolean count(InputStream in, SocketCount.Kind kind, Set<Long> left, Map<Integer, Integer> counts)
            throws IOException {
        byte[] buffer = new byte[32 << 10];
        byte[] line = new byte[LINE];
        int filled = 0;
        long bytes = 0;
        int n;
        while ((n = in.read(buffer)) > 0) {
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line(line, filled, kind, left, counts);
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

    private static void line(
            byte[] line, int length, SocketCount.Kind kind, Set<Long> left, Map<Integer, Integer> counts) {
        boolean unix = kind == SocketCount.Kind.UNIX;
        int state = 0;
        int at = ProcText.skipBlanks(line, length, 0);
        for (int field = 0; at < length; field++) {
            if (field == 3 && kind == SocketCount.Kind.TCP) {
                state = hexadecimal(line, length, at);
            }
            if (field == (unix ? 6 : 9)) {
                long inode = ProcText.unsigned(line, length, at);
                if (inode > 0 && left.remove(inode)) {
                    counts.merge(key(kind, state), 1, Integer::sum);
                }
                return;
            }
            while (at < length && line[at] != ' ') {
                at++;
            }
            at = ProcText.skipBlanks(line, length, at);
        }
    }

    private static int hexadecimal(byte[] line, int length, int at) {
        int high = Character.digit(line[at], 16);
        int low = at + 1 < length ? Character.digit(line[at + 1], 16) : -1;
        return high < 0 ? 0 : low < 0 ? high : high << 4 | low;
    }
}
