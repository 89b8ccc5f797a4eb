package org.slotwarden.agent.slot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.probe.IpAddress;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.StorageHosts;
import org.slotwarden.agent.probe.StorageLook;
import org.slotwarden.agent.probe.StorageSocket;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageAddresses;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;

class StorageReportsTest {

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final ProcessStat self = requireNonNull(ProcessStat.read(proc, "self"));
    private final StorageHosts hosts = new StorageHosts();
    private final Spool spool;
    private final StorageReports reports;
    private Set<IpAddress> lookedFor = Set.of(new IpAddress(0, 1));
    private long nanos;

    StorageReportsTest(@TempDir Path folder) throws IOException {
        spool = Spool.open(folder.resolve("spool"), "s1", 1 << 20, new SpoolSpace(1 << 20));
        reports = new StorageReports(hosts, proc, spool, () -> nanos);
        name("127.0.0.2");
    }

    @AfterEach
    void close() throws IOException {
        spool.close();
    }

    private void name(String... addresses) {
        hosts.learn(StorageAddresses.newBuilder()
                .setVersion(hosts.version() + 1)
                .addAllAddresses(List.of(addresses))
                .build());
    }

    private void later(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
    }

    /** A look that sees one socket of ours for each of these ports. */
    private StorageLook look(long timeMs, int... localPorts) {
        List<StorageSocket> sockets = Arrays.stream(localPorts)
                .mapToObj(port -> new StorageSocket(
                        port,
                        new IpAddress(0, 0xFFFF_7F00_0002L),
                        22125,
                        new IpAddress(0, 0xFFFF_7F00_0001L),
                        port,
                        self.pid(),
                        self.startTicks()))
                .toList();
        return new StorageLook(timeMs, sockets, 0, lookedFor);
    }

    /** Ports of the reports that wait, and lets the portal acknowledge them. */
    private List<List<Integer>> sent() throws IOException {
        List<Long> waiting = spool.waiting();
        List<List<Integer>> ports = new ArrayList<>();
        for (long sequence : waiting) {
            ports.add(
                    SlotReport.parseFrom(requireNonNull(spool.read(sequence)))
                            .getStorageConnections()
                            .getConnectionsList()
                            .stream()
                            .map(StorageConnection::getLocalPort)
                            .toList());
        }
        spool.acknowledge(waiting);
        return ports;
    }

    @Test
    void theFirstLookIsToldAndThenWhatHasChanged() throws IOException {
        reports.looked(look(1000));
        assertThat(sent()).as("none is an answer, too").containsExactly(List.of());
        later(30);
        reports.looked(look(31_000));
        reports.looked(null);
        assertThat(sent()).isEmpty();
        reports.looked(look(32_000, 40_000, 40_001));
        assertThat(sent()).containsExactly(List.of(40_000, 40_001));
        later(30);
        reports.looked(look(62_000, 40_000, 40_001));
        assertThat(sent()).as("not again").isEmpty();
        reports.looked(look(63_000, 40_001));
        assertThat(sent()).containsExactly(List.of(40_001));
    }

    @Test
    void neverTwoWithinTenSeconds() throws IOException {
        reports.looked(look(1000, 1));
        sent();
        later(9);
        reports.looked(look(10_000, 2));
        assertThat(sent()).isEmpty();
        later(1);
        reports.looked(look(11_000, 3));
        assertThat(sent()).containsExactly(List.of(3));
    }

    @Test
    void oneThatWaitsIsTheOnlyOne() throws IOException {
        for (int i = 0; i < 100; i++) {
            reports.looked(look(i * 30_000L, i + 1));
            later(30);
        }
        assertThat(sent()).as("the portal was away").containsExactly(List.of(1));
        reports.looked(look(4_000_000, 7));
        assertThat(sent()).containsExactly(List.of(7));
    }

    @Test
    void allIsToldAnewWhenHostsAreNamedAgain() throws IOException {
        reports.looked(look(1000, 1));
        sent();
        name();
        reports.looked(null);
        name("127.0.0.2");
        reports.looked(look(2000, 1));
        assertThat(sent()).containsExactly(List.of(1));
    }

    private StorageConnections next() throws IOException {
        long sequence = spool.waiting().getFirst();
        StorageConnections told =
                SlotReport.parseFrom(requireNonNull(spool.read(sequence))).getStorageConnections();
        spool.acknowledge(List.of(sequence));
        return told;
    }

    @Test
    void eachSaysUntilWhenNothingHadChanged() throws IOException {
        reports.looked(look(1000, 1));
        assertThat(next().hasUnchangedUntilMs()).as("nothing was told before").isFalse();
        later(5);
        reports.looked(look(6000, 1));
        reports.looked(look(7000, 1, 2)); // not told: within ten seconds
        later(10);
        reports.looked(look(17_000, 1, 2));
        assertThat(next().getUnchangedUntilMs())
                .as("the second began after that")
                .isEqualTo(6000);
        later(30);
        lookedFor = Set.of(new IpAddress(0, 1), new IpAddress(0, 2));
        reports.looked(look(47_000, 1, 2, 3));
        assertThat(next().hasUnchangedUntilMs())
                .as("the third leads to a host that was not looked for before")
                .isFalse();
    }

    @Test
    void aConnectionIsToldInNumbers() throws IOException {
        reports.looked(look(1000, 40_000));
        SlotReport report =
                SlotReport.parseFrom(requireNonNull(spool.read(spool.waiting().getFirst())));
        assertThat(report.getStorageConnections().getTimeMs()).isEqualTo(1000);
        assertThat(report.getStorageConnections().getConnectionsList())
                .containsExactly(StorageConnection.newBuilder()
                        .setStorageAddress("127.0.0.2")
                        .setStoragePort(22125)
                        .setLocalAddress("127.0.0.1")
                        .setLocalPort(40_000)
                        .setProcess(self.pid())
                        .setOwnProcess(self.pid())
                        .build());
    }

    @Test
    void whatWaitsIsNotGivenUpWithSamples() throws IOException {
        for (int i = 0; i < 100; i++) {
            spool.append(
                    SlotReport.newBuilder().addSamples(JobSample.newBuilder().setTimeMs(1000 + i)));
            if (i == 50) {
                reports.looked(look(1050, 40_000));
            }
        }
        for (int i = 0; i < 20; i++) {
            spool.shrink();
        }
        assertThat(spool.size()).isLessThan(10);
        assertThat(sent()).contains(List.of(40_000));
    }
}
