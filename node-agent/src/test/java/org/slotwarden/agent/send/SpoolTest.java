package org.slotwarden.agent.send;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;
import org.slotwarden.wire.v1.TailPart;

class SpoolTest {

    private static final long BIG = 1 << 30;

    private final Path file;
    private final SpoolSpace space = new SpoolSpace(BIG);

    SpoolTest(@TempDir Path folder) {
        this.file = folder.resolve("spool");
    }

    private Spool open(long bound) throws Exception {
        return Spool.open(file, "slot-1", bound, space);
    }

    private static SlotReport.Builder start() {
        return SlotReport.newBuilder()
                .setJob(JobFacts.newBuilder().setBatchSystem("local").setJobId("1"))
                .setStart(SlotStart.newBuilder().setTimeMs(1));
    }

    private static SlotReport.Builder sample(long time) {
        return SlotReport.newBuilder()
                .addSamples(JobSample.newBuilder().setTimeMs(time).setProcesses(3));
    }

    private static SlotReport.Builder end() {
        return SlotReport.newBuilder().setEnd(SlotEnd.newBuilder().setTimeMs(9));
    }

    private static SlotReport report(Spool spool, long sequence) throws Exception {
        return SlotReport.parseFrom(requireNonNull(spool.read(sequence)));
    }

    @Test
    void numbersReportsAndKeepsThemAcrossARestart() throws Exception {
        try (Spool spool = open(BIG)) {
            assertThat(spool.isNew()).isTrue();
            spool.append(start());
            spool.append(sample(2));
            spool.append(sample(3));
            spool.acknowledge(List.of(2L));
        }
        try (Spool spool = open(BIG)) {
            assertThat(spool.isNew()).isFalse();
            assertThat(spool.waiting()).containsExactly(1L, 3L);
            SlotReport third = report(spool, 3);
            assertThat(third.getSlotId()).isEqualTo("slot-1");
            assertThat(third.getSequence()).isEqualTo(3);
            assertThat(third.getSamples(0).getTimeMs()).isEqualTo(3);
            spool.append(sample(4));
            assertThat(spool.waiting()).containsExactly(1L, 3L, 4L);
        }
    }

    @Test
    void evidenceThatHasNoRoomIsNoLossOfSamples() {
        GivenUpSamples givenUp = new GivenUpSamples();
        givenUp.add(SlotReport.newBuilder()
                .setEvidence(Evidence.newBuilder().setRequestId(1))
                .build()
                .toByteArray());
        assertThat(givenUp.untold()).isEmpty();
        givenUp.add(null);
        assertThat(givenUp.total()).isEqualTo(1);
    }

    @Test
    void survivesACutAtEveryByte() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            spool.append(sample(2));
            spool.acknowledge(List.of(1L));
            spool.append(sample(3));
        }
        byte[] whole = Files.readAllBytes(file);
        int seen = 0;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            long next;
            try (Spool spool = open(BIG)) {
                int waiting = spool.waiting().size();
                for (long sequence : spool.waiting()) {
                    assertThat(report(spool, sequence).getSequence()).isEqualTo(sequence);
                }
                spool.append(sample(77));
                next = spool.waiting().getLast();
                assertThat(spool.waiting()).hasSize(waiting + 1);
                seen = Math.max(seen, waiting);
            }
            try (Spool spool = open(BIG)) {
                assertThat(spool.waiting()).as("cut at byte %d", length).endsWith(next);
                assertThat(report(spool, next).getSamples(0).getTimeMs()).isEqualTo(77);
            }
        }
        assertThat(seen).isEqualTo(2);
    }

    @Test
    void aFlippedByteCostsTheReportThatItIsIn() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            spool.append(sample(2));
            spool.append(sample(3));
        }
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] broken = whole.clone();
            broken[i] ^= 0x10;
            Files.write(file, broken);
            try (Spool spool = open(BIG)) {
                List<Long> waiting = spool.waiting();
                assertThat(waiting).as("byte %d", i).hasSize(2);
                for (long sequence : waiting) {
                    assertThat(report(spool, sequence).getSequence()).isEqualTo(sequence);
                }
                spool.append(sample(77));
                SlotReport next = report(spool, spool.waiting().getLast());
                assertThat(next.hasLoss())
                        .as("byte %d: a hole is told, a torn end is not", i)
                        .isEqualTo(waiting.contains(3L));
            }
        }
    }

    @Test
    void aHoleOfZerosCostsNoMoreThanWhatWasInIt() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            for (int i = 2; i <= 100; i++) {
                spool.append(sample(i));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, bytes.length / 3, bytes.length * 2 / 3, (byte) 0);
        Files.write(file, bytes);
        try (Spool spool = open(BIG)) {
            assertThat(spool.waiting()).contains(1L, 2L, 99L, 100L);
            assertThat(spool.waiting().size()).isBetween(60, 70);
            for (long sequence : spool.waiting()) {
                assertThat(report(spool, sequence).getSequence()).isEqualTo(sequence);
            }
        }
    }

    @Test
    void saysHowManySamplesWereGivenUpAlsoAfterARestart() throws Exception {
        long bound = 64 << 10;
        long first;
        try (Spool spool = open(bound)) {
            spool.append(start());
            int i = 2;
            for (; spool.samplesGivenUp() == 0; i++) {
                spool.append(sample(i));
            }
            first = spool.samplesGivenUp();
        }
        try (Spool spool = open(bound)) {
            spool.append(sample(50_000));
            SlotReport telling = report(spool, spool.waiting().getLast());
            assertThat(telling.getLoss().getSamples()).isEqualTo(first);
            assertThat(telling.getLoss().getFromMs()).isBetween(2L, 10L);
            assertThat(telling.getLoss().getToMs()).isBetween(100L, 50_000L);
            spool.append(sample(50_001));
            assertThat(report(spool, spool.waiting().getLast()).hasLoss())
                    .as("told once")
                    .isFalse();
        }
        try (Spool spool = open(bound)) {
            spool.append(sample(50_002));
            assertThat(report(spool, spool.waiting().getLast()).hasLoss()).isFalse();
        }
    }

    @Test
    void everySampleIsSentOrSaidToBeGivenUp() throws Exception {
        long said = 0;
        long kept = 0;
        try (Spool spool = open(64 << 10)) {
            for (int i = 1; i <= 20_000; i++) {
                spool.append(sample(i));
            }
            spool.append(end());
            for (long sequence : spool.waiting()) {
                SlotReport report = report(spool, sequence);
                said += report.getLoss().getSamples();
                kept += report.getSamplesCount();
            }
        }
        assertThat(kept + said).isEqualTo(20_000);
    }

    @Test
    void knowsHowOldItsOldestReportIs() throws Exception {
        try (Spool spool = open(BIG)) {
            assertThat(spool.oldestMs()).isEmpty();
            spool.append(sample(2));
            spool.append(sample(3));
            assertThat(spool.oldestMs()).hasValue(2);
            spool.acknowledge(List.of(1L));
            assertThat(spool.oldestMs()).hasValue(3);
        }
    }

    @Test
    void staysSmallWhenEverythingIsAcknowledgedAndNumbersGoOn() throws Exception {
        try (Spool spool = open(BIG)) {
            for (int i = 1; i <= 3000; i++) {
                spool.append(sample(i));
                spool.acknowledge(List.of((long) i));
            }
            assertThat(spool.isEmpty()).isTrue();
            assertThat(Files.size(file)).isLessThan(80 << 10);
        }
        try (Spool spool = open(BIG)) {
            spool.append(sample(1));
            assertThat(spool.waiting()).containsExactly(3001L);
        }
    }

    @Test
    void isBoundedByThinningOldSamplesOnly() throws Exception {
        long bound = 64 << 10;
        try (Spool spool = open(bound)) {
            spool.append(start());
            for (int i = 2; i <= 20_000; i++) {
                spool.append(sample(i));
                assertThat(Files.size(file)).isLessThanOrEqualTo(bound);
            }
            spool.append(end());
            List<Long> waiting = spool.waiting();
            assertThat(waiting).startsWith(1L).endsWith(19_999L, 20_000L, 20_001L);
            assertThat(waiting.size()).isBetween(400, 2000);
            assertThat(waiting).as("some of the old are left").anyMatch(sequence -> sequence > 1 && sequence < 5_000);
            assertThat(report(spool, 1).hasStart()).isTrue();
            assertThat(report(spool, 20_001).hasEnd()).isTrue();
        }
        try (Spool spool = open(bound)) {
            assertThat(spool.hasEnd()).isTrue();
            assertThat(spool.waiting()).endsWith(20_001L);
        }
    }

    @Test
    void whatBecameOfAnOrderIsNeverThinnedButTheJobsOutputIs() throws Exception {
        long bound = 64 << 10;
        try (Spool spool = open(bound)) {
            List<Long> results = new ArrayList<>();
            for (int i = 1; i <= 500; i++) {
                boolean output = i % 10 != 0;
                OrderResult.Builder result = OrderResult.newBuilder().setOrderId(i);
                if (output) {
                    result.setTail(TailPart.newBuilder().setData(ByteString.copyFrom(new byte[1000])));
                } else {
                    results.add((long) i);
                }
                spool.append(SlotReport.newBuilder().addOrderResults(result));
                assertThat(Files.size(file)).isLessThanOrEqualTo(bound);
            }
            assertThat(spool.waiting()).containsAll(results).hasSizeLessThan(200);
        }
    }

    @Test
    void remembersThatTheEndIsAcknowledged() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            spool.append(end());
            spool.acknowledge(List.of(1L, 2L));
        }
        try (Spool spool = open(BIG)) {
            assertThat(spool.hasEnd()).isTrue();
            assertThat(spool.isEmpty()).isTrue();
        }
    }

    @Test
    void acknowledgingTwiceOrWhatIsNotThereDoesNoHarm() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            spool.append(sample(2));
            spool.acknowledge(List.of(1L, 1L, 99L, -1L));
            spool.acknowledge(LongStream.rangeClosed(1, 1).boxed().toList());
            assertThat(spool.waiting()).containsExactly(2L);
            assertThat(spool.read(1)).isNull();
        }
    }

    @Test
    void aSpoolThatShrinksForOthersTellsWhatItGaveUpEvenAfterItsEnd() throws Exception {
        try (Spool spool = open(BIG)) {
            spool.append(start());
            for (int time = 2; time < 102; time++) {
                spool.append(sample(time));
            }
            spool.append(end());
            long before = spool.bytes();
            spool.shrink();
            assertThat(spool.bytes()).isLessThan(before);
            assertThat(spool.waiting()).contains(1L, 102L).hasSizeLessThan(90);
            assertThat(spool.samplesGivenUp()).isBetween(10L, 30L);
            SlotReport last = report(spool, spool.waiting().getLast());
            assertThat(last.getLoss().getSamples()).isEqualTo(spool.samplesGivenUp());
            assertThat(space.bytes()).isEqualTo(Files.size(file));
        }
        assertThat(space.bytes()).isZero();
        try (Spool spool = open(BIG)) {
            assertThat(spool.hasEnd()).isTrue();
            assertThat(space.bytes()).isEqualTo(Files.size(file));
            spool.acknowledge(spool.waiting());
            assertThat(space.bytes()).isEqualTo(Files.size(file));
        }
    }

    @Test
    void whatIsNotNeededAnyMoreGoesBeforeAnySampleDoes() throws Exception {
        try (Spool spool = open(BIG)) {
            for (int time = 1; time <= 100; time++) {
                spool.append(sample(time));
            }
            spool.acknowledge(LongStream.rangeClosed(1, 60).boxed().toList());
            spool.shrink();
            assertThat(spool.samplesGivenUp()).isZero();
            assertThat(spool.size()).isEqualTo(40);
        }
    }
}
