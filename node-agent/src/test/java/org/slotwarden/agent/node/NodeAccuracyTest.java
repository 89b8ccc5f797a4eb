package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Load;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeSample;

/**
 * Known loads against the node's figures. Others use the node meanwhile: at least the load must be in a figure,
 * and at most what another file of the kernel says of the same time.
 */
class NodeAccuracyTest {

    private static final long MIB = 1 << 20;
    private static final double TICK = 0.01;

    private final ProcFiles proc = new ProcFiles(Path.of("/proc"));
    private final NodeProbe probe = new NodeProbe(proc, KernelUnits.read(proc), Path.of("/sys"), List.of());

    private NodeSample sample() {
        return probe.sample(1, 1);
    }

    /** Seconds that the cores were neither idle nor waited, one core after the other (the probe reads their sum). */
    private static double busySeconds() throws IOException {
        double ticks = 0;
        for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
            if (line.matches("cpu[0-9].*")) {
                String[] field = line.split(" +");
                for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
                    ticks += Long.parseLong(field[i]);
                }
            }
        }
        return ticks * TICK;
    }

    @Test
    void busyCoresAreAtLeastTheLoadAndAtMostWhatTheCoresSay() throws Exception {
        int cores = Runtime.getRuntime().availableProcessors();
        double atFirst = busySeconds();
        NodeSample before = sample();
        try (Load load = Load.perl("while ((times)[0] < 2) { for (1 .. 10000) {} }")) {
            load.await();
        }
        NodeSample after = sample();
        double most = busySeconds() - atFirst + cores * 8 * TICK;
        // The node is counted by ticks, the process to the microsecond: they may differ where a core is stolen.
        assertThat(after.getCpuBusySeconds() - before.getCpuBusySeconds()).isBetween(1.8, most);
        assertThat(after.getCpuUserSeconds() - before.getCpuUserSeconds()).isBetween(1.6, most);
        assertThat(after.getCpuUserSeconds() + after.getCpuSystemSeconds() + after.getCpuStealSeconds())
                .isCloseTo(after.getCpuBusySeconds(), within(0.001));
    }

    @Test
    void theLoadAverageIsTheKernels() {
        await().until(() -> {
            String before = Files.readString(Path.of("/proc/loadavg"));
            NodeSample sample = sample();
            String after = Files.readString(Path.of("/proc/loadavg"));
            String told = "%.2f %.2f %.2f".formatted(sample.getLoad1M(), sample.getLoad5M(), sample.getLoad15M());
            return before.startsWith(told) && after.startsWith(told);
        });
    }

    @Test
    void memoryThatIsTakenIsNotAvailable() {
        // Others may take and give back some in the same moment: tried until they leave it alone.
        await().until(() -> {
            long free = sample().getMemoryAvailableBytes();
            try (Load load = Load.perl("my $x = 'x' x (256 << 20); my $y = $x; sleep 600")) {
                await().until(() -> resident(load.pid()) > 256 * MIB && sleeps(load.pid()));
                long taken = free - sample().getMemoryAvailableBytes();
                long truth = resident(load.pid());
                return taken > truth * 0.7 && taken < truth * 1.3;
            }
        });
    }

    private static boolean sleeps(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") S ");
    }

    private static long resident(int pid) throws IOException {
        String[] pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ");
        return Long.parseLong(pages[1]) * 4096;
    }

    /** Bytes read and written as each device tells them in a file of its own; where the probe reads one of all. */
    private static long[] deviceBytes() throws IOException {
        long[] bytes = new long[2];
        try (var devices = Files.newDirectoryStream(Path.of("/sys/block"))) {
            for (Path device : devices) {
                if (Files.exists(device.resolve("device"))) {
                    String[] field =
                            Files.readString(device.resolve("stat")).strip().split(" +");
                    bytes[0] += Long.parseLong(field[2]) * 512;
                    bytes[1] += Long.parseLong(field[6]) * 512;
                }
            }
        }
        return bytes;
    }

    @Test
    void bytesOfADiskAreThoseOfTheLoad(@TempDir(factory = OnDisk.class) Path folder) throws Exception {
        String file = folder.resolve("file").toString();
        long[] atFirst = deviceBytes();
        NodeSample before = sample();
        try (Load load = Load.shell("dd if=/dev/zero of=" + file + " bs=1M count=64 oflag=direct conv=fsync"
                + " && dd if=" + file + " of=/dev/null bs=1M count=32 iflag=direct")) {
            load.await();
        }
        NodeSample after = sample();
        long[] atLast = deviceBytes();
        assertThat(atLast[1] - atFirst[1])
                .as("the build is on no disk of this machine")
                .isGreaterThan(64 * MIB - 1);
        assertThat(after.getDiskWriteBytes() - before.getDiskWriteBytes()).isBetween(64 * MIB, atLast[1] - atFirst[1]);
        assertThat(after.getDiskReadBytes() - before.getDiskReadBytes()).isBetween(32 * MIB, atLast[0] - atFirst[0]);
    }

    @Test
    void bytesOnAWireAreCountedAtBothEnds(@TempDir Path folder) throws Exception {
        assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                .as("only root makes networks")
                .isEqualTo(0);
        String device = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1;"
                + " mount -t sysfs sysfs /sys;";
        Path go = folder.resolve("go");
        Path sent = folder.resolve("sent");
        try (Load peer = Load.shell("exec unshare -n -m sh -c '" + device + " touch " + folder + "/peer; sleep 600'")) {
            await().until(() -> Files.exists(folder.resolve("peer")));
            Path send = Files.writeString(
                    folder.resolve("send"),
                    "use Socket; socket(S, PF_INET, SOCK_DGRAM, 0) or die; my $to = sockaddr_in(9, inet_aton(q(10.9.8.2)));"
                            + " for (1 .. 2000) { send(S, q(x) x 1000, 0, $to) == 1000 or die }");
            try (Load here = Load.shell("exec unshare -n -m sh -ec '" + device
                    + " ip link add one type veth peer name two; ip link set two netns " + peer.pid()
                    + "; ip addr add 10.9.8.1/24 dev one; ip link set one up;"
                    + " nsenter -n -t " + peer.pid() + " ip link set two up;"
                    + " ip neigh add 10.9.8.2 lladdr 02:00:00:00:00:02 dev one;"
                    + " touch " + folder + "/here; while [ ! -e " + go + " ]; do sleep 0.01; done;"
                    + " perl " + send + "; touch " + sent + "; sleep 600'")) {
                await().until(() -> Files.exists(folder.resolve("here")));
                NodeProbe sender = of(here.pid());
                NodeProbe receiver = of(peer.pid());
                long sentBefore = sender.sample(1, 1).getNetTransmitBytes();
                long receivedBefore = receiver.sample(1, 1).getNetReceiveBytes();
                Files.createFile(go);
                await().until(() -> Files.exists(sent));
                NodeSample atSender = sender.sample(2, 1);
                NodeSample atReceiver = receiver.sample(2, 1);
                // 8 bytes of UDP, 20 of IP, 14 of Ethernet
                long frames = 2000 * (1000 + 8 + 20 + 14);
                assertThat(atSender.getNetTransmitBytes() - sentBefore).isBetween(frames, frames + 1000);
                assertThat(atReceiver.getNetReceiveBytes() - receivedBefore).isBetween(frames, frames + 1000);
                assertThat(atSender.getNetworkDevicesList()).singleElement().satisfies(one -> {
                    assertThat(one.getDevice()).isEqualTo("one");
                    assertThat(one.getTransmitPackets()).isBetween(2000L, 2010L);
                });
            }
        }
    }

    /** In the network and mounts of another process. */
    private static NodeProbe of(int pid) {
        Path process = Path.of("/proc/" + pid);
        return new NodeProbe(
                new ProcFiles(process), new KernelUnits(4096, 100), process.resolve("root/sys"), List.of());
    }
}
