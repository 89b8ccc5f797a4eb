package org.slotwarden.agent.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slotwarden.agent.probe.IpAddress;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.SocketCount.Kind;

/**
 * With whom a job's sockets speak, from the tables of its network namespaces: {@code tcp}, {@code tcp6}, {@code udp},
 * {@code udp6} of {@code /proc/PID/net} (proc_pid_net(5)). Addresses are told as numbers, no name is looked up.
 */
final class RemoteHosts {

    /** A gateway has a hundred thousand lines of 150 bytes. */
    private static final int MOST_LINES = 200_000;

    /** Kinds of sockets that are told apart. */
    private static final int MOST_ROWS = 2_000;

    private static final int LISTENS = 10;

    /** What sockets that are alike have in common. */
    private record Row(Kind kind, String host, int port, int state, boolean incoming) {}

    private final long[] inodes;
    private final BitSet taken = new BitSet();
    private final Set<Integer> listening = new HashSet<>();
    private final Map<Row, Integer> counts = new HashMap<>();
    private boolean cut;

    /** @param inodes of the job's sockets */
    RemoteHosts(long... inodes) {
        this.inodes = Arrays.stream(inodes).sorted().distinct().toArray();
    }

    /** @param folder {@code /proc/PID/net} */
    void read(Path folder) {
        table(folder.resolve("tcp"), Kind.TCP);
        table(folder.resolve("tcp6"), Kind.TCP);
        table(folder.resolve("udp"), Kind.UDP);
        table(folder.resolve("udp6"), Kind.UDP);
    }

    /** Whether there was more than is looked at. */
    boolean cut() {
        return cut;
    }

    private void table(Path file, Kind kind) {
        if (inodes.length == 0) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            read(in, kind);
        } catch (IOException e) {
            // No IPv6 here, or the process has ended.
        }
    }

    void read(InputStream in, Kind kind) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        int read = 0;
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            if (++read > MOST_LINES) {
                cut = true;
                return;
            }
            count(text, kind);
        }
    }

    private void count(String text, Kind kind) {
        String[] field = text.strip().split(" +", 11);
        try {
            int socket = field.length < 10 ? -1 : Arrays.binarySearch(inodes, Long.parseLong(field[9]));
            if (socket < 0 || taken.get(socket)) {
                return;
            }
            String[] local = field[1].split(":", 2);
            String[] remote = field[2].split(":", 2);
            count(
                    kind,
                    Integer.parseInt(local[1], 16),
                    address(remote[0]),
                    Integer.parseInt(remote[1], 16),
                    Integer.parseInt(field[3], 16));
            taken.set(socket);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // the line of headings
        }
    }

    /** Sockets that listen come first in a table (Documentation/networking/proc_net_tcp.rst). */
    private void count(Kind kind, int localPort, String host, int port, int state) {
        boolean connected = !host.isEmpty();
        if (kind == Kind.TCP && state == LISTENS) {
            listening.add(localPort);
        }
        boolean incoming = connected && kind == Kind.TCP && listening.contains(localPort);
        Row row =
                new Row(kind, host, connected && !incoming ? port : localPort, kind == Kind.TCP ? state : 0, incoming);
        if (counts.size() < MOST_ROWS || counts.containsKey(row)) {
            counts.merge(row, 1, Integer::sum);
        } else {
            cut = true;
        }
    }

    private static String address(String hexadecimal) {
        byte[] text = hexadecimal.getBytes(StandardCharsets.ISO_8859_1);
        IpAddress address = IpAddress.inTable(text, text.length, 0);
        if (address == null) {
            throw new NumberFormatException("no address");
        }
        return address.isAny() ? "" : address.toString();
    }

    /** Sockets that are alike together, most first. */
    List<HostEvidence> hosts() {
        List<HostEvidence> hosts = new ArrayList<>(counts.size());
        counts.forEach((row, count) -> hosts.add(HostEvidence.newBuilder()
                .setKind(row.kind)
                .setHost(row.host)
                .setPort(row.port)
                .setState(row.state)
                .setIncoming(row.incoming)
                .setCount(count)
                .build()));
        hosts.sort(Comparator.comparingInt(HostEvidence::getCount)
                .reversed()
                .thenComparing(HostEvidence::getHost)
                .thenComparingInt(HostEvidence::getPort)
                .thenComparingInt(HostEvidence::getState));
        return hosts;
    }
}
