package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.flag.FlagKind.HANG;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HangDetectorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static Duration minutes(int minutes) {
        return Duration.ofMinutes(minutes);
    }

    private static void silent(Story.Doing doing) {
        doing.cores(0.001).io(100.0);
    }

    @Test
    void aJobThatFallsSilent_isFlaggedAfterHalfAnHour_andClearedWhenItWorksAgain() {
        Story story = Story.of(1, null);
        story.does(HOUR, doing -> doing.cores(1.0)).does(minutes(40), HangDetectorTest::silent);

        assertThat(story.raised(HANG)).containsExactly(minutes(90));
        Finding finding = story.detector(HANG).finding();
        assertThat(finding.sentence())
                .startsWith("Silent for 40 min: ")
                .contains("0.05 cores and 20.0 kB/s")
                .endsWith("clears after 60 s of work");
        assertThat(finding.evidence().value()).isEqualTo(2400);
        assertThat(finding.evidence().limit()).isEqualTo(1800);

        story.does(minutes(10), doing -> doing.cores(1.0));
        assertThat(story.cleared(HANG)).containsExactly(minutes(101));
    }

    @Test
    void stageIn_mayTakeAnHour() {
        Story story = Story.of(4, null);
        story.does(minutes(55), HangDetectorTest::silent).does(HOUR, doing -> doing.cores(4.0));
        assertThat(story.raised(HANG)).isEmpty();

        Story never = Story.of(4, null);
        never.does(HOUR.multipliedBy(2), HangDetectorTest::silent);
        // The first sample has no rate.
        assertThat(never.raised(HANG)).containsExactly(minutes(60).plusSeconds(30));
    }

    @Test
    void aDownloadWithoutCpu_isWork() {
        assertThat(Story.of(1, null)
                        .does(HOUR.multipliedBy(4), doing -> doing.cores(0.01).io(50_000.0))
                        .raised(HANG))
                .isEmpty();
    }

    @Test
    void pausesOfAJobsOwnHabit_areFine() {
        Story story = Story.of(1, null);
        for (int i = 0; i < 10; i++) {
            story.does(minutes(20), doing -> doing.cores(1.0)).does(minutes(20), HangDetectorTest::silent);
        }
        assertThat(story.raised(HANG)).isEmpty();

        // 2.5 times 20 min, not 30 min.
        Duration begin = story.age().minus(minutes(20));
        story.does(HOUR, HangDetectorTest::silent);
        assertThat(story.raised(HANG)).containsExactly(begin.plus(minutes(50)));
    }

    @Test
    void aBlipOfWorkInSilence_doesNotMakeTheFlagFlap() {
        Story story = Story.of(1, null);
        story.does(HOUR, doing -> doing.cores(1.0));
        story.changes(HOUR.multipliedBy(3), (doing, seconds) -> {
            silent(doing);
            if (seconds > 3600 && seconds % 300 == 0) {
                doing.cores(1.0);
            }
        });

        assertThat(story.raised(HANG)).hasSize(1);
        assertThat(story.cleared(HANG)).isEmpty();
    }

    @Test
    void nothingHeard_isNotNothingDone() {
        Story story = Story.of(1, null);
        story.does(HOUR, doing -> doing.cores(1.0))
                .gap(HOUR.multipliedBy(5), 0)
                .does(minutes(20), HangDetectorTest::silent);

        assertThat(story.raised(HANG)).isEmpty();
    }

    @Test
    void whatIsNotMeasured_isNoSilence() {
        assertThat(Story.of(1, null)
                        .does(HOUR.multipliedBy(4), doing -> doing.cores(0.0).io(null))
                        .raised(HANG))
                .isEmpty();
        assertThat(Story.of(1, null)
                        .does(HOUR.multipliedBy(4), doing -> doing.cores(null).io(0.0))
                        .raised(HANG))
                .isEmpty();
    }

    @Test
    void aJobHangs_onlyWhenAllItsSlotsDo() {
        Story one = new Story(Story.settings(Map.of()), Story.request(8, null, 2), Duration.ofSeconds(30));
        one.together(HOUR.multipliedBy(4), Map.of(1L, (doing, s) -> silent(doing), 2L, (doing, s) -> doing.cores(4.0)));
        assertThat(one.raised(HANG)).isEmpty();

        Story both = new Story(Story.settings(Map.of()), Story.request(8, null, 2), Duration.ofSeconds(30));
        both.together(HOUR, Map.of(1L, (doing, s) -> doing.cores(4.0), 2L, (doing, s) -> doing.cores(4.0)))
                .together(HOUR, Map.of(1L, (doing, s) -> silent(doing), 2L, (doing, s) -> silent(doing)));
        assertThat(both.raised(HANG)).hasSize(1);
        assertThat(both.raised(HANG).getFirst()).isBetween(minutes(90), minutes(91));
    }

    @Test
    void aSlotThatIsNotHeardOf_mayBeTheOneThatWorks() {
        Story story = new Story(Story.settings(Map.of()), Story.request(8, null, 2), Duration.ofSeconds(30));
        story.together(HOUR, Map.of(1L, (doing, s) -> doing.cores(4.0), 2L, (doing, s) -> doing.cores(4.0)))
                .together(minutes(5), Map.of(1L, (doing, s) -> silent(doing), 2L, (doing, s) -> silent(doing)))
                .does(HOUR.multipliedBy(4), HangDetectorTest::silent);

        assertThat(story.raised(HANG)).isEmpty();
    }
}
