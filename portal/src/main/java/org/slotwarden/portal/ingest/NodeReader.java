package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.NodeFacts;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.wire.v1.ReportBatch;

/** Reads what a batch says about the node itself. What is impossible is left out: no other report depends on it. */
final class NodeReader {

    private static final int TEXT_CHARACTERS = 255;
    private static final int VERSION_CHARACTERS = 64;
    private static final int MOST_BLIND_SPOTS = 50;

    private final Instant latest;
    private final Figures figures;

    NodeReader(Instant sentAt, Figures figures) {
        this.latest = sentAt.plus(SlotReader.AHEAD);
        this.figures = figures;
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
        return time == null
                ? null
                : new NodeSample(
                        time,
                        figures.seconds(sample.hasLoad1M(), sample.getLoad1M(), "load_1m"),
                        figures.seconds(sample.hasCpuBusySeconds(), sample.getCpuBusySeconds(), "cpu_busy_seconds"),
                        figures.seconds(
                                sample.hasCpuIowaitSeconds(), sample.getCpuIowaitSeconds(), "cpu_iowait_seconds"),
                        figures.bytes(sample.hasMemoryTotalBytes(), sample.getMemoryTotalBytes(), "memory_total_bytes"),
                        figures.bytes(
                                sample.hasMemoryAvailableBytes(),
                                sample.getMemoryAvailableBytes(),
                                "memory_available_bytes"),
                        figures.bytes(sample.hasSwapUsedBytes(), sample.getSwapUsedBytes(), "swap_used_bytes"),
                        figures.bytes(sample.hasDiskReadBytes(), sample.getDiskReadBytes(), "disk_read_bytes"),
                        figures.bytes(sample.hasDiskWriteBytes(), sample.getDiskWriteBytes(), "disk_write_bytes"),
                        figures.bytes(sample.hasNetReceiveBytes(), sample.getNetReceiveBytes(), "net_receive_bytes"),
                        figures.bytes(sample.hasNetTransmitBytes(), sample.getNetTransmitBytes(), "net_transmit_bytes"),
                        figures.bytes(sample.hasScratchFreeBytes(), sample.getScratchFreeBytes(), "scratch_free_bytes"),
                        figures.count(sample.hasProcesses(), sample.getProcesses(), "processes"));
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
    private static String cut(String text, int most) {
        String line = text.replaceAll("\\R", " ");
        return line.codePointCount(0, line.length()) <= most
                ? line
                : line.substring(0, line.offsetByCodePoints(0, most));
    }
}
