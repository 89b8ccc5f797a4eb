package org.slotwarden.portal.ingest;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.node.DeviceKind;
import org.slotwarden.portal.node.DeviceMetric;
import org.slotwarden.portal.node.NodeDevice;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.EnergyCounter;
import org.slotwarden.wire.v1.GpuSample;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Temperature;

/** Reads what a node has several of. Two of one name are one: the first counts. */
final class DeviceReader {

    /** Of each kind, as {@code report.proto} says. */
    private static final int MOST = 64;

    private static final int NAME_CHARACTERS = 64;

    private final Figures figures;

    DeviceReader(Figures figures) {
        this.figures = figures;
    }

    Map<DeviceKind, List<NodeDevice>> read(NodeSample sample) {
        Map<DeviceKind, List<NodeDevice>> devices = new EnumMap<>(DeviceKind.class);
        put(devices, DeviceKind.DISKS, disks(sample.getDisksList()));
        put(devices, DeviceKind.NETWORK_DEVICES, networkDevices(sample.getNetworkDevicesList()));
        put(devices, DeviceKind.TEMPERATURES, temperatures(sample.getTemperaturesList()));
        put(devices, DeviceKind.ENERGY, energy(sample.getEnergyList()));
        put(devices, DeviceKind.GPUS, gpus(sample.getGpusList()));
        return devices;
    }

    private List<NodeDevice> disks(List<DiskSample> disks) {
        List<NodeDevice> read = new ArrayList<>();
        for (DiskSample device : figures.most(disks, MOST, "disks")) {
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            put(
                    levels,
                    DeviceMetric.DISK_READ_BYTES,
                    figures.bytes(device.hasReadBytes(), device.getReadBytes(), "read_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.DISK_WRITE_BYTES,
                    figures.bytes(device.hasWriteBytes(), device.getWriteBytes(), "write_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.DISK_READ_OPERATIONS,
                    figures.bytes(
                            device.hasReadOperations(), device.getReadOperations(), "read_operations of a device"));
            put(
                    levels,
                    DeviceMetric.DISK_WRITE_OPERATIONS,
                    figures.bytes(
                            device.hasWriteOperations(), device.getWriteOperations(), "write_operations of a device"));
            put(
                    levels,
                    DeviceMetric.DISK_BUSY_SECONDS,
                    figures.seconds(device.hasBusySeconds(), device.getBusySeconds(), "busy_seconds of a device"));
            read.add(new NodeDevice(name(device.getDevice()), null, null, levels));
        }
        return read;
    }

    private List<NodeDevice> networkDevices(List<NetworkDeviceSample> devices) {
        List<NodeDevice> read = new ArrayList<>();
        for (NetworkDeviceSample device : figures.most(devices, MOST, "network_devices")) {
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            put(
                    levels,
                    DeviceMetric.NET_RECEIVE_BYTES,
                    figures.bytes(device.hasReceiveBytes(), device.getReceiveBytes(), "receive_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.NET_TRANSMIT_BYTES,
                    figures.bytes(device.hasTransmitBytes(), device.getTransmitBytes(), "transmit_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.NET_RECEIVE_PACKETS,
                    figures.bytes(
                            device.hasReceivePackets(), device.getReceivePackets(), "receive_packets of a device"));
            put(
                    levels,
                    DeviceMetric.NET_TRANSMIT_PACKETS,
                    figures.bytes(
                            device.hasTransmitPackets(), device.getTransmitPackets(), "transmit_packets of a device"));
            put(
                    levels,
                    DeviceMetric.NET_RECEIVE_ERRORS,
                    figures.bytes(device.hasReceiveErrors(), device.getReceiveErrors(), "receive_errors of a device"));
            put(
                    levels,
                    DeviceMetric.NET_TRANSMIT_ERRORS,
                    figures.bytes(
                            device.hasTransmitErrors(), device.getTransmitErrors(), "transmit_errors of a device"));
            put(
                    levels,
                    DeviceMetric.NET_RECEIVE_DROPS,
                    figures.bytes(device.hasReceiveDrops(), device.getReceiveDrops(), "receive_drops of a device"));
            put(
                    levels,
                    DeviceMetric.NET_TRANSMIT_DROPS,
                    figures.bytes(device.hasTransmitDrops(), device.getTransmitDrops(), "transmit_drops of a device"));
            read.add(new NodeDevice(name(device.getDevice()), null, null, levels));
        }
        return read;
    }

    private List<NodeDevice> temperatures(List<Temperature> temperatures) {
        List<NodeDevice> read = new ArrayList<>();
        for (Temperature sensor : figures.most(temperatures, MOST, "temperatures")) {
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            put(levels, DeviceMetric.TEMPERATURE_CELSIUS, figures.celsius(true, sensor.getCelsius(), "a temperature"));
            read.add(new NodeDevice(name(sensor.getSensor()), null, null, levels));
        }
        return read;
    }

    private List<NodeDevice> energy(List<EnergyCounter> counters) {
        List<NodeDevice> read = new ArrayList<>();
        for (EnergyCounter zone : figures.most(counters, MOST, "energy counters")) {
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            put(levels, DeviceMetric.POWER_WATTS, figures.seconds(true, zone.getJoules(), "an energy counter"));
            read.add(new NodeDevice(name(zone.getZone()), null, null, levels));
        }
        return read;
    }

    private List<NodeDevice> gpus(List<GpuSample> gpus) {
        List<NodeDevice> read = new ArrayList<>();
        for (GpuSample device : figures.most(gpus, MOST, "gpus")) {
            Integer index = figures.count(true, device.getIndex(), "index of a GPU");
            if (index == null) {
                continue;
            }
            Map<DeviceMetric, Double> levels = new EnumMap<>(DeviceMetric.class);
            put(
                    levels,
                    DeviceMetric.GPU_UTILIZATION,
                    figures.share(device.hasUtilization(), device.getUtilization(), "utilization of a device"));
            put(
                    levels,
                    DeviceMetric.GPU_MEMORY_USED_BYTES,
                    figures.bytes(
                            device.hasMemoryUsedBytes(), device.getMemoryUsedBytes(), "memory_used_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.GPU_MEMORY_TOTAL_BYTES,
                    figures.bytes(
                            device.hasMemoryTotalBytes(),
                            device.getMemoryTotalBytes(),
                            "memory_total_bytes of a device"));
            put(
                    levels,
                    DeviceMetric.GPU_POWER_WATTS,
                    figures.seconds(device.hasPowerWatts(), device.getPowerWatts(), "power_watts of a device"));
            put(
                    levels,
                    DeviceMetric.GPU_TEMPERATURE_CELSIUS,
                    figures.celsius(device.hasCelsius(), device.getCelsius(), "celsius of a device"));
            read.add(new NodeDevice(
                    index.toString(),
                    device.getUuid().isEmpty() ? null : name(device.getUuid()),
                    device.hasName() ? name(device.getName()) : null,
                    levels));
        }
        return read;
    }

    /** The name of a device stands in brackets and between commas where its series is asked for. */
    private static String name(String name) {
        String clean = name.replaceAll("[\\[\\],\\p{Cntrl}]", "_").strip();
        return NodeReader.cut(clean.isEmpty() ? "unnamed" : clean, NAME_CHARACTERS);
    }

    private static void put(Map<DeviceKind, List<NodeDevice>> devices, DeviceKind kind, List<NodeDevice> some) {
        Set<String> names = new HashSet<>();
        List<NodeDevice> distinct =
                some.stream().filter(device -> names.add(device.name())).toList();
        if (!distinct.isEmpty()) {
            devices.put(kind, distinct);
        }
    }

    private static void put(Map<DeviceMetric, Double> levels, DeviceMetric metric, @Nullable Number level) {
        if (level != null) {
            levels.put(metric, level.doubleValue());
        }
    }
}
