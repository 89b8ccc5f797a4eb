package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.flag.Story.GIGABYTE;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;

class JobTrackTest {

    /** Much goes wrong, one after the other, and gets well again. */
    static Story eventful() {
        Story story = Story.of(1, 4 * GIGABYTE);
        return story.does(Duration.ofMinutes(30), doing -> doing.cores(1.0))
                .does(Duration.ofMinutes(20), doing -> doing.cores(3.0))
                .does(Duration.ofMinutes(30), doing -> doing.cores(1.0))
                .does(Duration.ofMinutes(50), doing -> doing.cores(0.0))
                .does(Duration.ofMinutes(30), doing -> doing.cores(1.0))
                .does(Duration.ofMinutes(20), doing -> doing.rss(3.9 * GIGABYTE))
                .gap(Duration.ofMinutes(30), 1)
                .changes(Duration.ofMinutes(60), (doing, s) -> doing.sockets(5 + s / 25.0))
                .does(Duration.ofMinutes(40), doing -> doing.cores(1.0));
    }

    @Test
    void flagsComeAndGo_onceEach() {
        Story story = eventful();
        for (FlagKind kind :
                List.of(FlagKind.CPU_OVERUSE, FlagKind.HANG, FlagKind.MEMORY_NEAR_LIMIT, FlagKind.SOCKET_LEAK)) {
            assertThat(story.raised(kind)).as("%s raised", kind).hasSize(1);
            assertThat(story.cleared(kind)).as("%s cleared", kind).hasSize(1);
        }
    }

    @Test
    void aJobThatTakesMoversAndGivesNoneBackHoardsThem() {
        Story story = Story.of(1, 4 * GIGABYTE)
                .does(Duration.ofMinutes(30), doing -> doing.movers(2.0))
                .changes(Duration.ofMinutes(60), (doing, s) -> doing.movers(Math.floor(2 + s / 25.0)));

        assertThat(story.raised(FlagKind.MOVER_HOARD)).hasSize(1);
    }

    @Test
    void stateBuiltFromStoredSamples_givesTheSameVerdictsAtTheSameSamples_whereverItIsRestarted() {
        List<JobSample> samples = eventful().samples(1);
        JudgeSettings settings = Story.settings(Map.of()).judging();
        JobTrack through = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        JobTrack restarted = through;
        for (int i = 0; i < samples.size(); i++) {
            if (i % 50 == 49) {
                restarted = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
                for (JobSample earlier : samples.subList(0, i)) {
                    restarted.feed(1, earlier);
                }
            }
            through.feed(1, samples.get(i));
            restarted.feed(1, samples.get(i));
            assertThat(restarted.standing()).as("after sample %d", i).isEqualTo(through.standing());
            for (FlagKind kind : through.standing()) {
                assertThat(restarted.finding(kind)).isEqualTo(through.finding(kind));
            }
        }
    }

    @Test
    void samplesOutOfOrderAndTwice_changeNothing() {
        List<JobSample> samples = eventful().samples(1);
        JudgeSettings settings = Story.settings(Map.of()).judging();
        JobTrack clean = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        JobTrack disturbed = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        for (int i = 0; i < samples.size(); i++) {
            assertThat(clean.feed(1, samples.get(i))).isTrue();
            disturbed.feed(1, samples.get(i));
            assertThat(disturbed.feed(1, samples.get(i))).isFalse();
            assertThat(disturbed.feed(1, samples.get(i / 2))).isFalse();
            assertThat(disturbed.standing()).isEqualTo(clean.standing());
        }
    }

    @Test
    void countersThatRestart_areNeitherWorkNorSilence_andHideNothing() {
        Story works = Story.of(1, null);
        Story overuses = Story.of(1, null).does(Duration.ofMinutes(30), doing -> doing.cores(1.0));
        for (int i = 0; i < 12; i++) {
            works.countersRestart().does(Duration.ofMinutes(10), doing -> doing.cores(1.0));
            overuses.countersRestart().does(Duration.ofMinutes(4), doing -> doing.cores(3.0));
        }

        assertThat(works.verdicts).isEmpty();
        assertThat(overuses.raised(FlagKind.CPU_OVERUSE)).hasSize(1);
    }

    @Test
    void aSlotThatEnded_isNotWaitedFor() {
        Story story = new Story(
                Story.settings(Map.of()),
                new JobRequest(
                        null,
                        4,
                        null,
                        null,
                        30.0,
                        null,
                        Story.START,
                        null,
                        null,
                        Story.request(4, null, 2).slots()),
                Duration.ofSeconds(30));
        story.together(
                Duration.ofHours(1), Map.of(1L, (doing, s) -> doing.cores(2.0), 2L, (doing, s) -> doing.cores(2.0)));
        story.track.request(new JobRequest(
                null,
                4,
                null,
                null,
                30.0,
                null,
                Story.START,
                null,
                null,
                Story.request(4, null, 1).slots()));
        story.does(Duration.ofHours(1), doing -> doing.cores(0.0));

        assertThat(story.raised(FlagKind.HANG)).hasSize(1);
    }

    @Test
    void aFlagOfASlotNamesIt_andOneOfTheJobDoesNot() {
        Map<Long, JobRequest.Slot> slots = Map.of(
                1L,
                new JobRequest.Slot("a", null, GIGABYTE, null),
                2L,
                new JobRequest.Slot("b", null, 4 * GIGABYTE, null));
        Story story = new Story(
                Story.settings(Map.of()),
                new JobRequest(null, 1, 5 * GIGABYTE, 2, 30.0, null, Story.START, null, null, slots),
                Duration.ofSeconds(30));
        Story.Change full = (doing, s) -> doing.cores(1.5).rss(0.97 * GIGABYTE);

        story.together(Duration.ofMinutes(20), Map.of(1L, full, 2L, full));

        assertThat(story.track.standing()).contains(FlagKind.MEMORY_NEAR_LIMIT, FlagKind.CPU_OVERUSE);
        assertThat(story.track.slot(FlagKind.MEMORY_NEAR_LIMIT)).isEqualTo(1);
        assertThat(story.track.slot(FlagKind.CPU_OVERUSE)).isNull();
    }

    @Test
    void withoutLimitsOfItsSlots_theJobsLimitIsHeldAgainstAllOfThem() {
        Story story = new Story(Story.settings(Map.of()), Story.request(8, 2 * GIGABYTE, 2), Duration.ofSeconds(30));
        Story.Change full = (doing, s) -> doing.rss(0.97 * GIGABYTE);

        story.together(Duration.ofMinutes(20), Map.of(1L, full, 2L, full));

        assertThat(story.track.standing()).contains(FlagKind.MEMORY_NEAR_LIMIT);
        assertThat(story.track.slot(FlagKind.MEMORY_NEAR_LIMIT)).isNull();
    }

    /** A job of one core on a node with such a link. */
    private static Story onLink(@Nullable Long bytesPerSecond) {
        JobRequest.Slot slot = new JobRequest.Slot("a", null, null, new JobRequest.Place(7, 8, bytesPerSecond));
        return new Story(
                Story.settings(Map.of()),
                new JobRequest(null, 1, null, 1, 30.0, null, Story.START, null, null, Map.of(1L, slot)),
                Duration.ofSeconds(30));
    }

    @Test
    void trafficIsHeldAgainstTheNodesLink_bytesAndPackets() {
        Duration long_ = Duration.ofMinutes(10);
        assertThat(onLink(null).does(long_, doing -> doing.receives(90e6, 60e3)).raised(FlagKind.NETWORK_FLOOD))
                .as("of 1 Gbit/s, where nothing is known")
                .containsExactly(Duration.ofSeconds(330));
        assertThat(onLink(1_250_000_000L)
                        .does(long_, doing -> doing.receives(90e6, 60e3))
                        .raised(FlagKind.NETWORK_FLOOD))
                .isEmpty();
        Story packets = onLink(1_250_000_000L).does(long_, doing -> doing.receives(40e6, 400e3));
        assertThat(packets.raised(FlagKind.NETWORK_FLOOD)).hasSize(1);
        assertThat(packets.track.finding(FlagKind.NETWORK_FLOOD).sentence())
                .contains("40.0 MB/s and 400000 packets/s now", "of the link of 1.3 GB/s or 300000 packets/s");
    }

    @Test
    void whoMovesDataOverTheNetworkDoesNotHang() {
        Duration hours = Duration.ofHours(3);
        assertThat(Story.of(1, null)
                        .does(hours, doing -> doing.cores(0.01).receives(50e3, 40))
                        .raised(FlagKind.HANG))
                .isEmpty();
        assertThat(Story.of(1, null)
                        .does(hours, doing -> doing.cores(0.01).receives(5e3, 40))
                        .raised(FlagKind.HANG))
                .hasSize(1);
        assertThat(Story.of(1, null).does(hours, doing -> doing.cores(0.01)).raised(FlagKind.HANG))
                .hasSize(1);
    }

    @Test
    void whoFillsADiskIsFlagged_alsoWhereThatIsSeldomMeasured_andInScratch() {
        Duration long_ = Duration.ofMinutes(70);
        Story often = Story.of(1, null).changes(long_, (doing, s) -> doing.workdir(1e9 + 2e6 * s, 9e9 - 2e6 * s));
        Story seldom = Story.of(1, null).changes(long_, (doing, s) -> {
            if (s % 150 == 0) {
                doing.workdir(1e9 + 2e6 * s, 9e9 - 2e6 * s);
            }
        });
        Story inScratch = Story.of(1, null)
                .changes(long_, (doing, s) -> doing.workdir(1e9, 9e9).scratch(1e9 + 2e6 * s, 9e9 - 2e6 * s));
        Story roomy = Story.of(1, null).changes(long_, (doing, s) -> doing.workdir(1e9 + 2e6 * s, 900e9 - 2e6 * s));

        for (Story story : List.of(often, seldom, inScratch)) {
            assertThat(story.raised(FlagKind.DISK_FILL))
                    .singleElement()
                    .satisfies(at -> assertThat(at).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(65)));
        }
        assertThat(inScratch.track.finding(FlagKind.DISK_FILL).sentence()).startsWith("Use of scratch");
        assertThat(roomy.raised(FlagKind.DISK_FILL)).isEmpty();
    }

    @Test
    void whatTheKernelHoldsAJobToCounts_asTheBatchSystemsLimitDoes() {
        Duration long_ = Duration.ofMinutes(20);
        Story.Change full = (doing, s) -> doing.rss(0.93 * GIGABYTE).memoryLimit(GIGABYTE);
        assertThat(Story.of(1, null).changes(long_, full).raised(FlagKind.MEMORY_NEAR_LIMIT))
                .hasSize(1);
        assertThat(Story.of(1, 2 * GIGABYTE).changes(long_, full).raised(FlagKind.MEMORY_NEAR_LIMIT))
                .hasSize(1);
        Story seldom = Story.of(1, 2 * GIGABYTE).changes(long_, (doing, s) -> {
            doing.rss(0.93 * GIGABYTE);
            if (s == 30) {
                doing.memoryLimit(GIGABYTE);
            }
        });
        assertThat(seldom.raised(FlagKind.MEMORY_NEAR_LIMIT)).as("told once").hasSize(1);
        assertThat(Story.of(1, 2 * GIGABYTE)
                        .changes(long_, (doing, s) -> doing.rss(0.93 * GIGABYTE).memoryLimit(0x1p63))
                        .raised(FlagKind.MEMORY_NEAR_LIMIT))
                .as("no limit")
                .isEmpty();
        assertThat(Story.of(1, GIGABYTE)
                        .changes(long_, (doing, s) -> doing.rss(0.93 * GIGABYTE).memoryLimit(0))
                        .raised(FlagKind.MEMORY_NEAR_LIMIT))
                .as("zero is no limit, and hides none")
                .hasSize(1);
        assertThat(Story.of(1, GIGABYTE)
                        .changes(long_, (doing, s) -> doing.rss(0.93 * GIGABYTE).memoryLimit(8.0 * GIGABYTE))
                        .raised(FlagKind.MEMORY_NEAR_LIMIT))
                .as("asked for less than the kernel gives")
                .hasSize(1);
    }

    @Test
    void theNodeIsAskedAboutOnlyWhereItMatters() {
        Story story = Story.of(1, null).does(Duration.ofMinutes(5), doing -> doing.cores(3.0));
        JobSample plain = new JobSample(Story.START, Map.of(Metric.RUN_QUEUE_WAIT_SECONDS, 0.0));
        assertThat(story.track.asksForNode(plain)).isFalse();
        story.does(Duration.ofMinutes(5), doing -> doing.cores(3.0));
        assertThat(story.track.asksForNode(plain)).as("flagged").isTrue();
    }

    private static Observation observed(SlotObservations slot, Map<Metric, Double> levels) {
        return slot.of(new JobSample(Instant.ofEpochMilli(1500), levels));
    }

    @Test
    void whatWasNotMeasuredIsAbsent_andPagesThatAreSharedCountOnce() {
        SlotObservations slot = new SlotObservations(1);
        Observation first = observed(
                slot,
                Map.of(
                        Metric.CPU_USER_SECONDS, 3.0,
                        Metric.CPU_SYSTEM_SECONDS, 1.0,
                        Metric.MEMORY_RSS_BYTES, 1000.0,
                        Metric.MEMORY_PSS_BYTES, 600.0,
                        Metric.STANDARD_OUTPUT_BYTES, 10.0,
                        Metric.STANDARD_ERROR_BYTES, 5.0));
        Observation second = observed(slot, Map.of(Metric.CPU_USER_SECONDS, 4.0, Metric.MEMORY_RSS_BYTES, 2000.0));

        assertThat(first.time()).isEqualTo(1.5);
        assertThat(value(first, Quantity.CPU_SECONDS)).isEqualTo(4);
        assertThat(value(first, Quantity.MEMORY_BYTES)).isEqualTo(600);
        assertThat(value(first, Quantity.OUTPUT_BYTES)).isEqualTo(15);
        assertThat(value(first, Quantity.READ_CHARS)).isNull();
        assertThat(value(first, Quantity.SENT_BYTES)).isNull();
        assertThat(value(second, Quantity.CPU_SECONDS)).isNull();
        assertThat(value(second, Quantity.MEMORY_BYTES)).isEqualTo(1200);
        assertThat(value(second, Quantity.OUTPUT_BYTES)).isNull();
    }

    private static @Nullable Double value(Observation observation, Quantity quantity) {
        double value = observation.value(quantity);
        return Double.isNaN(value) ? null : (Double) value;
    }
}
