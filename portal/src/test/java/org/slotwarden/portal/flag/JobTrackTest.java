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
    private static Story eventful() {
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
                Story.request(4, null, 1).slots()));
        story.does(Duration.ofHours(1), doing -> doing.cores(0.0));

        assertThat(story.raised(FlagKind.HANG)).hasSize(1);
    }

    @Test
    void aFlagOfASlotNamesIt_andOneOfTheJobDoesNot() {
        Map<Long, JobRequest.Slot> slots =
                Map.of(1L, new JobRequest.Slot("a", null, GIGABYTE), 2L, new JobRequest.Slot("b", null, 4 * GIGABYTE));
        Story story = new Story(
                Story.settings(Map.of()),
                new JobRequest(null, 1, 5 * GIGABYTE, 2, 30.0, null, Story.START, null, slots),
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

    private static Observation observed(SlotObservations slot, Map<Metric, Double> levels) {
        return slot.of(new JobSample(Instant.ofEpochMilli(1500), levels));
    }

    @Test
    void whatWasNotMeasuredIsAbsent_andPagesThatAreSharedCountOnce() {
        SlotObservations slot = new SlotObservations();
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
