package org.slotwarden.portal.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.AgentProcess;
import org.slotwarden.portal.node.AgentStatus;
import org.slotwarden.portal.node.DeviceKind;
import org.slotwarden.portal.node.DeviceMetric;
import org.slotwarden.portal.node.NodeDevice;
import org.slotwarden.portal.node.NodeSample;
import org.springframework.stereotype.Component;

/** The devices of a node and the processes of its agent, as tables: {@code @nodeTables} in the templates. */
@Component("nodeTables")
class NodeTables {
    private final Format format;

    NodeTables(Format format) {
        this.format = format;
    }

    /** A table whose first column names the row. */
    record Table(String id, String title, List<String> heads, List<List<String>> rows) {}

    /** @param newest the newest sample first; rates take two */
    List<Table> devices(List<NodeSample> newest) {
        if (newest.isEmpty()) {
            return List.of();
        }
        NodeSample now = newest.getFirst();
        NodeSample before = newest.size() > 1 ? newest.get(1) : null;
        List<Table> tables = new ArrayList<>();
        add(
                tables,
                "disks",
                "Disks",
                List.of("Disk", "Read", "Written", "Reads", "Writes", "Busy"),
                now.devices(DeviceKind.DISKS).stream()
                        .map(disk -> List.of(
                                disk.name(),
                                format.bytesPerSecond(rate(now, before, disk, DeviceMetric.DISK_READ_BYTES)),
                                format.bytesPerSecond(rate(now, before, disk, DeviceMetric.DISK_WRITE_BYTES)),
                                format.perSecond(rate(now, before, disk, DeviceMetric.DISK_READ_OPERATIONS)),
                                format.perSecond(rate(now, before, disk, DeviceMetric.DISK_WRITE_OPERATIONS)),
                                format.percent(rate(now, before, disk, DeviceMetric.DISK_BUSY_SECONDS), 1)))
                        .toList());
        add(
                tables,
                "network-devices",
                "Network devices",
                List.of("Device", "Received", "Sent", "Errors since boot", "Drops since boot"),
                now.devices(DeviceKind.NETWORK_DEVICES).stream()
                        .map(device -> List.of(
                                device.name(),
                                format.bytesPerSecond(rate(now, before, device, DeviceMetric.NET_RECEIVE_BYTES)),
                                format.bytesPerSecond(rate(now, before, device, DeviceMetric.NET_TRANSMIT_BYTES)),
                                both(device, DeviceMetric.NET_RECEIVE_ERRORS, DeviceMetric.NET_TRANSMIT_ERRORS),
                                both(device, DeviceMetric.NET_RECEIVE_DROPS, DeviceMetric.NET_TRANSMIT_DROPS)))
                        .toList());
        add(
                tables,
                "gpus",
                "GPUs",
                List.of("GPU", "Model", "Busy", "Memory used", "Power", "Temperature"),
                now.devices(DeviceKind.GPUS).stream()
                        .map(gpu -> List.of(
                                gpu.name(),
                                gpu.model() == null ? Format.UNKNOWN : gpu.model(),
                                format.percent(gpu.level(DeviceMetric.GPU_UTILIZATION), 1),
                                format.bytes(gpu.level(DeviceMetric.GPU_MEMORY_USED_BYTES)) + " of "
                                        + format.bytes(gpu.level(DeviceMetric.GPU_MEMORY_TOTAL_BYTES)),
                                format.unit(gpu.level(DeviceMetric.GPU_POWER_WATTS), "W"),
                                format.unit(gpu.level(DeviceMetric.GPU_TEMPERATURE_CELSIUS), "°C")))
                        .toList());
        add(
                tables,
                "power",
                "Power",
                List.of("Energy counter", "Power"),
                now.devices(DeviceKind.ENERGY).stream()
                        .map(zone -> List.of(
                                zone.name(), format.unit(rate(now, before, zone, DeviceMetric.POWER_WATTS), "W")))
                        .toList());
        add(
                tables,
                "temperatures",
                "Temperatures, the hottest first",
                List.of("Sensor", "Temperature"),
                now.devices(DeviceKind.TEMPERATURES).stream()
                        .sorted(Comparator.comparing(
                                (NodeDevice sensor) -> level(sensor, DeviceMetric.TEMPERATURE_CELSIUS),
                                Comparator.reverseOrder()))
                        .map(sensor -> List.of(
                                sensor.name(), format.unit(sensor.level(DeviceMetric.TEMPERATURE_CELSIUS), "°C")))
                        .toList());
        return tables;
    }

    private static void add(List<Table> tables, String id, String title, List<String> heads, List<List<String>> rows) {
        if (!rows.isEmpty()) {
            tables.add(new Table(id, title, heads, rows));
        }
    }

    private static double level(NodeDevice device, DeviceMetric metric) {
        Double level = device.level(metric);
        return level == null ? Double.NEGATIVE_INFINITY : level;
    }

    /** Received and sent together tell whether anything is wrong. */
    private String both(NodeDevice device, DeviceMetric received, DeviceMetric sent) {
        Double in = device.level(received);
        Double out = device.level(sent);
        return in == null && out == null
                ? Format.UNKNOWN
                : format.number(in) + " received, " + format.number(out) + " sent";
    }

    private static @Nullable Double rate(
            NodeSample now, @Nullable NodeSample before, NodeDevice device, DeviceMetric metric) {
        Double level = device.level(metric);
        if (level == null || before == null) {
            return null;
        }
        double seconds = Duration.between(before.time(), now.time()).toMillis() / 1000.0;
        for (NodeDevice same : before.devices(metric.kind())) {
            Double then = same.name().equals(device.name()) ? same.level(metric) : null;
            if (then != null && level >= then && seconds > 0) {
                return (level - then) / seconds;
            }
        }
        return null;
    }

    /** What a process of the agent looks after, in a few words. */
    public String role(AgentProcess process) {
        AgentStatus status = process.status();
        String slots = status.slots() == null
                ? "slots"
                : status.slots() == 1 ? "1 slot" : format.number(status.slots()) + " slots";
        return status.ownProcessOfSlot() ? "one slot of its own" : slots;
    }

    public String errors(AgentProcess process) {
        return process.status().errors().isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        process.status().errors().stream()
                                .map(error -> format.name(error.kind(), 40) + " " + format.number(error.count()))
                                .toList());
    }
}
