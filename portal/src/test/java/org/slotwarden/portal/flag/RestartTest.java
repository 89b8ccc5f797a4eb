package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.slotwarden.portal.flag.Story.GIGABYTE;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.SeriesQueries;

/** A portal that starts in the middle of whatever goes wrong says the same at the same moment as one that went on. */
class RestartTest {

    private static final long JOB = 7;
    private static final long SLOT = 1;

    /** Its memory rises for an hour, to three quarters of the limit, and is given back. */
    private static Story leaks() {
        return Story.of(1, 4 * GIGABYTE)
                .does(Duration.ofMinutes(20), doing -> doing.rss(0.3 * GIGABYTE))
                .changes(Duration.ofMinutes(60), (doing, s) -> doing.rss((0.3 + s * 2.7 / 3600) * GIGABYTE))
                .does(Duration.ofMinutes(20), doing -> doing.rss(0.3 * GIGABYTE));
    }

    /** What a portal on one database says. */
    private static final class Site {
        private final List<String> said = new ArrayList<>();
        private final List<JobSample> stored = new ArrayList<>();
        private final Map<FlagKind, FlagStore.Standing> standing = new EnumMap<>(FlagKind.class);
        private final JobRequests requests = mock(JobRequests.class);
        private final SeriesQueries series = mock(SeriesQueries.class);
        private final NodeLoads loads = mock(NodeLoads.class);
        private final FlagStore store = mock(FlagStore.class);
        private final RuleFlags rules = mock(RuleFlags.class);
        private final Clock clock = mock(Clock.class);
        private Instant now = Story.START;

        Site(JobRequest request) {
            when(clock.instant()).thenAnswer(asked -> now);
            when(rules.rules()).thenReturn(RuleSet.NONE);
            when(requests.ofLive(any())).thenReturn(Map.of(JOB, request));
            when(loads.of(any(), any(), any())).thenReturn(new NodeLoads.Load(1));
            when(series.since(eq(SLOT), any())).thenAnswer(asked -> since(asked.getArgument(1)));
            doAnswer(asked -> {
                        BiConsumer<Long, JobSample> reader = asked.getArgument(2);
                        since(asked.getArgument(1)).forEach(sample -> reader.accept(SLOT, sample));
                        return null;
                    })
                    .when(series)
                    .since(any(), any(), any());
            when(store.standing(any())).thenAnswer(asked -> Map.of(JOB, new EnumMap<>(standing)));
            when(store.raise(anyLong(), any(), any(), any())).thenAnswer(asked -> {
                FlagKind kind = asked.getArgument(1);
                FlagStore.Verdict verdict = asked.getArgument(2);
                var raised = new FlagStore.Standing(
                        kind.ordinal(),
                        verdict.severity(),
                        verdict.evidence().from(),
                        asked.getArgument(3),
                        asked.getArgument(3));
                standing.put(kind, raised);
                said.add("%s raised at %s: %s".formatted(kind, asked.getArgument(3), verdict.sentence()));
                return raised;
            });
            doAnswer(asked -> {
                        FlagKind kind =
                                FlagKind.values()[asked.<Long>getArgument(0).intValue()];
                        standing.remove(kind);
                        said.add("%s cleared at %s".formatted(kind, asked.getArgument(1)));
                        return null;
                    })
                    .when(store)
                    .clear(anyLong(), any());
        }

        private List<JobSample> since(Instant since) {
            return stored.stream()
                    .filter(sample -> !sample.time().isBefore(since))
                    .toList();
        }

        private Judgement start() {
            FlagProperties properties = Story.settings(Map.of());
            JobHistory history = new JobHistory(series, loads);
            return JudgementWithout.database(properties, requests, history, store, rules, clock);
        }
    }

    /**
     * @param restart number of the sample before which the portal is started anew; -1: it never is
     */
    private static List<String> judged(List<JobSample> samples, int restart) {
        Site site = new Site(Story.request(1, 4 * GIGABYTE, 1));
        Judgement judgement = site.start();
        for (int i = 0; i < samples.size(); i++) {
            JobSample sample = samples.get(i);
            site.now = sample.time();
            site.stored.add(sample);
            if (i == restart) {
                judgement = site.start();
            }
            judgement.judge(new SamplesStored(JOB, SLOT, List.of(sample)));
        }
        return site.said;
    }

    private static void sameWhereverItIsRestarted(List<JobSample> samples, int kinds) {
        List<String> through = judged(samples, -1);
        assertThat(through).hasSize(2 * kinds);
        for (int restart = 5; restart < samples.size(); restart += 23) {
            assertThat(judged(samples, restart))
                    .as("restarted at sample %d", restart)
                    .isEqualTo(through);
        }
    }

    @Test
    void inTheMiddleOfALeak() {
        sameWhereverItIsRestarted(leaks().samples(1), 1);
    }

    @Test
    void inTheMiddleOfOverloadSilenceAndMore() {
        sameWhereverItIsRestarted(JobTrackTest.eventful().samples(1), 4);
    }
}
