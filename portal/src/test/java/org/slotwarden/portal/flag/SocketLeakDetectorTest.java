package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.flag.FlagKind.SOCKET_LEAK;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SocketLeakDetectorTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aSteadyRise_isFlagged_andClearedWhenItStops() {
        Story story = Story.of(1, null);
        story.does(HOUR, doing -> doing.sockets(12.0))
                .changes(HOUR, (doing, seconds) -> doing.sockets(12 + seconds / 10.0));

        assertThat(story.raised(SOCKET_LEAK)).hasSize(1);
        assertThat(story.raised(SOCKET_LEAK).getFirst()).isBetween(HOUR.plusMinutes(20), HOUR.plusMinutes(31));
        Finding finding = story.detector(SOCKET_LEAK).finding();
        assertThat(finding.slotId()).isEqualTo(1);
        assertThat(finding.sentence()).startsWith("Open sockets rose from 1").contains(" to 372 in ");

        story.does(HOUR, doing -> doing.sockets(372.0));
        assertThat(story.cleared(SOCKET_LEAK)).hasSize(1);
        assertThat(story.cleared(SOCKET_LEAK).getFirst())
                .isBetween(
                        HOUR.multipliedBy(2).plusMinutes(7),
                        HOUR.multipliedBy(2).plusMinutes(16));
        assertThat(story.raised(SOCKET_LEAK)).hasSize(1);
    }

    @Test
    void aSlowRiseWithNoise_isFlaggedOnce() {
        IntToDoubleFunction noise = Story.noise(0, 1.5);
        Story story = Story.of(1, null);
        story.changes(
                HOUR.multipliedBy(3),
                (doing, seconds) -> doing.sockets(20 + seconds / 60.0 + noise.applyAsDouble(seconds)));

        assertThat(story.raised(SOCKET_LEAK)).hasSize(1);
        assertThat(story.cleared(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void aWarmUp_isFine() {
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(3), (doing, seconds) -> doing.sockets(500 * (1 - Math.exp(-seconds / 600.0))));

        assertThat(story.raised(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void sawTeethOfAPool_areFine() {
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(6), (doing, seconds) -> doing.sockets(5.0 + seconds % 600 / 3.0));

        assertThat(story.raised(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void noiseAroundAHighNumber_isFine() {
        IntToDoubleFunction noise = Story.noise(2000, 300);
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(24), (doing, seconds) -> doing.sockets(noise.applyAsDouble(seconds)));

        assertThat(story.raised(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void aFewMore_areFine() {
        Story story = Story.of(1, null);
        story.changes(HOUR.multipliedBy(6), (doing, seconds) -> doing.sockets(5.0 + seconds / 180.0));

        assertThat(story.raised(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void stepsBeforeAndAfterAGap_areNoRise() {
        Story story = Story.of(1, null);
        for (int step = 0; step < 20; step++) {
            double sockets = 100.0 * step;
            story.does(Duration.ofMinutes(2), doing -> doing.sockets(sockets)).gap(Duration.ofMinutes(30), 1);
        }

        assertThat(story.raised(SOCKET_LEAK)).isEmpty();
    }

    @Test
    void slotsThatComeOneAfterTheOther_areNoRise_butALeakInOneOfThemIs() {
        Story story = new Story(Story.settings(Map.of()), Story.request(8, null, 2), Duration.ofSeconds(30));
        story.does(HOUR, doing -> doing.sockets(50.0))
                .together(HOUR, Map.of(1L, (doing, s) -> doing.sockets(50.0), 2L, (doing, s) -> doing.sockets(500.0)));
        assertThat(story.raised(SOCKET_LEAK)).isEmpty();

        story.together(
                HOUR, Map.of(1L, (doing, s) -> doing.sockets(50.0), 2L, (doing, s) -> doing.sockets(500 + s / 5.0)));
        assertThat(story.raised(SOCKET_LEAK)).hasSize(1);
        assertThat(story.detector(SOCKET_LEAK).finding().slotId()).isEqualTo(2);
    }
}
