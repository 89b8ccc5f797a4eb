package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListTurnsTest {

    private static final long BEGIN = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

    private final ListTurns turns = new ListTurns(BEGIN);

    @Test
    void whileBatchesWaitListsPauseTwentyTimesAsLongAsTheyTook() {
        turns.took(BEGIN, BEGIN + ms(100));

        assertThat(turns.isNow(BEGIN + ms(2099), true, 1)).isFalse();
        assertThat(turns.isNow(BEGIN + ms(2100), true, 1)).isTrue();
    }

    @Test
    void theirTurnComesAtOnceWhenNoBatchWaits_orFiguresAreOlderThanThreeMinutes() {
        turns.took(BEGIN, BEGIN + ms(100));

        assertThat(turns.isNow(BEGIN + ms(101), false, 1)).isTrue();
        assertThat(turns.isNow(BEGIN + ms(101), true, 180)).isFalse();
        assertThat(turns.isNow(BEGIN + ms(101), true, 180.1)).isTrue();
    }

    @Test
    void afterASlowTurnThePauseIsTenSecondsAtMost() {
        turns.took(BEGIN, BEGIN + ms(60_000));

        assertThat(turns.isNow(BEGIN + ms(69_999), true, 1)).isFalse();
        assertThat(turns.isNow(BEGIN + ms(70_000), true, 1)).isTrue();
    }

    @Test
    void theFirstTurnIsTheirs() {
        assertThat(turns.isNow(BEGIN, true, 0)).isTrue();
    }

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
