package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.flag.FlagKind.MEMORY_NEAR_LIMIT;
import static org.slotwarden.portal.flag.Story.GIGABYTE;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryNearLimitDetectorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static Story story() {
        return Story.of(1, 4 * GIGABYTE);
    }

    @Test
    void aRiseToTheLimit_isFlagged_andClearedOnceFreed() {
        Story story = story();
        story.changes(HOUR, (doing, seconds) -> doing.rss(3.9 * GIGABYTE * seconds / 3600));

        // 90 % of 4 GB is passed after 3,323 s, 2 min later it has held.
        assertThat(story.raised(MEMORY_NEAR_LIMIT)).hasSize(1);
        assertThat(story.raised(MEMORY_NEAR_LIMIT).getFirst())
                .isBetween(Duration.ofSeconds(3420), Duration.ofSeconds(3480));
        assertThat(story.detector(MEMORY_NEAR_LIMIT).finding().sentence())
                .startsWith(
                        "Uses 3.6 GiB of 3.7 GiB memory (98 %), near the limit for 5 min (threshold 90 %); clears when"
                                + " below 85 % for 5 min");
        assertThat(story.detector(MEMORY_NEAR_LIMIT).finding().severity()).isEqualTo(Severity.INFO);

        story.does(HOUR, doing -> doing.rss(1.0 * GIGABYTE));
        assertThat(story.cleared(MEMORY_NEAR_LIMIT)).containsExactly(Duration.ofSeconds(3600 + 300));
    }

    @Test
    void sawTeethThatTouchTheThreshold_areFine() {
        Story story = story();
        story.changes(
                HOUR.multipliedBy(6),
                (doing, seconds) -> doing.rss((0.5 + 0.45 * (seconds % 600) / 600) * 4 * GIGABYTE));

        assertThat(story.raised(MEMORY_NEAR_LIMIT)).isEmpty();
    }

    @Test
    void aHighPlateauBelowTheThreshold_isFine() {
        assertThat(story().does(HOUR.multipliedBy(6), doing -> doing.rss(0.88 * 4 * GIGABYTE))
                        .raised(MEMORY_NEAR_LIMIT))
                .isEmpty();
    }

    @Test
    void betweenBothThresholds_aFlagStands_andDoesNotFlap() {
        Story story = story();
        story.does(HOUR, doing -> doing.rss(0.92 * 4 * GIGABYTE))
                .changes(HOUR, (doing, seconds) -> doing.rss((seconds % 60 == 0 ? 0.87 : 0.91) * 4 * GIGABYTE));

        assertThat(story.raised(MEMORY_NEAR_LIMIT)).hasSize(1);
        assertThat(story.cleared(MEMORY_NEAR_LIMIT)).isEmpty();
    }

    @Test
    void limitsThatAreNone_giveNoVerdict() {
        for (Long none : new Long[] {null, 0L, -1L, Long.MAX_VALUE, 1L << 62}) {
            Story story = Story.of(1, none);
            story.does(HOUR, doing -> doing.rss(5e18));
            assertThat(story.raised(MEMORY_NEAR_LIMIT)).as("limit %s", none).isEmpty();
        }
    }

    @Test
    void memoryThatCouldNotBeMeasured_givesNoVerdict() {
        assertThat(story().does(HOUR, doing -> doing.rss(null)).raised(MEMORY_NEAR_LIMIT))
                .isEmpty();
    }

    @Test
    void pagesSharedByManyProcesses_countOnce() {
        Story story = story();
        story.changes(
                HOUR, (doing, seconds) -> doing.rss(6.0 * GIGABYTE).pss(seconds % 300 == 30 ? 2.0 * GIGABYTE : null));

        assertThat(story.raised(MEMORY_NEAR_LIMIT)).isEmpty();
    }

    @Test
    void aSlotIsJudgedAgainstItsOwnLimit_whereItIsKnown() {
        JobRequest request = new JobRequest(
                2,
                8 * GIGABYTE,
                2,
                30.0,
                Map.of(1L, new JobRequest.Slot("a", 4 * GIGABYTE), 2L, new JobRequest.Slot("b", 4 * GIGABYTE)));
        Story story = new Story(Story.settings(Map.of()), request, Duration.ofSeconds(30));
        story.together(
                HOUR, Map.of(1L, (doing, s) -> doing.rss(0.5 * GIGABYTE), 2L, (doing, s) -> doing.rss(3.8 * GIGABYTE)));

        assertThat(story.raised(MEMORY_NEAR_LIMIT)).hasSize(1);
        assertThat(story.detector(MEMORY_NEAR_LIMIT).finding().slotId()).isEqualTo(2);
    }

    @Test
    void withoutSlotLimits_theJobsLimitIsForAllSlotsTogether() {
        Story alone = new Story(Story.settings(Map.of()), Story.request(2, 4 * GIGABYTE, 2), Duration.ofSeconds(30));
        alone.together(
                HOUR, Map.of(1L, (doing, s) -> doing.rss(1.5 * GIGABYTE), 2L, (doing, s) -> doing.rss(1.5 * GIGABYTE)));
        assertThat(alone.raised(MEMORY_NEAR_LIMIT)).isEmpty();

        Story both = new Story(Story.settings(Map.of()), Story.request(2, 4 * GIGABYTE, 2), Duration.ofSeconds(30));
        both.together(
                HOUR, Map.of(1L, (doing, s) -> doing.rss(1.9 * GIGABYTE), 2L, (doing, s) -> doing.rss(1.9 * GIGABYTE)));
        assertThat(both.raised(MEMORY_NEAR_LIMIT)).hasSize(1);
        assertThat(both.detector(MEMORY_NEAR_LIMIT).finding().slotId()).isNull();
    }
}
