package org.slotwarden.agent.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.SocketCount.Kind;

/**
 * With whom a job's sockets speak, from the tables of its network namespaces: {@code tcp}, {@code tcp6}, {@code udp},
 * {@code udp6} of {@code /proc/PID/net} (proc_pid_net(5)). Addresses are told as numbers, no name is looked up.
 */
final class RemoteHosts {

    /** A gateway has a hundred thousand lines of 150 bytes. */
    private static final int MOST_LINES = 200_000;

    private static final int LISTENS = 10;

    /** A line of a table. */
    record Line(Kind kind, int localPort, String host, int port, int state) {}

    private final Set<Long> inodes;
    private final List<Line> lines = new ArrayList<>();
    private boolean cut;

    /** @param inodes of the job's sockets */
    RemoteHosts(Set<Long> inodes) {
        this.inodes = new HashSet<>(inodes);
    }

    /** @param folder {@code /proc/PID/net} */
    void read(Path folder) {
        table(folder.resolve("tcp"), Kind.TCP);
        table(folder.resolve("tcp6"), Kind.TCP);
        table(folder.resolve("udp"), Kind.UDP);
        table(folder.resolve("udp6"), Kind.UDP);
    }

    /** Whether a table was longer than is read. */
    boolean cut() {
        return cut;
    }

    private void table(Path file, Kind kind) {
        if (inodes.isEmpty()) {
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
            Line line = parse(text, kind);
            if (line != null) {
                lines.add(line);
            }
        }
    }

    private @Nullable Line parse(String text, Kind kind) {
        String[] field = text.strip().split(" +", 11);
        try {
            if (field.length < 10 || !inodes.remove(Long.parseLong(field[9]))) {
                return null;
            }
            String[] local = field[1].split(":", 2);
            String[] remote = field[2].split(":", 2);
            return new Line(
                    kind,
                    Integer.parseInt(local[1], 16),
                    address(remote[0]),
                    Integer.parseInt(remote[1], 16),
                    Integer.parseInt(field[3], 16));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return null; // the line of headings
        }
    }

    /** The kernel prints addresses word by word, each as a number of this machine. */
    private static String address(String hexadecimal) {
        ByteBuffer bytes = ByteBuffer.allocate(hexadecimal.length() / 2).order(ByteOrder.nativeOrder());
        for (int i = 0; i + 8 <= hexadecimal.length(); i += 8) {
            bytes.putInt(Integer.parseUnsignedInt(hexadecimal.substring(i, i + 8), 16));
        }
        try {
            InetAddress address = InetAddress.getByAddress(bytes.array());
            return address.isAnyLocalAddress() ? "" : address.getHostAddress();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    /** Sockets that are alike together, most first. */
    List<HostEvidence> hosts() {
        Set<Integer> listening = new HashSet<>();
        for (Line line : lines) {
            if (line.state == LISTENS) {
                listening.add(line.localPort);
            }
        }
        Map<HostEvidence, Integer> counts = new HashMap<>();
        for (Line line : lines) {
            boolean connected = !line.host.isEmpty();
            boolean incoming = connected && line.kind == Kind.TCP && listening.contains(line.localPort);
            HostEvidence host = HostEvidence.newBuilder()
                    .setKind(line.kind)
                    .setHost(line.host)
                    .setPort(connected && !incoming ? line.port : line.localPort)
                    .setState(line.kind == Kind.TCP ? line.state : 0)
                    .setIncoming(incoming)
                    .build();
            counts.merge(host, 1, Integer::sum);
        }
        List<HostEvidence> hosts = new ArrayList<>();
        counts.forEach(
                (host, count) -> hosts.add(host.toBuilder().setCount(count).build()));
        hosts.sort(Comparator.comparingInt(HostEvidence::getCount)
                .reversed()
                .thenComparing(HostEvidence::getHost)
                .thenComparingInt(HostEvidence::getPort)
                .thenComparingInt(HostEvidence::getState));
        return hosts;
    }
}
