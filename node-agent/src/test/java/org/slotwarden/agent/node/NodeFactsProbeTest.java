package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeFacts;

class NodeFactsProbeTest {

    @TempDir
    Path root;

    @Test
    void knowsThisNode() {
        NodeFacts facts = NodeFactsProbe.read(new ProcFiles(Path.of("/proc")), Path.of("/sys"), Path.of("/"));
        assertThat(facts.getLogicalCores())
                .isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(facts.getMemoryBytes()).isGreaterThan(64L << 20);
        assertThat(facts.getKernel()).isEqualTo(System.getProperty("os.version"));
        assertThat(facts.getBootedAtMs()).isBetween(1_500_000_000_000L, System.currentTimeMillis());
    }

    @Test
    void readsANodeOfTwoCoresWithTwoThreadsEach() throws IOException {
        file(
                "proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Example  CPU\t@ 2 GHz\n\nprocessor\t: 1\nmodel name\t: Other\n");
        file("proc/stat", "cpu  1 2 3\ncpu0 1\ncpu1 1\ncpu2 1\ncpu3 1\nintr 5\nbtime 1700000000\n");
        file("proc/meminfo", "MemTotal:       1024 kB\nSwapTotal:       0 kB\n");
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        file("etc/os-release", "NAME=\"Example\"\nPRETTY_NAME=\"Example Linux 9\"\n");
        for (int cpu = 0; cpu < 4; cpu++) {
            file("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list", cpu < 2 ? "0-1\n" : "2-3\n");
        }
        assertThat(read())
                .isEqualTo(NodeFacts.newBuilder()
                        .setOperatingSystem("Example Linux 9")
                        .setKernel("6.1.0")
                        .setCpuModel("Example CPU @ 2 GHz")
                        .setLogicalCores(4)
                        .setPhysicalCores(2)
                        .setMemoryBytes(1 << 20)
                        .setSwapBytes(0)
                        .setBootedAtMs(1_700_000_000_000L)
                        .build());
    }

    @Test
    void leavesOutWhatTheNodeDoesNotTell() throws IOException {
        file("proc/cpuinfo", "processor: 0\nFeatures : fp asimd\n");
        file("proc/stat", "cpu  1 2 3\n");
        file("etc/os-release", "PRETTY_NAME=\n");
        assertThat(read()).isEqualTo(NodeFacts.getDefaultInstance());
    }

    @Test
    void theFastestLinkOfHardwareCounts() throws IOException {
        file("sys/class/net/eth0/device/vendor", "0x8086\n");
        file("sys/class/net/eth0/speed", "1000\n");
        file("sys/class/net/eth1/device/vendor", "0x15b3\n");
        file("sys/class/net/eth1/speed", "25000\n");
        file("sys/class/net/eth2/device/vendor", "down: -1, or all bits\n");
        file("sys/class/net/eth2/speed", "4294967295\n");
        file("sys/class/net/eth3/device/vendor", "virtual\n");
        file("sys/class/net/eth3/speed", "-1\n");
        file("sys/class/net/veth7/speed", "40000\n");
        assertThat(read().getLinkBytesPerSecond()).isEqualTo(3_125_000_000L);

        file("sys/class/net/bond0/bonding/mode", "802.3ad 4\n");
        file("sys/class/net/bond0/speed", "50000\n");
        assertThat(read().getLinkBytesPerSecond()).isEqualTo(6_250_000_000L);
    }

    @Test
    void aSpeedThatNoWireHasIsNone() throws IOException {
        file("sys/class/net/veth7/speed", "10000\n");
        file("sys/class/net/eth0/device/vendor", "virtual\n");
        file("sys/class/net/eth0/speed", "-1\n");
        assertThat(read().hasLinkBytesPerSecond()).isFalse();
    }

    @Test
    void takesTheReleaseThatTheVendorWroteWhereTheSiteHasNone() throws IOException {
        file("usr/lib/os-release", "PRETTY_NAME='Example'\n");
        assertThat(read().getOperatingSystem()).isEqualTo("Example");
    }

    private NodeFacts read() {
        return NodeFactsProbe.read(new ProcFiles(root.resolve("proc")), root.resolve("sys"), root);
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
