package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.NodeFacts;
import org.slotwarden.portal.node.NodeMetric;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.ReportBatch;

/** Reads what a batch says about the node itself. What is impossible is left out: no other report depends on it. */
final class NodeReader {

    private static final int TEXT_CHARACTERS = 255;
    private static final int VERSION_CHARACTERS = 64;
    private static final int MOST_BLIND_SPOTS = 50;

    private final Instant latest;
    private final Figures figures;
    private final DeviceReader devices;

    NodeReader(Instant sentAt, Figures figures) {
        this.latest = sentAt.plus(SlotReader.AHEAD);
        this.figures = figures;
        this.devices = new DeviceReader(figures);
    }

    @Nullable
    NodeFacts facts(ReportBatch batch) {
        if (!batch.hasNodeFacts()) {
            return null;
        }
        var facts = batch.getNodeFacts();
        return new NodeFacts(
                facts.hasOperatingSystem() ? cut(facts.getOperatingSystem()) : null,
                facts.hasKernel() ? cut(facts.getKernel()) : null,
                facts.hasCpuModel() ? cut(facts.getCpuModel()) : null,
                figures.count(facts.hasLogicalCores(), facts.getLogicalCores(), "logical_cores"),
                figures.count(facts.hasPhysicalCores(), facts.getPhysicalCores(), "physical_cores"),
                figures.bytes(facts.hasMemoryBytes(), facts.getMemoryBytes(), "memory_bytes"),
                figures.bytes(facts.hasSwapBytes(), facts.getSwapBytes(), "swap_bytes"),
                facts.hasBootedAtMs() ? time(facts.getBootedAtMs()) : null,
                figures.bytes(facts.hasLinkBytesPerSecond(), facts.getLinkBytesPerSecond(), "link_bytes_per_second"),
                facts.getBlindSpotsList().stream()
                        .limit(MOST_BLIND_SPOTS)
                        .map(NodeReader::cut)
                        .toList());
    }

    List<NodeSample> samples(ReportBatch batch) {
        return batch.getNodeSamplesList().stream()
                .map(this::sample)
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable NodeSample sample(org.slotwarden.wire.v1.NodeSample sample) {
        Instant time = time(sample.getTimeMs());
        return time == null ? null : new NodeSample(time, levels(sample), devices.read(sample));
    }

    private Map<NodeMetric, Double> levels(org.slotwarden.wire.v1.NodeSample sample) {
        Map<NodeMetric, Double> levels = new EnumMap<>(NodeMetric.class);
        put(levels, NodeMetric.LOAD_1M, figures.seconds(sample.hasLoad1M(), sample.getLoad1M(), "load_1m"));
        put(levels, NodeMetric.LOAD_5M, figures.seconds(sample.hasLoad5M(), sample.getLoad5M(), "load_5m"));
        put(levels, NodeMetric.LOAD_15M, figures.seconds(sample.hasLoad15M(), sample.getLoad15M(), "load_15m"));
        put(
                levels,
                NodeMetric.CPU_BUSY_SECONDS,
                figures.seconds(sample.hasCpuBusySeconds(), sample.getCpuBusySeconds(), "cpu_busy_seconds"));
        put(
                levels,
                NodeMetric.CPU_USER_SECONDS,
                figures.seconds(sample.hasCpuUserSeconds(), sample.getCpuUserSeconds(), "cpu_user_seconds"));
        put(
                levels,
                NodeMetric.CPU_SYSTEM_SECONDS,
                figures.seconds(sample.hasCpuSystemSeconds(), sample.getCpuSystemSeconds(), "cpu_system_seconds"));
        put(
                levels,
                NodeMetric.CPU_IOWAIT_SECONDS,
                figures.seconds(sample.hasCpuIowaitSeconds(), sample.getCpuIowaitSeconds(), "cpu_iowait_seconds"));
        put(
                levels,
                NodeMetric.CPU_STEAL_SECONDS,
                figures.seconds(sample.hasCpuStealSeconds(), sample.getCpuStealSeconds(), "cpu_steal_seconds"));
        put(
                levels,
                NodeMetric.MEMORY_TOTAL_BYTES,
                figures.bytes(sample.hasMemoryTotalBytes(), sample.getMemoryTotalBytes(), "memory_total_bytes"));
        put(
                levels,
                NodeMetric.MEMORY_AVAILABLE_BYTES,
                figures.bytes(
                        sample.hasMemoryAvailableBytes(), sample.getMemoryAvailableBytes(), "memory_available_bytes"));
        put(
                levels,
                NodeMetric.SWAP_USED_BYTES,
                figures.bytes(sample.hasSwapUsedBytes(), sample.getSwapUsedBytes(), "swap_used_bytes"));
        put(
                levels,
                NodeMetric.SWAP_IN_BYTES,
                figures.bytes(sample.hasSwapInBytes(), sample.getSwapInBytes(), "swap_in_bytes"));
        put(
                levels,
                NodeMetric.SWAP_OUT_BYTES,
                figures.bytes(sample.hasSwapOutBytes(), sample.getSwapOutBytes(), "swap_out_bytes"));
        put(levels, NodeMetric.OOM_KILLS, figures.bytes(sample.hasOomKills(), sample.getOomKills(), "oom_kills"));
        put(
                levels,
                NodeMetric.DISK_READ_BYTES,
                figures.bytes(sample.hasDiskReadBytes(), sample.getDiskReadBytes(), "disk_read_bytes"));
        put(
                levels,
                NodeMetric.DISK_WRITE_BYTES,
                figures.bytes(sample.hasDiskWriteBytes(), sample.getDiskWriteBytes(), "disk_write_bytes"));
        put(
                levels,
                NodeMetric.NET_RECEIVE_BYTES,
                figures.bytes(sample.hasNetReceiveBytes(), sample.getNetReceiveBytes(), "net_receive_bytes"));
        put(
                levels,
                NodeMetric.NET_TRANSMIT_BYTES,
                figures.bytes(sample.hasNetTransmitBytes(), sample.getNetTransmitBytes(), "net_transmit_bytes"));
        put(
                levels,
                NodeMetric.SCRATCH_FREE_BYTES,
                figures.bytes(sample.hasScratchFreeBytes(), sample.getScratchFreeBytes(), "scratch_free_bytes"));
        put(levels, NodeMetric.PROCESSES, figures.count(sample.hasProcesses(), sample.getProcesses(), "processes"));
        put(
                levels,
                NodeMetric.CLOCK_OFFSET_SECONDS,
                figures.difference(
                        sample.hasClockOffsetSeconds(), sample.getClockOffsetSeconds(), "clock_offset_seconds"));
        put(
                levels,
                NodeMetric.CLOCK_UNCERTAINTY_SECONDS,
                figures.seconds(
                        sample.hasClockUncertaintySeconds(),
                        sample.getClockUncertaintySeconds(),
                        "clock_uncertainty_seconds"));
        pressure(
                levels,
                sample.getCpuPressure(),
                "cpu_pressure",
                NodeMetric.CPU_PRESSURE_SOME_SECONDS,
                NodeMetric.CPU_PRESSURE_FULL_SECONDS);
        pressure(
                levels,
                sample.getMemoryPressure(),
                "memory_pressure",
                NodeMetric.MEMORY_PRESSURE_SOME_SECONDS,
                NodeMetric.MEMORY_PRESSURE_FULL_SECONDS);
        pressure(
                levels,
                sample.getIoPressure(),
                "io_pressure",
                NodeMetric.IO_PRESSURE_SOME_SECONDS,
                NodeMetric.IO_PRESSURE_FULL_SECONDS);
        return levels;
    }

    private void pressure(
            Map<NodeMetric, Double> levels, Pressure pressure, String what, NodeMetric some, NodeMetric full) {
        put(levels, some, figures.seconds(pressure.hasSomeSeconds(), pressure.getSomeSeconds(), what));
        put(levels, full, figures.seconds(pressure.hasFullSeconds(), pressure.getFullSeconds(), what));
    }

    private static void put(Map<NodeMetric, Double> levels, NodeMetric metric, @Nullable Number level) {
        if (level != null) {
            levels.put(metric, level.doubleValue());
        }
    }

    private @Nullable Instant time(long milliseconds) {
        Instant time = Instant.ofEpochMilli(milliseconds);
        return time.isBefore(SlotReader.EARLIEST) || time.isAfter(latest) ? null : time;
    }

    /** Version of the agent, for people. */
    static String version(ReportBatch batch) {
        return cut(batch.getAgentVersion(), VERSION_CHARACTERS);
    }

    private static String cut(String text) {
        return cut(text, TEXT_CHARACTERS);
    }

    /** One line of at most so many characters, as wide as its column. */
    static String cut(String text, int most) {
        String line = text.replaceAll("\\R", " ");
        return line.codePointCount(0, line.length()) <= most
                ? line
                : line.substring(0, line.offsetByCodePoints(0, most));
    }
}
