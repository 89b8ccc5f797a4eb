package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.flag.Story.GIGABYTE;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.series.JobSample;

class JobTrackTest {

    /** Everything goes wrong, one after the other, and gets well again. */
    private static Story eventful() {
        Story story = Story.of(1, 4 * GIGABYTE);
        return story.does(Duration.ofMinutes(30), doing -> doing.cores(1.0))
                .does(Duration.ofMinutes(20), doing -> doing.cores(3.0))
                .does(Duration.ofMinutes(50), doing -> doing.cores(0.0))
                .changes(Duration.ofMinutes(60), (doing, s) -> doing.rss(1.08 * GIGABYTE * s / 1000))
                .gap(Duration.ofMinutes(30), 1)
                .changes(Duration.ofMinutes(60), (doing, s) -> doing.sockets(5 + s / 5.0))
                .does(Duration.ofMinutes(30), doing -> doing.cores(1.0));
    }

    private static Map<FlagKind, Boolean> verdicts(JobTrack track) {
        Map<FlagKind, Boolean> standing = new EnumMap<>(FlagKind.class);
        track.detectors().forEach(detector -> standing.put(detector.kind(), detector.standing()));
        return standing;
    }

    @Test
    void everyKindComesAndGoes_onceEach() {
        Story story = eventful();
        for (FlagKind kind : FlagKind.values()) {
            assertThat(story.raised(kind)).as("%s raised", kind).hasSize(1);
            assertThat(story.cleared(kind)).as("%s cleared", kind).hasSize(1);
        }
    }

    @Test
    void stateBuiltFromStoredSamples_givesTheSameVerdictsAtTheSameSamples_whereverItIsRestarted() {
        List<JobSample> samples = eventful().samples(1);
        FlagProperties settings = Story.settings(Map.of());
        JobTrack through = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        JobTrack restarted = through;
        for (int i = 0; i < samples.size(); i++) {
            if (i % 50 == 49) {
                restarted = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
                for (JobSample earlier : samples.subList(0, i)) {
                    restarted.feed(1, earlier);
                }
            }
            through.feed(1, samples.get(i));
            restarted.feed(1, samples.get(i));
            assertThat(verdicts(restarted)).as("after sample %d", i).isEqualTo(verdicts(through));
            for (int d = 0; d < through.detectors().size(); d++) {
                if (through.detectors().get(d).standing()) {
                    assertThat(restarted.detectors().get(d).finding())
                            .isEqualTo(through.detectors().get(d).finding());
                }
            }
        }
    }

    @Test
    void samplesOutOfOrderAndTwice_changeNothing() {
        List<JobSample> samples = eventful().samples(1);
        FlagProperties settings = Story.settings(Map.of());
        JobTrack clean = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        JobTrack disturbed = new JobTrack(settings, Story.request(1, 4 * GIGABYTE, 1));
        for (int i = 0; i < samples.size(); i++) {
            assertThat(clean.feed(1, samples.get(i))).isTrue();
            disturbed.feed(1, samples.get(i));
            assertThat(disturbed.feed(1, samples.get(i))).isFalse();
            assertThat(disturbed.feed(1, samples.get(i / 2))).isFalse();
            assertThat(verdicts(disturbed)).isEqualTo(verdicts(clean));
        }
    }

    @Test
    void aSlotThatEnded_isNotWaitedFor() {
        Story story = new Story(
                Story.settings(Map.of()),
                new JobRequest(4, null, null, 30.0, Story.request(4, null, 2).slots()),
                Duration.ofSeconds(30));
        story.together(
                Duration.ofHours(1), Map.of(1L, (doing, s) -> doing.cores(2.0), 2L, (doing, s) -> doing.cores(2.0)));
        story.track.request(
                new JobRequest(4, null, null, 30.0, Story.request(4, null, 1).slots()));
        story.does(Duration.ofHours(1), doing -> doing.cores(0.0));

        assertThat(story.raised(FlagKind.HANG)).hasSize(1);
    }
}
