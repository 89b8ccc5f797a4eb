package org.slotwarden.load;

import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.Temperature;

/** What agents tell about their nodes and themselves: a node of 64 cores with a disk, two network devices, two sensors. */
final class NodeStory {

    private static final long GIB = 1L << 30;

    private final Site site;

    NodeStory(Site site) {
        this.site = site;
    }

    byte[] facts() {
        return NodeFacts.newBuilder()
                .setOperatingSystem("Debian GNU/Linux 12 (bookworm)")
                .setKernel("6.1.0")
                .setCpuModel("AMD EPYC 7543 32-Core Processor")
                .setLogicalCores(64)
                .setPhysicalCores(32)
                .setMemoryBytes(256 * GIB)
                .setSwapBytes(8 * GIB)
                .setBootedAtMs(site.beginMs() - 86_400_000)
                .build()
                .toByteArray();
    }

    byte[] sample(int node, int step) {
        long key = Hash.of(site.seed(), -1 - node);
        double seconds =
                86_400 + (step + Hash.below(Hash.of(key, 1_000_000L + step), 1000) / 1e3) * site.intervalMs() / 1e3;
        long done = (long) (seconds * (1 << 20));
        return NodeSample.newBuilder()
                .setTimeMs(site.timeMs(node, 0, step))
                .setLoad1M(64 * Hash.below(Hash.of(key, step), 1000) / 1e3)
                .setLoad5M(50)
                .setLoad15M(50)
                .setCpuBusySeconds(50 * seconds)
                .setCpuUserSeconds(45 * seconds)
                .setCpuSystemSeconds(5 * seconds)
                .setCpuIowaitSeconds(seconds / 10)
                .setCpuStealSeconds(0)
                .setMemoryTotalBytes(256 * GIB)
                .setMemoryAvailableBytes(64 * GIB + Hash.below(Hash.of(key, step), 1 << 20) * 4096)
                .setSwapUsedBytes(0)
                .setSwapInBytes(0)
                .setSwapOutBytes(0)
                .setOomKills(0)
                .setDiskReadBytes(done)
                .setDiskWriteBytes(2 * done)
                .setNetReceiveBytes(3 * done)
                .setNetTransmitBytes(4 * done)
                .setScratchFreeBytes(500 * GIB)
                .setProcesses(700)
                .setCpuPressure(pressure(seconds))
                .setMemoryPressure(pressure(seconds / 9))
                .setIoPressure(pressure(seconds / 7))
                .addDisks(DiskSample.newBuilder()
                        .setDevice("nvme0n1")
                        .setReadBytes(done)
                        .setWriteBytes(2 * done)
                        .setReadOperations(done >> 14)
                        .setWriteOperations(done >> 13)
                        .setBusySeconds(seconds / 8))
                .addNetworkDevices(network("eth0", done))
                .addNetworkDevices(network("ib0", 8 * done))
                .addTemperatures(
                        Temperature.newBuilder().setSensor("k10temp Tctl").setCelsius(61.5))
                .addTemperatures(
                        Temperature.newBuilder().setSensor("nvme Composite").setCelsius(41.9))
                .build()
                .toByteArray();
    }

    /** A clock that is exact to the microsecond, as that of the kernel. */
    private static Pressure pressure(double seconds) {
        return Pressure.newBuilder()
                .setSomeSeconds(Math.round(seconds * 1e5) / 1e6)
                .setFullSeconds(Math.round(seconds * 1e4) / 1e6)
                .build();
    }

    private static NetworkDeviceSample network(String device, long done) {
        return NetworkDeviceSample.newBuilder()
                .setDevice(device)
                .setReceiveBytes(3 * done)
                .setTransmitBytes(4 * done)
                .setReceivePackets(done >> 9)
                .setTransmitPackets(done >> 8)
                .setReceiveErrors(0)
                .setTransmitErrors(0)
                .setReceiveDrops(0)
                .setTransmitDrops(0)
                .build();
    }

    byte[] status(long nowMs, int step) {
        return AgentStatus.newBuilder()
                .setTimeMs(nowMs)
                .setStartedAtMs(site.beginMs() - 1000)
                .setCpuSeconds(step * 0.02)
                .setMemoryRssBytes(60L << 20)
                .setMemoryPssBytes(48L << 20)
                .setThreads(12)
                .setOpenFiles(90)
                .setSlots(site.slots())
                .setSpoolBytes(200L * site.slots())
                .setReportsWaiting(site.slots())
                .setLagSeconds(0.1)
                .setSampleCpuSeconds(0.01)
                .setSampleLateSeconds(0.003)
                .setSamplesTaken((long) (step + 1) * site.slots())
                .build()
                .toByteArray();
    }
}
