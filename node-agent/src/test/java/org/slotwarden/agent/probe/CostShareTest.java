package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CostShareTest {

    private static final long MS = 1_000_000;

    /** From a look that ended at time 0 until the next one is due, in milliseconds. */
    private static long waitMs(CostShare.Pace pace, long took) {
        pace.took(0, took * MS);
        long wait = 0;
        while (!pace.due(wait * MS)) {
            wait++;
        }
        return wait;
    }

    @Test
    void aLookIsFollowedByTheNextWhenItsShareAllows() {
        CostShare.Pace pace = new CostShare(0.01).pace();
        assertThat(pace.due(0)).isTrue();
        assertThat(waitMs(pace, 2)).isEqualTo(200);
        assertThat(waitMs(pace, 2)).isEqualTo(200);
    }

    @Test
    void aSlotHasItsPartOfTheShare() {
        CostShare share = new CostShare(0.01);
        CostShare.Pace one = share.pace();
        CostShare.Pace other = share.pace();
        assertThat(waitMs(one, 2)).isEqualTo(400);
        other.close();
        assertThat(waitMs(one, 2)).isEqualTo(200);
    }

    @Test
    void whatTookLongByChanceDoesNotPutOffTheNextButWhatTakesLongDoes() {
        CostShare.Pace pace = new CostShare(0.01).pace();
        assertThat(waitMs(pace, 900)).as("the first of all").isEqualTo(500);
        assertThat(waitMs(pace, 2)).isEqualTo(200);
        assertThat(waitMs(pace, 900)).isEqualTo(200);
        assertThat(waitMs(pace, 900)).as("the second in a row").isEqualTo(90_000);
        assertThat(waitMs(pace, 2)).isEqualTo(200);
    }
}
