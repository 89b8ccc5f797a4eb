package org.slotwarden.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.SocketCount;

class SocketTablesTest {

    private static final String NAMESPACE = "net:[4026531840]";

    /** Reading takes a millisecond, as each question for the time does. */
    private final AtomicLong nanos = new AtomicLong();

    private final SocketTables tables = new SocketTables(
            new CostShare(0.001), () -> nanos.addAndGet(Duration.ofMillis(1).toNanos()));

    private final SocketTables.Turn turn = tables.turn();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void oneSocket() throws IOException {
        have("0: 0100007F:1F90 0200007F:1234 01 0:0 0:0 0 1000 0 4711\n");
        for (String name : new String[] {"tcp6", "udp", "udp6", "unix"}) {
            Files.writeString(folder.resolve(name), "head\n");
        }
    }

    private void have(String lines) throws IOException {
        Files.writeString(folder.resolve("tcp"), "  sl  local_address rem_address\n" + lines);
    }

    private void secondSocketComes() throws IOException {
        have("0: 0100007F:1F90 0200007F:1234 01 0:0 0:0 0 1000 0 4711\n"
                + "1: 0100007F:1F91 0300007F:1234 08 0:0 0:0 0 1000 0 4712\n");
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private NamespaceSockets read(String namespace, Set<IpAddress> hosts) {
        return requireNonNull(requireNonNull(turn.round()).of(namespace, folder, hosts));
    }

    @Test
    void slotsOfARoundShareWhatWasRead_andTheNextRoundComesWhenTheShareAllows() throws Exception {
        NamespaceSockets first = read(NAMESPACE, Set.of());
        assertThat(NamespaceSockets.kind(first.key(4711))).isEqualTo(SocketCount.Kind.TCP);
        assertThat(NamespaceSockets.state(first.key(4711))).isEqualTo(1);
        assertThat(first.key(4712)).isEqualTo(-1);
        secondSocketComes();
        assertThat(read(NAMESPACE, Set.of())).isSameAs(first);

        pass(Duration.ofMillis(600));
        assertThat(turn.round()).as("a millisecond in a thousand").isNull();
        pass(Duration.ofMillis(500));
        NamespaceSockets next = read(NAMESPACE, Set.of());
        assertThat(NamespaceSockets.state(next.key(4712))).isEqualTo(8);
    }

    @Test
    void whoTookLongToFindItsSocketsMayStillUseItsRound() throws Exception {
        SocketTables.Round mine = requireNonNull(turn.round());
        pass(Duration.ofSeconds(2));
        assertThat(requireNonNull(mine.of(NAMESPACE, folder, Set.of())).key(4711))
                .isPositive();
    }

    @Test
    void connectionsAreLookedForAnewWhenOtherHostsAreNamed() throws Exception {
        assertThat(read(NAMESPACE, Set.of()).storage(4711)).isNull();
        IpAddress host = IpAddress.of(InetAddress.ofLiteral("127.0.0.2"));
        assertThat(read(NAMESPACE, Set.of(host)).storage(4711))
                .isEqualTo(new NamespaceSockets.StorageEnd(
                        host, 0x1234, IpAddress.of(InetAddress.ofLiteral("127.0.0.1")), 0x1F90));
    }

    @Test
    void ofANamespaceWithoutANameNothingIsKept() throws Exception {
        read("", Set.of());
        secondSocketComes();
        assertThat(read("", Set.of()).key(4712)).isPositive();
    }

    @Test
    void aProcessThatHasEndedLeavesNoEmptyTables() {
        Path gone = folder.resolve("gone");
        SocketTables.Round round = requireNonNull(turn.round());
        assertThat(round.of(NAMESPACE, gone, Set.of())).isNull();
        assertThat(requireNonNull(round.of(NAMESPACE, folder, Set.of())).key(4711))
                .isPositive();
    }

    private void haveMany() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int inode = 1; inode <= 200_100; inode++) {
            many.append("0: 1:1 2:2 01 0 0 0 0 0 ").append(inode).append('\n');
        }
        have(many.toString());
    }

    @Test
    void aNodeWithTooManySocketsIsNotToldWrongly_norReadForEachSlot() throws Exception {
        haveMany();
        SocketTables.Round round = requireNonNull(turn.round());
        assertThat(round.of(NAMESPACE, folder, Set.of())).isNull();
        oneSocket();
        assertThat(round.of(NAMESPACE, folder, Set.of())).isNull();
        assertThat(round.of("net:[2]", folder, Set.of())).isNotNull();
    }

    @Test
    void connectionsToStorageTakeMoreRoomThanSockets() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int inode = 1; inode <= 20_000; inode++) {
            many.append("0: 0100007F:1F90 0200007F:1234 01 0 0 0 0 0 ")
                    .append(inode)
                    .append('\n');
        }
        have(many.toString());
        assertThat(read(NAMESPACE, Set.of()).key(20_000)).isPositive();
        assertThat(requireNonNull(turn.round())
                        .of(NAMESPACE, folder, Set.of(IpAddress.of(InetAddress.ofLiteral("127.0.0.2")))))
                .isNull();
    }

    @Test
    void whatManyNamespacesOfOneRoundTakeIsBounded() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int inode = 1; inode <= 150_000; inode++) {
            many.append("0: 1:1 2:2 01 0 0 0 0 0 ").append(inode).append('\n');
        }
        have(many.toString());
        NamespaceSockets first = read(NAMESPACE, Set.of());
        NamespaceSockets second = read("net:[2]", Set.of());
        assertThat(read(NAMESPACE, Set.of())).isSameAs(first);
        assertThat(read("net:[2]", Set.of())).isNotSameAs(second);
    }

    @Test
    void aRoundInWhichNothingWasReadDoesNotMakeTheNextOneCheap() throws Exception {
        SocketTables.Turn without = tables.turn();
        read(NAMESPACE, Set.of());
        pass(Duration.ofMillis(1500));
        assertThat(without.round()).as("of a slot without sockets").isNotNull();
        pass(Duration.ofMillis(600));
        read(NAMESPACE, Set.of());
        pass(Duration.ofMillis(600));
        assertThat(turn.round()).as("a millisecond in a thousand").isNull();
    }

    /** Slots of a large node: sampling takes so long that a round is over before the last one's turn. */
    @Test
    void whoAlwaysComesAfterTheEndOfARoundHasItsOwnAtTimes_andTheShareIsKept() throws Exception {
        SocketTables.Turn late = tables.turn();
        int rounds = 0;
        int ofLate = 0;
        for (int sampled = 0; sampled < 100; sampled++) {
            SocketTables.Round first = turn.round();
            rounds += first == null ? 0 : 1;
            expensive(first);
            pass(Duration.ofMillis(600));
            SocketTables.Round second = late.round();
            ofLate += second == null ? 0 : 1;
            expensive(second);
            pass(Duration.ofMillis(9400));
        }
        assertThat(ofLate).isBetween(20, 60);
        assertThat(rounds + ofLate).as("9 ms each, of a second").isBetween(90, 115);
    }

    /** A millisecond for each. */
    private void expensive(SocketTables.@Nullable Round round) {
        for (int namespace = 0; round != null && namespace < 9; namespace++) {
            round.of("net:[" + namespace + "]", folder, Set.of());
        }
    }
}
