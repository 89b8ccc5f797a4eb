package org.slotwarden.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.DiskSample;
import org.slotwarden.wire.v1.NodeSample;

class DisksTest {

    private final FakeTree tree;
    private final Disks disks;

    DisksTest(@TempDir Path root) {
        this.tree = new FakeTree(root);
        this.disks = new Disks(root.resolve("sys"));
    }

    private NodeSample parse(String text) {
        NodeSample.Builder sample = NodeSample.newBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        disks.into(sample, bytes, bytes.length);
        return sample.build();
    }

    @Test
    void aByteCountsOnceWhateverStandsOnTheDisk() throws Exception {
        tree.folder("sys/block/sda/device").folder("sys/block/nvme0n1/device");
        tree.file("sys/block/nvme0c0n1/hidden", "1\n").folder("sys/block/nvme0c0n1/device");
        for (String stacked : new String[] {"dm-0", "md0", "loop0", "zram0", "bcache0"}) {
            tree.folder("sys/block/" + stacked + "/slaves");
        }
        NodeSample sample = parse("""
                   8       0 sda 10 1 200 5 20 2 400 6 0 1500 80 0 0 0 0 0 0
                   8       1 sda1 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                 259       0 nvme0n1 1 0 8 0 1 0 16 0 0 7 0 0 0 0 0 0 0
                 259       1 nvme0c0n1 1 0 8 0 1 0 16 0 0 7 0 0 0 0 0 0 0
                 253       0 dm-0 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                   9       0 md0 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                   7       0 loop0 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                 252       0 zram0 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                 251       0 bcache0 10 1 200 5 20 2 400 6 0 70 80 0 0 0 0 0 0
                """);
        assertThat(sample.getDisksList()).extracting(DiskSample::getDevice).containsExactly("sda", "nvme0n1");
        assertThat(sample.getDiskReadBytes()).isEqualTo(208 * 512);
        assertThat(sample.getDiskWriteBytes()).isEqualTo(416 * 512);
        assertThat(sample.getDisks(0))
                .isEqualTo(DiskSample.newBuilder()
                        .setDevice("sda")
                        .setReadBytes(200 * 512)
                        .setWriteBytes(400 * 512)
                        .setReadOperations(10)
                        .setWriteOperations(20)
                        .setBusySeconds(1.5)
                        .build());
    }

    @Test
    void aNetworkBlockDeviceHasNothingBelowItAndCounts() throws Exception {
        tree.folder("sys/block/nbd0");
        assertThat(parse("43 0 nbd0 1 0 8 0 1 0 16 0 0 7 0\n").getDiskReadBytes())
                .isEqualTo(4096);
    }

    @Test
    void whatTheCounterOfBusyTimeLosesIsAddedUp() throws Exception {
        tree.folder("sys/block/sda/device");
        assertThat(parse("8 0 sda 1 0 8 0 1 0 16 0 0 4294967000 0\n")
                        .getDisks(0)
                        .getBusySeconds())
                .isEqualTo(4294967.0);
        assertThat(parse("8 0 sda 1 0 8 0 1 0 16 0 0 704 0\n").getDisks(0).getBusySeconds())
                .isEqualTo(4294968.0);
    }

    @Test
    void aDiskThatCameAnewBeginsAnew() throws Exception {
        tree.folder("sys/block/sda/device");
        parse("8 0 sda 1 0 8 0 1 0 16 0 0 90000 0\n");
        assertThat(parse("8 0 sda 1 0 8 0 1 0 16 0 0 1000 0\n").getDisks(0).getBusySeconds())
                .isEqualTo(1.0);
    }

    @Test
    void aFigureThatDoesNotFitIsAbsentAndSoIsTheSum() throws Exception {
        tree.folder("sys/block/sda/device").folder("sys/block/sdb/device");
        NodeSample sample = parse("""
                8 0 sda 1 0 18446744073709551615 0 1 0 9223372036854775807 0 0 7 0
                8 1 sdb 1 0 8 0 1 0 16 0 0 7 0
                """);
        assertThat(sample.getDisks(0).hasReadBytes()).isFalse();
        assertThat(sample.getDisks(0).hasWriteBytes()).isFalse();
        assertThat(sample.getDisks(0).getReadOperations()).isEqualTo(1);
        assertThat(sample.getDisks(1).getReadBytes()).isEqualTo(4096);
        assertThat(sample.hasDiskReadBytes()).isFalse();
    }

    @Test
    void garbageIsNoDisk() throws Exception {
        tree.folder("sys/block/sda/device").folder("sys/device");
        assertThat(parse("")).isEqualTo(NodeSample.getDefaultInstance());
        assertThat(parse("8 0 sda\n8 0\n\0\0\377\n8 0 sda 1 0")).isEqualTo(NodeSample.getDefaultInstance());
        assertThat(parse("8 0 .. 1 0 8 0 1 0 16 0 0 7 0\n8 0 ../sys 1 0 8 0 1 0 16 0 0 7 0\n"))
                .isEqualTo(NodeSample.getDefaultInstance());
        assertThat(parse("8 0 sda -1 0 8x 0 +1 0 1.6 0 0 - 0\n").getDisks(0))
                .isEqualTo(DiskSample.newBuilder().setDevice("sda").build());
    }

    @Test
    void moreThanSixtyFourAreSummedButNotListed() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            tree.folder("sys/block/sd" + i + "/device");
            text.append("8 ").append(i).append(" sd").append(i).append(" 1 0 2 0 1 0 4 0 0 7 0\n");
        }
        NodeSample sample = parse(text.toString());
        assertThat(sample.getDisksCount()).isEqualTo(64);
        assertThat(sample.getDiskReadBytes()).isEqualTo(100 * 1024);
    }
}
