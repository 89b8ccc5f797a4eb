package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Pressure;

class NodeProbeTest {

    private final Path root;
    private final Path proc;

    NodeProbeTest(@TempDir Path root) throws Exception {
        this.root = root;
        this.proc = root.resolve("proc");
        Files.createDirectories(proc.resolve("net"));
        Files.createDirectories(root.resolve("sys/block/vda/device"));
        Files.createDirectories(root.resolve("sys/block/loop0"));
        Files.writeString(proc.resolve("loadavg"), "2.50 1.00 0.50 3/400 1234\n");
        Files.writeString(proc.resolve("stat"), "cpu  1000 100 200 90000 700 10 20 30 500 50\ncpu0 1 1 1 1\n");
        Files.writeString(
                proc.resolve("meminfo"),
                "MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    600 kB\nSwapTotal: 100 kB\nSwapFree:   40 kB\n");
        Files.writeString(proc.resolve("diskstats"), """
                   254       0 vda 100 0 2000 50 200 0 4000 60 0 70 80
                   254       1 vda1 90 0 1900 50 190 0 3900 60 0 70 80
                     7       0 loop0 90 0 1900 50 190 0 3900 60 0 70 80
                """);
        Files.writeString(proc.resolve("vmstat"), "pswpin 5\npswpout 6\noom_kill 2\n");
        Files.createDirectories(proc.resolve("pressure"));
        for (String resource : new String[] {"cpu", "memory"}) {
            Files.writeString(
                    proc.resolve("pressure/" + resource),
                    "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n"
                            + "full avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\n");
        }
        Files.writeString(proc.resolve("net/dev"), """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
                    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
                  eth0:1000 9 0 0 0 0 0 0 2000 9 0 0 0 0 0 0
                  ib0: 10 9 0 0 0 0 0 0 20 9 0 0 0 0 0 0
                """);
    }

    private NodeSample sample() {
        return new NodeProbe(new ProcFiles(proc), new KernelUnits(4096, 100), root.resolve("sys"), List.of())
                .sample(77, 5);
    }

    @Test
    void countsWhatIsPhysicalAndOnce() {
        NodeSample sample = sample();
        assertThat(sample.getTimeMs()).isEqualTo(77);
        assertThat(sample.getLoad1M()).isEqualTo(2.5);
        assertThat(sample.getLoad5M()).isEqualTo(1.0);
        assertThat(sample.getLoad15M()).isEqualTo(0.5);
        assertThat(sample.getCpuBusySeconds()).isEqualTo(13.6);
        assertThat(sample.getCpuIowaitSeconds()).isEqualTo(7.0);
        assertThat(sample.getCpuUserSeconds()).isEqualTo(11.0);
        assertThat(sample.getCpuSystemSeconds()).isEqualTo(2.3);
        assertThat(sample.getCpuStealSeconds()).isEqualTo(0.3);
        assertThat(sample.getSwapInBytes()).isEqualTo(5 * 4096);
        assertThat(sample.getSwapOutBytes()).isEqualTo(6 * 4096);
        assertThat(sample.getOomKills()).isEqualTo(2);
        assertThat(sample.getCpuPressure())
                .as("all waiting for a CPU is not defined for a node")
                .isEqualTo(Pressure.newBuilder().setSomeSeconds(1).build());
        assertThat(sample.getMemoryPressure().getFullSeconds()).isEqualTo(2);
        assertThat(sample.hasIoPressure()).isFalse();
        assertThat(sample.getMemoryTotalBytes()).isEqualTo(1000 << 10);
        assertThat(sample.getMemoryAvailableBytes()).isEqualTo(600 << 10);
        assertThat(sample.getSwapUsedBytes()).isEqualTo(60 << 10);
        assertThat(sample.getDiskReadBytes()).isEqualTo(2000 * 512);
        assertThat(sample.getDiskWriteBytes()).isEqualTo(4000 * 512);
        assertThat(sample.getNetReceiveBytes()).isEqualTo(1010);
        assertThat(sample.getNetTransmitBytes()).isEqualTo(2020);
        assertThat(sample.getProcesses()).isEqualTo(5);
    }

    @Test
    void whatCannotBeReadIsAbsent() throws Exception {
        for (String file :
                new String[] {"loadavg", "stat", "meminfo", "diskstats", "net/dev", "vmstat", "pressure/cpu"}) {
            Files.writeString(proc.resolve(file), "nonsense\n");
        }
        NodeSample sample = sample();
        assertThat(sample.hasLoad1M()).isFalse();
        assertThat(sample.hasCpuBusySeconds()).isFalse();
        assertThat(sample.hasCpuIowaitSeconds()).isFalse();
        assertThat(sample.hasMemoryTotalBytes()).isFalse();
        assertThat(sample.hasSwapUsedBytes()).isFalse();
        assertThat(sample.hasDiskReadBytes()).isFalse();
        assertThat(sample.hasNetReceiveBytes()).isFalse();
        assertThat(sample.hasOomKills()).isFalse();
        assertThat(sample.hasCpuPressure()).isFalse();
        assertThat(sample.getDisksCount()).isZero();
    }

    @Test
    void readsThisNode() {
        ProcFiles here = new ProcFiles(Path.of("/proc"));
        NodeSample sample = new NodeProbe(here, KernelUnits.read(here), Path.of("/sys"), List.of()).sample(1, 1);
        assertThat(sample.getCpuBusySeconds()).isPositive();
        assertThat(sample.getMemoryAvailableBytes()).isBetween(1L << 20, sample.getMemoryTotalBytes());
    }
}
