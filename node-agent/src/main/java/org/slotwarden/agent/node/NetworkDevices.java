package org.slotwarden.agent.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeSample;

/**
 * Traffic of network devices since boot, from {@code /proc/net/dev}. What passes a bridge, bond, VLAN or
 * veth passes a network card as well, and would count twice: so only devices count that
 * {@code /sys/class/net/NAME/device} shows to be hardware. Where there is none (in a container), those count
 * that stand on no other one. Never loopback. Not thread-safe.
 */
final class NetworkDevices {

    private static final int MOST = 64;
    private static final int FIELDS = 12;

    private enum Nature {
        HARDWARE,
        ALONE,
        STACKED
    }

    private final Sysfs sys;
    private Map<String, Nature> natures = new HashMap<>();

    NetworkDevices(Path sys) {
        this.sys = new Sysfs(sys);
    }

    /** Adds all devices that count, and their sums when each of them could be read. */
    void into(NodeSample.Builder sample, byte[] text, int length) {
        Map<String, Nature> seen = new HashMap<>();
        Map<Nature, List<NetworkDeviceSample>> devices = new HashMap<>();
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n", -1)) {
            int colon = line.lastIndexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).trim();
            String[] field = line.substring(colon + 1).trim().split(" +");
            if (name.isEmpty() || name.equals("lo") || field.length < FIELDS) {
                continue;
            }
            Nature nature = seen.computeIfAbsent(name, n -> natures.computeIfAbsent(n, this::nature));
            devices.computeIfAbsent(nature, n -> new ArrayList<>()).add(device(name, field));
        }
        natures = seen;
        List<NetworkDeviceSample> counted =
                devices.getOrDefault(Nature.HARDWARE, devices.getOrDefault(Nature.ALONE, List.of()));
        sample.addAllNetworkDevices(counted.subList(0, Math.min(MOST, counted.size())));
        if (!counted.isEmpty() && counted.stream().allMatch(d -> d.hasReceiveBytes() && d.hasTransmitBytes())) {
            sample.setNetReceiveBytes(counted.stream()
                            .mapToLong(NetworkDeviceSample::getReceiveBytes)
                            .sum())
                    .setNetTransmitBytes(counted.stream()
                            .mapToLong(NetworkDeviceSample::getTransmitBytes)
                            .sum());
        }
    }

    private static NetworkDeviceSample device(String name, String[] field) {
        NetworkDeviceSample.Builder device = NetworkDeviceSample.newBuilder().setDevice(name);
        ProcText.wholeNumber(field[0]).ifPresent(device::setReceiveBytes);
        ProcText.wholeNumber(field[1]).ifPresent(device::setReceivePackets);
        ProcText.wholeNumber(field[2]).ifPresent(device::setReceiveErrors);
        ProcText.wholeNumber(field[3]).ifPresent(device::setReceiveDrops);
        ProcText.wholeNumber(field[8]).ifPresent(device::setTransmitBytes);
        ProcText.wholeNumber(field[9]).ifPresent(device::setTransmitPackets);
        ProcText.wholeNumber(field[10]).ifPresent(device::setTransmitErrors);
        ProcText.wholeNumber(field[11]).ifPresent(device::setTransmitDrops);
        return device.build();
    }

    private Nature nature(String name) {
        String folder = "class/net/" + name;
        if (name.contains("/") || name.startsWith(".")) {
            return Nature.STACKED;
        }
        if (sys.exists(folder + "/device")) {
            return Nature.HARDWARE;
        }
        return sys.entries(folder, "lower_.*").isEmpty() ? Nature.ALONE : Nature.STACKED;
    }
}
