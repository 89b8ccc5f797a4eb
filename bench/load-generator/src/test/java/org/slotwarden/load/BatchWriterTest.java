package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotReport;

class BatchWriterTest {

    private static final Site SITE = new Site(42, 3, 7, 1_790_000_000_000L, 30_000, 8, "");

    private final NoisyCourse course = new NoisyCourse(30);
    private final BatchWriter writer = new BatchWriter(SITE, course);

    private ReportBatch batch(int node, boolean facts, int... steps) throws InvalidProtocolBufferException {
        writer.write(node, steps, facts, 1_790_000_123_456L);
        byte[] bytes = Arrays.copyOf(writer.body().buffer(), writer.body().size());
        ReportBatch batch = ReportBatch.parseFrom(bytes);
        // No byte more than the generated classes need, hence nothing that they skip.
        assertThat(batch.getSerializedSize()).isEqualTo(bytes.length);
        return batch;
    }

    @Test
    void generated_classes_read_what_was_written() throws Exception {
        ReportBatch batch = batch(1, false, 5);

        assertThat(batch.getNode()).isEqualTo(SITE.node(1));
        assertThat(batch.getContractVersion()).isEqualTo(1);
        assertThat(batch.getSentAtMs()).isEqualTo(1_790_000_123_456L);
        assertThat(batch.hasNodeFacts()).isFalse();
        assertThat(batch.getNodeSamplesList()).hasSize(1);
        assertThat(batch.getAgentStatus().getSlots()).isEqualTo(7);
        assertThat(batch.getSlotReportsList()).hasSize(7);
        int samples = 0;
        for (int slot = 0; slot < 7; slot++) {
            Occupant occupant = SITE.occupant(7 + slot, 5);
            SlotReport report = batch.getSlotReports(slot);
            assertThat(report.getSlotId()).isEqualTo(SITE.slotId(occupant));
            assertThat(report.getSequence()).isEqualTo(occupant.sequence(5));
            assertThat(report.hasEnd()).isEqualTo(occupant.endsAt(5));
            assertThat(report.hasJob()).isEqualTo(occupant.beginsAt(5));
            assertThat(report.getSamplesCount()).isEqualTo(occupant.endsAt(5) ? 0 : 1);
            samples += report.getSamplesCount();
            if (!occupant.endsAt(5)) {
                assertThat(report.getSamples(0).getTimeMs()).isEqualTo(SITE.timeMs(1, slot, 5));
                assertThat(TestPortal.figures(report.getSamples(0))).isEqualTo(figures(occupant, 5));
            }
        }
        assertThat(writer.samples()).isEqualTo(samples);
    }

    @Test
    void first_reports_say_which_job_it_is_and_others_when_asked() throws Exception {
        assertThat(batch(0, false, 0).getSlotReportsList())
                .allMatch(SlotReport::hasJob)
                .allMatch(SlotReport::hasStart);
        assertThat(batch(0, false, 0).hasNodeFacts()).isTrue();
        assertThat(batch(0, true, 3).getSlotReportsList())
                .allMatch(SlotReport::hasJob)
                .allMatch(SlotReport::hasStart);
        assertThat(batch(0, true, 3).getSlotReports(0).getJob().getNodesList()).isEqualTo(List.of(SITE.node(0)));
    }

    @Test
    void a_batch_of_many_steps_is_longer_than_one_byte_of_length_can_say() throws Exception {
        int[] steps = new int[500];
        Arrays.setAll(steps, i -> i);
        ReportBatch batch = batch(2, false, steps);
        assertThat(batch.getSlotReportsList()).hasSize(3500);
        assertThat(batch.getNodeSamplesList()).hasSize(500);
    }

    private long[] figures(Occupant occupant, int step) {
        long[] figures = new long[Figure.COUNT];
        course.fill(occupant.key(), step - occupant.first(), figures);
        return figures;
    }
}
