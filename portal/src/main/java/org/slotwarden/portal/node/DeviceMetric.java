package org.slotwarden.portal.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is sampled of each device of a node. Its series is asked for with the name of the device in brackets: {@code
 * disk_read_bytes[sda]}.
 */
public enum DeviceMetric {
    DISK_READ_BYTES(DeviceKind.DISKS, "read_bytes", "B/s", true),
    DISK_WRITE_BYTES(DeviceKind.DISKS, "write_bytes", "B/s", true),
    DISK_READ_OPERATIONS(DeviceKind.DISKS, "read_operations", "1/s", true),
    DISK_WRITE_OPERATIONS(DeviceKind.DISKS, "write_operations", "1/s", true),
    DISK_BUSY_SECONDS(DeviceKind.DISKS, "busy_seconds", "s/s", true),
    NET_RECEIVE_BYTES(DeviceKind.NETWORK_DEVICES, "receive_bytes", "B/s", true),
    NET_TRANSMIT_BYTES(DeviceKind.NETWORK_DEVICES, "transmit_bytes", "B/s", true),
    NET_RECEIVE_PACKETS(DeviceKind.NETWORK_DEVICES, "receive_packets", "1/s", true),
    NET_TRANSMIT_PACKETS(DeviceKind.NETWORK_DEVICES, "transmit_packets", "1/s", true),
    NET_RECEIVE_ERRORS(DeviceKind.NETWORK_DEVICES, "receive_errors", "1/s", true),
    NET_TRANSMIT_ERRORS(DeviceKind.NETWORK_DEVICES, "transmit_errors", "1/s", true),
    NET_RECEIVE_DROPS(DeviceKind.NETWORK_DEVICES, "receive_drops", "1/s", true),
    NET_TRANSMIT_DROPS(DeviceKind.NETWORK_DEVICES, "transmit_drops", "1/s", true),
    TEMPERATURE_CELSIUS(DeviceKind.TEMPERATURES, "celsius", "Cel", false),
    /** Rate of the energy counter. */
    POWER_WATTS(DeviceKind.ENERGY, "joules", "W", true),
    GPU_UTILIZATION(DeviceKind.GPUS, "utilization", "1", false),
    GPU_MEMORY_USED_BYTES(DeviceKind.GPUS, "memory_used_bytes", "B", false),
    GPU_MEMORY_TOTAL_BYTES(DeviceKind.GPUS, "memory_total_bytes", "B", false),
    GPU_POWER_WATTS(DeviceKind.GPUS, "power_watts", "W", false),
    GPU_TEMPERATURE_CELSIUS(DeviceKind.GPUS, "celsius", "Cel", false);

    private final DeviceKind kind;
    private final String field;
    private final String unit;
    private final boolean counter;

    DeviceMetric(DeviceKind kind, String field, String unit, boolean counter) {
        this.kind = kind;
        this.field = field;
        this.unit = unit;
        this.counter = counter;
    }

    public DeviceKind kind() {
        return kind;
    }

    /** How JSON calls it. */
    String field() {
        return field;
    }

    /** Unit of the series: a rate for a counter. */
    String unit() {
        return unit;
    }

    boolean counter() {
        return counter;
    }

    /** Counted in whole bytes or things. */
    boolean whole() {
        return unit.equals("B/s") || unit.equals("1/s") || unit.equals("B");
    }

    public String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<DeviceMetric> of(DeviceKind kind) {
        return Arrays.stream(values()).filter(metric -> metric.kind == kind).toList();
    }

    static Optional<DeviceMetric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName().equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(DeviceMetric::metricName).toList();
    }
}
