package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.Patience;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;

/** Slots that have ended, of which all but two wait on disk only. */
@ExtendWith(Patience.class)
class SpoolLimitTest {

    private static final int SLOTS = 8;

    @TempDir
    private Path folder;

    /** The later ones, which are parked, are the larger ones. */
    private void fill() throws IOException {
        TestNode before = new TestNode(folder, 1 << 30);
        for (int i = 0; i < SLOTS; i++) {
            Path slot = before.slot("slot-" + i, "local", i);
            try (Spool spool = Spool.open(slot.resolve(Slot.SPOOL), "slot-" + i, 1 << 20, before.space)) {
                for (int time = 1; time <= 100 * (i + 1); time++) {
                    spool.append(SlotReport.newBuilder()
                            .addSamples(JobSample.newBuilder().setTimeMs(time)));
                }
                spool.append(SlotReport.newBuilder().setEnd(SlotEnd.newBuilder().setTimeMs(1)));
            }
        }
    }

    private Map<String, Long> sizes() throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        for (int i = 0; i < SLOTS; i++) {
            sizes.put("slot-" + i, Files.size(folder.resolve("slot-" + i).resolve(Slot.SPOOL)));
        }
        return sizes;
    }

    private long onDisk() throws IOException {
        return sizes().values().stream().mapToLong(bytes -> bytes).sum();
    }

    @Test
    void theLargestAreThinnedParkedOnesLikeOthersUntilAllTakeLessThanTheyMay() throws Exception {
        fill();
        Map<String, Long> before = sizes();
        long bound = onDisk() * 2 / 3;
        TestNode node = new TestNode(folder, bound);
        Slots slots = node.slots(2);
        slots.adoptFound();
        assertThat(node.parked).hasSize(SLOTS - 2);
        assertThat(node.space.bytes()).isEqualTo(onDisk());

        await().until(() -> {
            slots.keepWithinSpace();
            return !node.space.isExceeded();
        });
        assertThat(onDisk())
                .isEqualTo(node.space.bytes())
                .isLessThanOrEqualTo(bound)
                .isGreaterThan(bound / 2);
        Map<String, Long> after = sizes();
        assertThat(after.get("slot-7")).isLessThan(Objects.requireNonNull(before.get("slot-7")));
        assertThat(after.get("slot-0")).as("the smallest").isEqualTo(before.get("slot-0"));
        try (Spool largest =
                Spool.open(folder.resolve("slot-7").resolve(Slot.SPOOL), "slot-7", 1 << 20, new SpoolSpace(1 << 30))) {
            assertThat(largest.hasEnd()).isTrue();
            long told = 0;
            long kept = 0;
            for (long sequence : largest.waiting()) {
                SlotReport report = SlotReport.parseFrom(Objects.requireNonNull(largest.read(sequence)));
                told += report.getLoss().getSamples();
                kept += report.getSamplesCount();
            }
            assertThat(told).isPositive().isEqualTo(800 - kept);
        }
    }

    @Test
    void whereNothingMayBeGivenUpAllStaysAsItIs() throws Exception {
        TestNode node = new TestNode(folder, 1);
        Path slot = node.slot("slot-0", "local", 0);
        Slots slots = node.slots(2);
        slots.adoptFound();
        long size = Files.size(slot.resolve(Slot.SPOOL));
        for (int i = 0; i < 3; i++) {
            slots.keepWithinSpace();
        }
        assertThat(node.space.isExceeded()).isTrue();
        assertThat(Files.size(slot.resolve(Slot.SPOOL))).isBetween(1L, size + 100);
        assertThat(slots.all().iterator().next().spool().size()).isEqualTo(1);
    }

    @Test
    void theSumFollowsSlotsThatComeBackIntoMemoryAndThoseThatGo() throws Exception {
        fill();
        TestNode node = new TestNode(folder, 1 << 30);
        Slots slots = node.slots(2);
        slots.adoptFound();
        for (int left = SLOTS; left > 0; left--) {
            Slot slot = slots.all().iterator().next();
            slot.spool().acknowledge(slot.spool().waiting());
            slots.remove(slot);
            slots.parkOrReturn();
        }
        assertThat(slots.all()).isEmpty();
        assertThat(node.space.bytes()).isZero();
    }
}
