package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ListeningTest {

    private static final Instant BEGIN = Instant.parse("2026-11-22T10:00:00Z");

    private final Listening listening = new Listening();

    @Test
    void timesAreSubtracted_andTwoMinutesAfterEachInWhichAgentsComeBack() {
        deaf(1000, 1060);
        deaf(5000, 5010);

        assertThat(listened(0, 1000)).isEqualTo(1000);
        assertThat(listened(0, 1100)).isEqualTo(1000);
        assertThat(listened(0, 1200)).isEqualTo(1020);
        assertThat(listened(1100, 1150)).isZero();
        assertThat(listened(0, 10_000)).isEqualTo(10_000 - 180 - 130);
        assertThat(listened(10, 10)).isZero();
        assertThat(listened(20, 10)).isZero();
    }

    @Test
    void whateverIsSaidAndHowOften_noTimeCountsTwice() {
        var dice = new Random(7);
        boolean[] deaf = new boolean[20_000];
        for (int i = 0; i < 60; i++) {
            int from = dice.nextInt(15_000);
            int to = from + dice.nextInt(500);
            deaf(from, to);
            for (int second = from; second < Math.min(deaf.length, to + 120); second++) {
                deaf[second] = true;
            }
        }

        for (int i = 0; i < 200; i++) {
            int from = dice.nextInt(10_000);
            int to = from + dice.nextInt(10_000);
            int expected = 0;
            for (int second = from; second < to; second++) {
                expected += deaf[second] ? 0 : 1;
            }
            assertThat(listened(from, to)).as("%d to %d", from, to).isEqualTo(expected);
        }
    }

    @Test
    void whatIsKeptIsBounded_andNobodyIsCalledSilentForIt() {
        for (int i = 0; i < 5000; i++) {
            deaf(i * 1000, i * 1000);
        }

        assertThat(listened(0, 1_000_000)).isLessThanOrEqualTo(1_000_000 - 120 * 1000);
        assertThat(listened(4_990_000, 5_000_000)).isEqualTo(10_000 - 120 * 10);
    }

    private void deaf(long from, long to) {
        listening.wasDeaf(BEGIN.plusSeconds(from), BEGIN.plusSeconds(to));
    }

    private long listened(long from, long to) {
        return listening.within(BEGIN.plusSeconds(from), BEGIN.plusSeconds(to)).dividedBy(Duration.ofSeconds(1));
    }
}
