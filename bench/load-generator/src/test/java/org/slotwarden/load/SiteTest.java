package org.slotwarden.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SiteTest {

    private static final Site SITE = new Site(7, 4, 5, 1_790_000_000_000L, 30_000, 6, "");

    @Test
    void a_place_always_has_one_job_whose_reports_are_numbered_from_one_without_holes() {
        for (int place = 0; place < 20; place++) {
            Occupant before = SITE.occupant(place, 0);
            assertThat(before.beginsAt(0)).isTrue();
            for (int step = 1; step < 200; step++) {
                Occupant occupant = SITE.occupant(place, step);
                if (before.endsAt(step - 1)) {
                    assertThat(occupant.sequence(step)).isEqualTo(1);
                    assertThat(SITE.slotId(occupant)).isNotEqualTo(SITE.slotId(before));
                } else {
                    assertThat(occupant).isEqualTo(before);
                    assertThat(occupant.sequence(step)).isEqualTo(before.sequence(step - 1) + 1);
                }
                before = occupant;
            }
        }
    }

    @Test
    void samples_follow_each_other_and_begin_after_their_job() {
        for (int step = 0; step < 100; step++) {
            assertThat(SITE.timeMs(2, 3, step + 1) - SITE.timeMs(2, 3, step)).isBetween(29_900L, 30_100L);
            Occupant occupant = SITE.occupant(13, step);
            assertThat(SITE.startMs(occupant)).isLessThan(SITE.timeMs(2, 3, step));
        }
    }

    @Test
    void counters_never_fall_and_are_the_same_whenever_one_asks() {
        Course course = new NoisyCourse(30);
        long[] before = new long[Figure.COUNT];
        for (int i = 0; i < 2_000; i++) {
            long[] now = new long[Figure.COUNT];
            course.fill(99, i, now);
            for (int counter = Figure.GAUGES; counter < Figure.COUNT; counter++) {
                assertThat(now[counter]).isGreaterThanOrEqualTo(before[counter]);
            }
            assertThat(Arrays.stream(now)).allMatch(value -> value >= 0 && value < 1L << 53);
            long[] again = new long[Figure.COUNT];
            new NoisyCourse(30).fill(99, i, again);
            assertThat(again).isEqualTo(now);
            before = now;
        }
    }
}
