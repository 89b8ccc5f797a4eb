package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.slotwarden.portal.flag.FlagKind.CPU_OVERUSE;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class CpuOveruseDetectorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static Duration minutes(double minutes) {
        return Duration.ofSeconds(Math.round(minutes * 60));
    }

    @Test
    void fourCoresWhereOneWasAskedFor_isFlaggedAfterTheDwell_andClearedOnceGone() {
        Story story = Story.of(1, null);
        story.does(minutes(20), doing -> doing.cores(1.0)).does(minutes(10), doing -> doing.cores(3.9));

        assertThat(story.raised(CPU_OVERUSE)).containsExactly(minutes(25));
        Finding finding = story.detector(CPU_OVERUSE).finding();
        assertThat(finding.sentence())
                .isEqualTo("Used 3.9 cores for 10 min where 1 was asked for (threshold 1.3);"
                        + " clears when below 1.1 for 2 min");
        assertThat(finding.evidence().value()).isCloseTo(3.9, within(0.01));
        assertThat(finding.evidence().limit()).isCloseTo(1.3, within(1e-9));
        assertThat(finding.evidence().from())
                .isEqualTo(Story.START.plus(minutes(20)).plusMillis(1));

        story.does(minutes(10), doing -> doing.cores(1.0));
        assertThat(story.cleared(CPU_OVERUSE)).containsExactly(minutes(32));
    }

    @Test
    void asManyCoresAsAskedFor_areFine_alsoWithNoise() {
        IntToDoubleFunction noise = Story.noise(1.05, 0.3);
        Story story = Story.of(8, null);
        story.changes(HOUR, (doing, seconds) -> doing.cores(8 * noise.applyAsDouble(seconds)));

        assertThat(story.raised(CPU_OVERUSE)).isEmpty();
    }

    @Test
    void shortBurstsAreFine() {
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(6), (doing, seconds) -> doing.cores(seconds % 600 < 180 ? 4.0 : 0.5));

        assertThat(story.raised(CPU_OVERUSE)).isEmpty();
    }

    @Test
    void manyShortExcessesAroundAHealthyMean_areFine() {
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(6), (doing, seconds) -> doing.cores(seconds % 300 < 180 ? 1.35 : 0.2));

        assertThat(story.raised(CPU_OVERUSE)).isEmpty();
    }

    @Test
    void shortDipsHideNothing() {
        Story story = Story.of(2, null);
        story.changes(HOUR, (doing, seconds) -> doing.cores(seconds % 300 < 60 ? 1.0 : 6.0));

        assertThat(story.raised(CPU_OVERUSE)).hasSize(1);
        assertThat(story.raised(CPU_OVERUSE).getFirst()).isBetween(minutes(5), minutes(10));
        assertThat(story.cleared(CPU_OVERUSE)).isEmpty();
    }

    @Test
    void aValueAroundTheThreshold_doesNotFlap() {
        IntToDoubleFunction noise = Story.noise(1.3, 0.15);
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(24), (doing, seconds) -> doing.cores(noise.applyAsDouble(seconds)));

        assertThat(story.verdicts).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void withoutAKnownRequestThereIsNoVerdict() {
        assertThat(Story.of(null, null).does(HOUR, doing -> doing.cores(64.0)).raised(CPU_OVERUSE))
                .isEmpty();
        assertThat(Story.of(0, null).does(HOUR, doing -> doing.cores(64.0)).raised(CPU_OVERUSE))
                .isEmpty();
    }

    @Test
    void aRequestBelongsToTheWholeJob() {
        Story within = new Story(Story.settings(Map.of()), Story.request(8, null, 2), Duration.ofSeconds(30));
        within.together(HOUR, Map.of(1L, (doing, s) -> doing.cores(7.0), 2L, (doing, s) -> doing.cores(1.0)));
        assertThat(within.raised(CPU_OVERUSE)).isEmpty();

        Story over = new Story(Story.settings(Map.of()), Story.request(2, null, 2), Duration.ofSeconds(30));
        over.together(HOUR, Map.of(1L, (doing, s) -> doing.cores(1.9), 2L, (doing, s) -> doing.cores(1.9)));
        assertThat(over.raised(CPU_OVERUSE)).hasSize(1);
        assertThat(over.detector(CPU_OVERUSE).finding().evidence().value()).isCloseTo(3.8, within(0.1));
    }

    @Test
    void aGapIsNoTimeOfExcess() {
        Story story = Story.of(1, null);
        story.does(minutes(4), doing -> doing.cores(4.0)).gap(HOUR, 4.0).does(minutes(4), doing -> doing.cores(4.0));
        assertThat(story.raised(CPU_OVERUSE)).isEmpty();

        story.does(minutes(4), doing -> doing.cores(4.0));
        assertThat(story.raised(CPU_OVERUSE)).hasSize(1);
    }

    @Test
    void aCounterThatRestarts_isNoExcessAndNoEndOfOne() {
        Story story = Story.of(1, null);
        story.does(minutes(20), doing -> doing.cores(1.0))
                .countersRestart()
                .does(minutes(20), doing -> doing.cores(1.0));
        assertThat(story.raised(CPU_OVERUSE)).isEmpty();

        story.does(minutes(3), doing -> doing.cores(4.0)).countersRestart().does(minutes(4), doing -> doing.cores(4.0));
        // One sample longer than without the restart.
        assertThat(story.raised(CPU_OVERUSE)).containsExactly(minutes(45.5));
    }

    @Test
    void theDwellIsATime_whateverTheInterval() {
        for (int interval : new int[] {1, 10, 60, 120}) {
            Story story = new Story(Story.settings(Map.of()), Story.request(1, null, 1), Duration.ofSeconds(interval));
            story.does(minutes(20), doing -> doing.cores(1.0)).does(minutes(20), doing -> doing.cores(4.0));
            assertThat(story.raised(CPU_OVERUSE).getFirst())
                    .as("at %d s", interval)
                    .isBetween(minutes(25), minutes(26));
        }
    }

    @Test
    void aTimeScaleShortensTheDwell() {
        Story story = new Story(
                Story.settings(Map.of("slotwarden.flags.time-scale", "0.02")),
                Story.request(1, null, 1),
                Duration.ofSeconds(1));
        story.does(minutes(2), doing -> doing.cores(4.0));

        // 5 min times 0.02, and the first sample has no rate.
        assertThat(story.raised(CPU_OVERUSE)).containsExactly(Duration.ofSeconds(7));
    }
}
