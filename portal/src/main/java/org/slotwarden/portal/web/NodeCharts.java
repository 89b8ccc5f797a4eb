package org.slotwarden.portal.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.AgentProcess;
import org.slotwarden.portal.node.DeviceKind;
import org.slotwarden.portal.node.DeviceMetric;
import org.slotwarden.portal.node.NodeDevice;
import org.slotwarden.portal.node.NodeMetric;
import org.slotwarden.portal.node.NodeSample;
import org.slotwarden.portal.node.NodeStatus;
import org.springframework.stereotype.Component;

/** Which charts a node has: of what its latest sample tells, and of its agent. */
@Component
class NodeCharts {

    /** More lines than this cannot be told apart; the tables name all devices. */
    private static final int MOST_LINES = 6;

    private final Format format;

    NodeCharts(Format format) {
        this.format = format;
    }

    private record Line(String metric, String label, String now) {}

    List<ChartGroup> of(NodeStatus node, List<AgentProcess> agents) {
        NodeSample latest = node.latest();
        List<ChartGroup> groups = new ArrayList<>();
        Integer cores = node.facts() == null ? null : node.facts().logicalCores();
        Long memory = latest == null ? null : latest.whole(NodeMetric.MEMORY_TOTAL_BYTES);
        add(
                groups,
                "cpu",
                "CPU",
                chart(
                        "load",
                        "Load and busy cores",
                        "cores",
                        cores,
                        "cores of the node",
                        line(latest, NodeMetric.LOAD_1M, "load (1 min)"),
                        line(latest, NodeMetric.LOAD_15M, "load (15 min)"),
                        rate(latest, NodeMetric.CPU_BUSY_SECONDS, "busy cores")),
                chart(
                        "cpu-parts",
                        "What cores are busy with",
                        "cores",
                        null,
                        null,
                        rate(latest, NodeMetric.CPU_USER_SECONDS, "user"),
                        rate(latest, NodeMetric.CPU_SYSTEM_SECONDS, "system"),
                        rate(latest, NodeMetric.CPU_IOWAIT_SECONDS, "waiting for I/O"),
                        rate(latest, NodeMetric.CPU_STEAL_SECONDS, "taken by the hypervisor")));
        add(
                groups,
                "ram",
                "Memory",
                chart(
                        "memory",
                        "Memory available",
                        "B",
                        memory,
                        "memory of the node",
                        line(latest, NodeMetric.MEMORY_AVAILABLE_BYTES, "available"),
                        line(latest, NodeMetric.SWAP_USED_BYTES, "swap used")),
                chart(
                        "swapping",
                        "Swapping",
                        "B/s",
                        null,
                        null,
                        rate(latest, NodeMetric.SWAP_IN_BYTES, "in"),
                        rate(latest, NodeMetric.SWAP_OUT_BYTES, "out")));
        add(
                groups,
                "pressure",
                "Waiting for resources (pressure)",
                pressure(
                        latest,
                        "cpu-pressure",
                        "Waiting for CPU",
                        NodeMetric.CPU_PRESSURE_SOME_SECONDS,
                        NodeMetric.CPU_PRESSURE_FULL_SECONDS),
                pressure(
                        latest,
                        "memory-pressure",
                        "Waiting for memory",
                        NodeMetric.MEMORY_PRESSURE_SOME_SECONDS,
                        NodeMetric.MEMORY_PRESSURE_FULL_SECONDS),
                pressure(
                        latest,
                        "io-pressure",
                        "Waiting for storage",
                        NodeMetric.IO_PRESSURE_SOME_SECONDS,
                        NodeMetric.IO_PRESSURE_FULL_SECONDS));
        add(
                groups,
                "io",
                "Disks and network",
                chart(
                        "disk",
                        "All disks",
                        "B/s",
                        null,
                        null,
                        rate(latest, NodeMetric.DISK_READ_BYTES, "read"),
                        rate(latest, NodeMetric.DISK_WRITE_BYTES, "written")),
                devices(latest, "disk-busy", "Disks: time busy", "share", DeviceMetric.DISK_BUSY_SECONDS),
                chart(
                        "network",
                        "All network devices",
                        "B/s",
                        null,
                        null,
                        rate(latest, NodeMetric.NET_RECEIVE_BYTES, "received"),
                        rate(latest, NodeMetric.NET_TRANSMIT_BYTES, "sent")),
                chart("network-faults", "Network errors and drops", "1/s", null, null, faults(latest)));
        add(
                groups,
                "hardware",
                "Hardware",
                devices(latest, "temperature", "Temperature", "Cel", DeviceMetric.TEMPERATURE_CELSIUS),
                devices(latest, "power", "Power", "W", DeviceMetric.POWER_WATTS),
                devices(latest, "gpu-use", "GPUs: time busy", "share", DeviceMetric.GPU_UTILIZATION),
                devices(latest, "gpu-memory", "GPUs: memory used", "B", DeviceMetric.GPU_MEMORY_USED_BYTES),
                devices(latest, "gpu-power", "GPUs: power", "W", DeviceMetric.GPU_POWER_WATTS),
                chart(
                        "clock",
                        "Clock of the node against the portal's",
                        "s",
                        null,
                        null,
                        line(latest, NodeMetric.CLOCK_OFFSET_SECONDS, "ahead")));
        if (!agents.isEmpty()) {
            add(
                    groups,
                    "agent",
                    "Node agent",
                    chart(
                            "agent-cpu",
                            "CPU of the agent",
                            "share",
                            null,
                            null,
                            agent("agent_cpu_seconds", "of one core")),
                    chart(
                            "agent-memory",
                            "Memory of the agent",
                            "B",
                            null,
                            null,
                            agent("agent_memory_pss_bytes", "proportional"),
                            agent("agent_memory_rss_bytes", "resident")),
                    chart(
                            "agent-spool",
                            "Spool of the agent",
                            "B",
                            null,
                            null,
                            agent("agent_spool_bytes", "waits to be sent")));
        }
        return groups;
    }

    private static void add(List<ChartGroup> groups, String id, String title, @Nullable Chart... charts) {
        List<Chart> some = new ArrayList<>();
        for (Chart chart : charts) {
            if (chart != null) {
                some.add(chart);
            }
        }
        if (!some.isEmpty()) {
            groups.add(new ChartGroup("charts-" + id, title, some));
        }
    }

    private @Nullable Chart pressure(
            @Nullable NodeSample latest, String id, String title, NodeMetric some, NodeMetric full) {
        return chart(id, title, "share", null, null, rate(latest, some, "some tasks"), rate(latest, full, "all tasks"));
    }

    private static Line agent(String metric, String label) {
        return new Line(metric, label, "");
    }

    private @Nullable Line line(@Nullable NodeSample latest, NodeMetric metric, String label) {
        Double level = latest == null ? null : latest.level(metric);
        if (level == null) {
            return null;
        }
        boolean bytes = metric.metricName().endsWith("_bytes");
        boolean clock = metric == NodeMetric.CLOCK_OFFSET_SECONDS;
        String now = bytes ? format.bytes(level) : clock ? format.clock(level) : format.number(level);
        return new Line(metric.metricName(), label, label + " " + now);
    }

    /** A counter: how fast it grows takes two samples to say, and the chart says it. */
    private static @Nullable Line rate(@Nullable NodeSample latest, NodeMetric metric, String label) {
        return latest == null || latest.level(metric) == null ? null : new Line(metric.metricName(), label, "");
    }

    private static @Nullable Line[] faults(@Nullable NodeSample latest) {
        if (latest == null) {
            return new @Nullable Line[0];
        }
        return latest.devices(DeviceKind.NETWORK_DEVICES).stream()
                .flatMap(device -> Stream.of(
                                DeviceMetric.NET_RECEIVE_ERRORS,
                                DeviceMetric.NET_TRANSMIT_ERRORS,
                                DeviceMetric.NET_RECEIVE_DROPS,
                                DeviceMetric.NET_TRANSMIT_DROPS)
                        .filter(metric -> device.level(metric) instanceof Double level && level > 0)
                        .map(metric -> new Line(
                                metric.metricName() + "[" + device.name() + "]",
                                device.name() + " " + what(metric),
                                "")))
                .limit(MOST_LINES)
                .toArray(Line[]::new);
    }

    private static String what(DeviceMetric metric) {
        return metric.metricName().replace("net_", "").replace('_', ' ');
    }

    /** A line for each device; of many the greatest now, or as the kernel lists them where that is a counter. */
    private @Nullable Chart devices(
            @Nullable NodeSample latest, String id, String title, String unit, DeviceMetric metric) {
        if (latest == null) {
            return null;
        }
        List<NodeDevice> some = latest.devices(metric.kind()).stream()
                .filter(device -> device.level(metric) != null)
                .sorted(Comparator.comparing(
                        (NodeDevice device) -> device.level(metric) instanceof Double level ? level : Double.valueOf(0),
                        Comparator.reverseOrder()))
                .toList();
        Line[] lines = some.stream()
                .limit(MOST_LINES)
                .map(device -> new Line(
                        metric.metricName() + "[" + device.name() + "]",
                        metric.kind() == DeviceKind.GPUS ? "GPU " + device.name() : device.name(),
                        ""))
                .toArray(Line[]::new);
        Chart chart = chart(id, title, unit, null, null, lines);
        return chart == null || some.size() <= MOST_LINES
                ? chart
                : new Chart(
                        id,
                        title,
                        chart.metrics(),
                        chart.labels(),
                        unit,
                        null,
                        null,
                        MOST_LINES + " of " + some.size() + ", the greatest");
    }

    private static @Nullable Chart chart(
            String id,
            String title,
            String unit,
            @Nullable Number limit,
            @Nullable String limitLabel,
            @Nullable Line... lines) {
        List<Line> some = new ArrayList<>();
        for (Line line : lines) {
            if (line != null) {
                some.add(line);
            }
        }
        if (some.isEmpty()) {
            return null;
        }
        String now =
                some.stream().map(Line::now).filter(text -> !text.isEmpty()).collect(Collectors.joining(", "));
        return new Chart(
                id,
                title,
                some.stream().map(Line::metric).collect(Collectors.joining(",")),
                some.stream().map(Line::label).collect(Collectors.joining(",")),
                unit,
                limit,
                limitLabel,
                now.isEmpty() ? "" : "now " + now);
    }
}
