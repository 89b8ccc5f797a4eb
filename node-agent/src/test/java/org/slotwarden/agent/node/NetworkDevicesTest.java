package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.NetworkDeviceSample;
import org.slotwarden.wire.v1.NodeSample;

class NetworkDevicesTest {

    private static final String HEAD = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
            """;

    private final FakeTree tree;
    private final NetworkDevices devices;

    NetworkDevicesTest(@TempDir Path root) {
        this.tree = new FakeTree(root);
        this.devices = new NetworkDevices(root.resolve("sys"));
    }

    private NodeSample parse(String text) {
        NodeSample.Builder sample = NodeSample.newBuilder();
        byte[] bytes = (HEAD + text).getBytes(StandardCharsets.ISO_8859_1);
        devices.into(sample, bytes, bytes.length);
        return sample.build();
    }

    @Test
    void aByteCountsOnceHoweverManyDevicesItPasses() throws Exception {
        tree.folder("sys/class/net/eth0/device").folder("sys/class/net/ib0/device");
        tree.folder("sys/class/net/bond0/lower_eth0").folder("sys/class/net/br0/lower_veth1");
        tree.folder("sys/class/net/veth1").folder("sys/class/net/lo");
        NodeSample sample = parse("""
                    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
                  eth0:1000 9 1 2 0 0 0 0 2000 8 3 4 0 0 0 0
                   ib0: 10 9 0 0 0 0 0 0 20 9 0 0 0 0 0 0
                 bond0: 1000 9 0 0 0 0 0 0 2000 9 0 0 0 0 0 0
                   br0: 70 9 0 0 0 0 0 0 70 9 0 0 0 0 0 0
                 veth1: 70 9 0 0 0 0 0 0 70 9 0 0 0 0 0 0
                """);
        assertThat(sample.getNetworkDevicesList())
                .extracting(NetworkDeviceSample::getDevice)
                .containsExactly("eth0", "ib0");
        assertThat(sample.getNetReceiveBytes()).isEqualTo(1010);
        assertThat(sample.getNetTransmitBytes()).isEqualTo(2020);
        assertThat(sample.getNetworkDevices(0))
                .isEqualTo(NetworkDeviceSample.newBuilder()
                        .setDevice("eth0")
                        .setReceiveBytes(1000)
                        .setReceivePackets(9)
                        .setReceiveErrors(1)
                        .setReceiveDrops(2)
                        .setTransmitBytes(2000)
                        .setTransmitPackets(8)
                        .setTransmitErrors(3)
                        .setTransmitDrops(4)
                        .build());
    }

    @Test
    void withoutHardwareTheDevicesThatStandOnNoneCount() throws Exception {
        tree.folder("sys/class/net/eth0").folder("sys/class/net/vlan5/lower_eth0");
        NodeSample sample = parse("""
                    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0
                  eth0: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
                 vlan5: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
                """);
        assertThat(sample.getNetReceiveBytes()).isEqualTo(5);
        assertThat(sample.getNetworkDevicesCount()).isEqualTo(1);
    }

    @Test
    void aCounterThatDoesNotFitIsAbsentAndSoIsTheSum() throws Exception {
        tree.folder("sys/class/net/eth0/device").folder("sys/class/net/eth1/device");
        NodeSample sample = parse("""
                  eth0: 18446744073709551615 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
                  eth1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
                """);
        assertThat(sample.getNetworkDevices(0).hasReceiveBytes()).isFalse();
        assertThat(sample.getNetworkDevices(0).getTransmitBytes()).isEqualTo(6);
        assertThat(sample.hasNetReceiveBytes()).isFalse();
    }

    @Test
    void garbageAndLoopbackAloneAreNothing() throws Exception {
        tree.folder("sys/class/net/eth0/device").folder("sys/class/net/device");
        assertThat(parse("    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0\n")).isEqualTo(NodeSample.getDefaultInstance());
        assertThat(parse("eth0: 1 2 3\n:\n: : :\n\0\377:x\n")).isEqualTo(NodeSample.getDefaultInstance());
        assertThat(parse("..: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n")).isEqualTo(NodeSample.getDefaultInstance());
    }
}
