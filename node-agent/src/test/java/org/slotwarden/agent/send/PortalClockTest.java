package org.slotwarden.agent.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.slotwarden.agent.send.PortalClock.RoundTrip;
import org.slotwarden.wire.v1.NodeSample;

class PortalClockTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1000 * MS;
    private static final long WALL = 1_700_000_000_000L;

    private long nanos = -5 * SECOND;
    private long wallMs = WALL;
    private final PortalClock clock = new PortalClock(() -> wallMs, () -> nanos);

    /** Both of the node's clocks go on. */
    private void pass(long ms) {
        nanos += ms * MS;
        wallMs += ms;
    }

    private void exchange(long there, long back, long nodeAheadMs) {
        long sentMs = wallMs;
        long sent = nanos;
        pass(there);
        long portal = wallMs - nodeAheadMs;
        pass(back);
        clock.answered(new RoundTrip(sentMs, sent, nanos), portal);
    }

    private NodeSample sample() {
        NodeSample.Builder sample = NodeSample.newBuilder();
        clock.into(sample);
        return sample.build();
    }

    @Test
    void positiveIsANodeThatIsAhead() {
        exchange(10, 10, 5000);
        assertThat(sample().getClockOffsetSeconds()).isCloseTo(5.0, within(1e-9));
        assertThat(sample().getClockUncertaintySeconds()).isCloseTo(0.011, within(1e-4));
    }

    @Test
    void negativeIsANodeThatIsBehindAndTheTruthLiesWithinTheUncertainty() {
        exchange(0, 200, -3000);
        NodeSample sample = sample();
        assertThat(Math.abs(sample.getClockOffsetSeconds() + 3.0))
                .isPositive()
                .isLessThanOrEqualTo(sample.getClockUncertaintySeconds());
    }

    @Test
    void aShortRoundTripOutweighsALaterLongOneForAWhile() {
        exchange(1, 1, 100);
        pass(30_000);
        exchange(2000, 0, 100);
        assertThat(sample().getClockOffsetSeconds()).isCloseTo(0.1, within(1e-9));
        assertThat(sample().getClockUncertaintySeconds()).isBetween(0.002, 0.01);
    }

    @Test
    void aClockThatIsSetMovesTheOffsetAtOnce() {
        exchange(1, 1, 0);
        pass(10_000);
        wallMs += 3_600_000;
        assertThat(sample().getClockOffsetSeconds()).isCloseTo(3600, within(0.01));
        wallMs -= 7_200_000;
        assertThat(sample().getClockOffsetSeconds()).isCloseTo(-3600, within(0.01));
    }

    @Test
    void aPortalThatDoesNotTellOrThatWasNotHeardForLongLeavesItAbsent() {
        clock.answered(new RoundTrip(wallMs, nanos, nanos + MS), 0);
        assertThat(sample().hasClockOffsetSeconds()).isFalse();
        exchange(1, 1, 0);
        pass(14 * 60_000);
        assertThat(sample().hasClockOffsetSeconds()).isTrue();
        pass(2 * 60_000);
        assertThat(sample().hasClockOffsetSeconds()).isFalse();
        assertThat(sample().hasClockUncertaintySeconds()).isFalse();
    }
}
