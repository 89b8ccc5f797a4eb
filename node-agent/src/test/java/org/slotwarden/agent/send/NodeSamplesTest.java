package org.slotwarden.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.NodeSample;

class NodeSamplesTest {

    private final Path file;

    NodeSamplesTest(@TempDir Path folder) {
        this.file = folder.resolve("node-samples.spool");
    }

    private static NodeSample at(long timeMs) {
        return NodeSample.newBuilder().setTimeMs(timeMs).setProcesses(7).build();
    }

    private static List<Long> times(NodeSamples samples) {
        return samples.newest(1 << 20, 1 << 30).stream()
                .map(NodeSamples.Waiting::timeMs)
                .toList();
    }

    @Test
    void whatWasTakenIsThereForTheNextProcess() throws Exception {
        NodeSamples killed = new NodeSamples(file, 1 << 20);
        for (long time = 1; time <= 5; time++) {
            killed.add(at(time));
        }
        killed.acknowledge(List.of(1L, 3L));
        // Not closed: a process that is killed does not either.
        try (NodeSamples next = new NodeSamples(file, 1 << 20)) {
            assertThat(times(next)).containsExactly(2L, 4L, 5L);
            assertThat(NodeSample.parseFrom(next.newest(1, 1).getFirst().bytes()))
                    .isEqualTo(at(5));
            next.acknowledge(List.of(2L, 4L, 5L));
            assertThat(next.isEmpty()).isTrue();
        }
        try (NodeSamples last = new NodeSamples(file, 1 << 20)) {
            assertThat(last.isEmpty()).isTrue();
        }
        killed.close();
    }

    @Test
    void aHalfWrittenOneIsLeftOut() throws Exception {
        try (NodeSamples samples = new NodeSamples(file, 1 << 20)) {
            samples.add(at(1));
            samples.add(at(2));
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        try (NodeSamples samples = new NodeSamples(file, 1 << 20)) {
            assertThat(times(samples)).containsExactly(1L);
        }
    }

    @Test
    void garbageInTheFileIsNoSample() throws Exception {
        Files.write(file, new byte[1000], StandardOpenOption.CREATE);
        try (NodeSamples samples = new NodeSamples(file, 1 << 20)) {
            assertThat(samples.isEmpty()).isTrue();
            samples.add(at(1));
            assertThat(times(samples)).containsExactly(1L);
        }
    }

    @Test
    void theFileIsBoundedAndOlderSamplesAreThinnedNotDropped() throws Exception {
        try (NodeSamples samples = new NodeSamples(file, 16 << 10)) {
            for (long time = 1; time <= 3000; time++) {
                samples.add(at(time));
            }
            assertThat(Files.size(file)).isLessThan(17 << 10);
            List<Long> times = times(samples);
            assertThat(times.getLast()).isEqualTo(3000);
            assertThat(times.getFirst()).isLessThan(1000);
            assertThat(times).hasSizeGreaterThan(100);
        }
    }

    @Test
    void acknowledgedSamplesGiveTheirRoomBack() throws Exception {
        try (NodeSamples samples = new NodeSamples(file, 4 << 20)) {
            for (long time = 1; time <= 20_000; time++) {
                samples.add(at(time));
                samples.acknowledge(List.of(time));
            }
            assertThat(samples.bytes()).isLessThan(300 << 10);
        }
    }

    @Test
    void whereTheFileCannotBeUsedTheyWaitInMemory() throws Exception {
        Files.createSymbolicLink(file, file.resolveSibling("elsewhere"));
        try (NodeSamples samples = new NodeSamples(file, 1 << 20)) {
            for (long time = 1; time <= 3000; time++) {
                samples.add(at(time));
            }
            assertThat(times(samples)).hasSizeBetween(300, 1001).contains(3000L);
            samples.acknowledge(times(samples));
            assertThat(samples.isEmpty()).isTrue();
        }
        assertThat(file.resolveSibling("elsewhere")).doesNotExist();
    }

    @Test
    void aBatchTakesOneHoweverLargeAndNoMoreThanFit() throws Exception {
        try (NodeSamples samples = new NodeSamples(file, 1 << 20)) {
            for (long time = 1; time <= 9; time++) {
                samples.add(at(time));
            }
            int one = at(9).getSerializedSize();
            assertThat(samples.newest(100, 1)).hasSize(1);
            assertThat(samples.newest(100, 3 * one)).hasSize(3);
            assertThat(samples.newest(2, 1 << 20))
                    .extracting(NodeSamples.Waiting::timeMs)
                    .containsExactly(8L, 9L);
        }
    }
}
