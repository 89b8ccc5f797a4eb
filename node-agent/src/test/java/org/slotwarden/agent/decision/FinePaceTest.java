package org.slotwarden.agent.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FinePaceTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void asOftenAsWishedWhenCheap() {
        FinePace pace = new FinePace(Duration.ofSeconds(1), 0.001);
        pace.took(0, 500_000);
        assertThat(pace.due(SECOND - 1)).isFalse();
        assertThat(pace.due(SECOND)).isTrue();
        assertThat(pace.worthFor(30)).isTrue();
        assertThat(pace.worthFor(1)).isFalse();
    }

    @Test
    void asSeldomAsItsCostDemands() {
        FinePace pace = new FinePace(Duration.ofSeconds(1), 0.001);
        for (int i = 0; i < 20; i++) {
            pace.took(0, 10_000_000);
        }
        assertThat(pace.intervalNanos()).isBetween(9 * SECOND, 11 * SECOND);
        for (int i = 0; i < 20; i++) {
            pace.took(0, 100_000_000);
        }
        assertThat(pace.worthFor(30)).isFalse();
    }

    @Test
    void neverWhenNotWanted() {
        assertThat(new FinePace(Duration.ZERO, 0.001).due(SECOND)).isFalse();
        assertThat(new FinePace(Duration.ofSeconds(1), 0).due(SECOND)).isFalse();
    }
}
