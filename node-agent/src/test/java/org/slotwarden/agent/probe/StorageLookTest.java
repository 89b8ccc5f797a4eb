package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.wire.v1.JobSample.Membership;
import org.slotwarden.wire.v1.StorageAddresses;

/** Real processes with a known number of connections to doors, some of which are named as storage. */
class StorageLookTest {

    private static final String OPEN = "use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); my @s;"
            + " sub to { my ($port, $host) = @_; socket my $s, PF_INET, SOCK_STREAM, 0;"
            + " connect $s, sockaddr_in($port, inet_aton($host)) or die; push @s, $s }"
            + " sub to6 { my ($port, $host) = @_; socket my $s, PF_INET6, SOCK_STREAM, 0;"
            + " connect $s, pack_sockaddr_in6($port, inet_pton(AF_INET6, $host)) or die; push @s, $s } ";

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    /** As often as it likes: between two looks a busy machine may pause. */
    private final JobProbe.Shared shared =
            JobProbe.Shared.of(proc, KernelUnits.read(proc), new CostShare(1), new CostShare(1));

    /** Accepts connections, and knows where they came from. */
    private static final class Door implements AutoCloseable {

        private final ServerSocket server;
        private final List<Socket> accepted = new ArrayList<>();

        Door(String address) throws IOException {
            server = new ServerSocket(0, 200, InetAddress.ofLiteral(address));
        }

        int port() {
            return server.getLocalPort();
        }

        /** The clients' ports, once so many have come. */
        Set<Integer> awaitClients(int count) throws IOException {
            Set<Integer> ports = new TreeSet<>();
            for (int i = 0; i < count; i++) {
                Socket client = server.accept();
                accepted.add(client);
                ports.add(client.getPort());
            }
            return ports;
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : accepted) {
                socket.close();
            }
            server.close();
        }
    }

    private void named(String... addresses) {
        shared.storage()
                .learn(StorageAddresses.newBuilder()
                        .setVersion(1)
                        .addAllAddresses(List.of(addresses))
                        .build());
    }

    /** A look of its own at these processes; null: not known. */
    private @Nullable StorageLook look(Integer... pids) {
        ProcessTable table = ProcessTable.scan(proc);
        List<ProcessStat> members = Arrays.stream(pids)
                .map(pid -> requireNonNull(ProcessStat.read(proc, pid)))
                .toList();
        try (JobProbe probe = new JobProbe(shared)) {
            probe.sample(1, table, members, null, Membership.PROCESS_TREE, true);
            return probe.storageLook();
        }
    }

    private static Set<Integer> localPorts(@Nullable StorageLook look) {
        return new TreeSet<>(requireNonNull(look).sockets().stream()
                .map(StorageSocket::localPort)
                .toList());
    }

    @Test
    void connectionsToNamedHostsAreToldAndNoOthers() throws Exception {
        named("127.0.0.2");
        try (Door storage = new Door("127.0.0.2");
                Door other = new Door("127.0.0.3");
                Load load = Load.perl(OPEN
                        + "to(%d, '127.0.0.2') for 1 .. 3; to(%d, '127.0.0.3'); sleep 600"
                                .formatted(storage.port(), other.port()))) {
            Set<Integer> ports = storage.awaitClients(3);
            other.awaitClients(1);
            long before = System.currentTimeMillis();
            StorageLook look = requireNonNull(look(load.pid()));

            assertThat(localPorts(look)).isEqualTo(ports);
            assertThat(look.leftOut()).isZero();
            assertThat(look.timeMs()).isBetween(before, System.currentTimeMillis());
            assertThat(look.sockets()).allSatisfy(socket -> {
                assertThat(socket.storage().toString()).isEqualTo("127.0.0.2");
                assertThat(socket.storagePort()).isEqualTo(storage.port());
                assertThat(socket.local().toString()).isEqualTo("127.0.0.1");
                assertThat(socket.pid()).isEqualTo(load.pid());
            });
            assertThat(requireNonNull(look(load.pid())).sockets())
                    .as("nothing has changed")
                    .isEqualTo(look.sockets());
        }
    }

    @Test
    void nothingIsLookedForUntilHostsAreNamed() throws Exception {
        try (Door storage = new Door("127.0.0.2");
                Load load = Load.perl(OPEN + "to(%d, '127.0.0.2'); sleep 600".formatted(storage.port()))) {
            storage.awaitClients(1);
            assertThat(look(load.pid())).isNull();
        }
    }

    @Test
    void socketsOfTheNewerProtocolLeadToTheSameHosts() throws Exception {
        named("127.0.0.2", "::1");
        try (Door four = new Door("127.0.0.2");
                Door six = new Door("::1");
                Load load = Load.perl(OPEN
                        + "to6(%d, '::ffff:127.0.0.2'); to6(%d, '::1'); sleep 600"
                                .formatted(four.port(), six.port()))) {
            Set<Integer> ports = four.awaitClients(1);
            ports.addAll(six.awaitClients(1));
            StorageLook look = requireNonNull(look(load.pid()));

            assertThat(localPorts(look)).isEqualTo(ports);
            assertThat(look.sockets())
                    .extracting(socket -> socket.storage() + " from " + socket.local())
                    .containsExactlyInAnyOrder("127.0.0.2 from 127.0.0.1", "0:0:0:0:0:0:0:1 from 0:0:0:0:0:0:0:1");
        }
    }

    /** As a client of dcap: the parent opens a file, children inherit it, and one opens one of its own. */
    @Test
    void aConnectionThatChildrenInheritedIsToldOnceAndAsTheParents() throws Exception {
        named("127.0.0.2");
        try (Door storage = new Door("127.0.0.2");
                Load load = Load.perl(OPEN
                        + "to(%1$d, '127.0.0.2');".formatted(storage.port())
                        + " unless (fork) { to(%1$d, '127.0.0.2'); sleep 600 } sleep 600".formatted(storage.port()))) {
            Set<Integer> ports = storage.awaitClients(2);
            int child = (int) ProcessHandle.of(load.pid())
                    .orElseThrow()
                    .children()
                    .findAny()
                    .orElseThrow()
                    .pid();
            StorageLook look = requireNonNull(look(child, load.pid()));

            assertThat(localPorts(look)).isEqualTo(ports);
            assertThat(look.sockets()).extracting(StorageSocket::pid).containsExactlyInAnyOrder(load.pid(), child);
        }
    }

    @Test
    void aJobInANetworkNamespaceOfItsOwnIsSeenThere() throws Exception {
        named("127.0.0.5");
        String both = OPEN
                + "socket my $d, PF_INET, SOCK_STREAM, 0; bind $d, sockaddr_in(4711, inet_aton('127.0.0.5')) or die;"
                + " listen $d, 9; to(4711, '127.0.0.5') for 1 .. 2; accept my $a, $d; accept my $b, $d; sleep 600";
        try (Load load = Load.shell("exec unshare -n sh -c 'ip link set lo up; exec perl -e \"$0\"' '"
                + both.replace("'", "'\\''") + "'")) {
            StorageLook look = await().until(
                            () -> look(load.pid()),
                            seen -> seen != null && seen.sockets().size() == 2);
            assertThat(look.sockets())
                    .as("its own ends, not those that it accepted")
                    .allMatch(socket -> socket.storagePort() == 4711 && socket.localPort() != 4711);
        }
    }

    @Test
    void aProcessIsToldAsItCountsItself() throws Exception {
        try (Load load = Load.shell("exec unshare -p -f sleep 600")) {
            int inside = await().until(
                            () -> ProcessHandle.of(load.pid())
                                    .orElseThrow()
                                    .children()
                                    .map(child -> (int) child.pid())
                                    .findAny()
                                    .orElse(0),
                            pid -> pid > 0);
            long start = requireNonNull(ProcessStat.read(proc, inside)).startTicks();
            assertThat(OwnPid.read(proc, inside, start)).hasValue(1);
            assertThat(OwnPid.read(proc, inside, start - 1))
                    .as("another process had that pid")
                    .isEmpty();
            long ownStart = requireNonNull(ProcessStat.read(proc, load.pid())).startTicks();
            assertThat(OwnPid.read(proc, load.pid(), ownStart)).hasValue(load.pid());
        }
        assertThat(OwnPid.parse(new byte[0], 0)).isEqualTo(OptionalLong.empty());
    }

    @Test
    void ofTooManyTheSameHundredAreToldAgainAndAgain() throws Exception {
        named("127.0.0.2");
        try (Door storage = new Door("127.0.0.2");
                Load load = Load.perl(OPEN + "to(%d, '127.0.0.2') for 1 .. 130; sleep 600".formatted(storage.port()))) {
            storage.awaitClients(130);
            StorageLook look = requireNonNull(look(load.pid()));
            assertThat(look.sockets()).hasSize(100);
            assertThat(look.leftOut()).isEqualTo(30);
            assertThat(requireNonNull(look(load.pid())).sockets()).isEqualTo(look.sockets());
        }
    }

    @Test
    void aProcessThatIsGoneHoldsNothing() throws Exception {
        named("127.0.0.2");
        ProcessStat stat;
        try (Load load = Load.perl("sleep 600")) {
            stat = requireNonNull(ProcessStat.read(proc, load.pid()));
            load.close();
            load.await();
        }
        SocketLook.Result seen = SocketLook.take(
                proc, List.of(stat), shared.tables().turn(), shared.storage().addresses());
        assertThat(requireNonNull(requireNonNull(seen.tables()).storage()).sockets())
                .isEmpty();
    }

    @Test
    void whatALivingProcessHidesIsNotKnown(@TempDir Path fake) throws Exception {
        named("127.0.0.2");
        Path folder = Files.createDirectory(fake.resolve("7"));
        Files.writeString(folder.resolve("stat"), "7 (x) R 1 7 7 0 0 0 0 0 0 0 1 1 0 0 20 0 1 0 5 0 0 0 0 0\n");
        ProcFiles files = new ProcFiles(fake);
        ProcessStat stat = requireNonNull(ProcessStat.read(files, 7));
        SocketLook.Result seen = SocketLook.take(
                files, List.of(stat), shared.tables().turn(), shared.storage().addresses());
        assertThat(seen.sockets()).isNegative();
        assertThat(seen.tables()).isNull();
    }
}
