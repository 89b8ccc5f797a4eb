package org.slotwarden.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotReport;

class BatchTest {

    private final NodeSamples nodeSamples;
    private final List<Spool> spools = new ArrayList<>();

    BatchTest(@TempDir Path folder) throws Exception {
        nodeSamples = new NodeSamples(folder.resolve("node"), 1 << 20);
        for (String slot : List.of("a", "b")) {
            Spool spool = Spool.open(folder.resolve(slot), slot, 1 << 30, new SpoolSpace(1 << 30));
            for (int i = 1; i <= 10; i++) {
                spool.append(SlotReport.newBuilder()
                        .addSamples(JobSample.newBuilder().setTimeMs(i)));
            }
            spools.add(spool);
        }
    }

    @AfterEach
    void close() throws Exception {
        nodeSamples.close();
        for (Spool spool : spools) {
            spool.close();
        }
    }

    private Batch batch(int maxReports, int maxBytes) {
        ReportBatch head = ReportBatch.newBuilder().setNode("n1").build();
        return Batch.build(head, spools, nodeSamples, new Batch.Limits(maxReports, maxBytes));
    }

    private static List<Long> sequences(Batch batch, String slot) throws Exception {
        return ReportBatch.parseFrom(batch.body()).getSlotReportsList().stream()
                .filter(report -> report.getSlotId().equals(slot))
                .map(SlotReport::getSequence)
                .toList();
    }

    @Test
    void holdsEverythingInTheOrderOfEvents() throws Exception {
        Batch batch = batch(100, 1 << 20);
        assertThat(sequences(batch, "a")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(sequences(batch, "b")).hasSize(10);
        assertThat(batch.more()).isFalse();
    }

    @Test
    void whenThereIsMoreTheOldestGoAndTheNewestAreNotStarved() throws Exception {
        Batch batch = batch(8, 1 << 20);
        assertThat(sequences(batch, "a")).containsExactly(1L, 2L, 3L, 10L);
        assertThat(sequences(batch, "b")).containsExactly(1L, 2L, 3L, 10L);
        assertThat(batch.more()).isTrue();
    }

    @Test
    void staysWithinItsBytesButTakesOneReportAlways() throws Exception {
        Batch small = batch(100, 120);
        assertThat(small.body().length).isLessThanOrEqualTo(120);
        assertThat(small.more()).isTrue();
        assertThat(ReportBatch.parseFrom(batch(100, 1).body()).getSlotReportsCount())
                .isEqualTo(1);
    }

    @Test
    void nodeSamplesAreBoundedAndOrdered() throws Exception {
        for (int i = 1; i <= 10_000; i++) {
            nodeSamples.add(NodeSample.newBuilder().setTimeMs(i).build());
        }
        List<NodeSample> sent = ReportBatch.parseFrom(batch(40, 1 << 20).body()).getNodeSamplesList();
        assertThat(sent).hasSize(10);
        assertThat(sent.getLast().getTimeMs()).isEqualTo(10_000);
        assertThat(sent.getFirst().getTimeMs()).isEqualTo(9_991);
        assertThat(nodeSamples.newest(100_000, 1 << 30)).hasSizeLessThanOrEqualTo(4096);
    }
}
