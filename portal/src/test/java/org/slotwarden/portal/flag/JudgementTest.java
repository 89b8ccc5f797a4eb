package org.slotwarden.portal.flag;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.judging.rule.SiteRule;
import org.slotwarden.portal.rule.LiveRules;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.SeriesQueries;

/** Of jobs whose facts change while they run. */
class JudgementTest {

    private static final long JOB = 7;
    private static final long SLOT = 1;

    private final FlagProperties properties =
            Story.settings(Map.of("slotwarden.flags.queues.generous.cpu-overuse.raise-at", "5"));
    private final JobRequests requests = mock(JobRequests.class);
    private final SeriesQueries series = mock(SeriesQueries.class);
    private final NodeLoads loads = mock(NodeLoads.class);
    private final JobHistory history = new JobHistory(series, loads);
    private final FlagStore store = mock(FlagStore.class);
    private final LiveRules rules = mock(LiveRules.class);
    private final RuleFlags ruleFlags = new RuleFlags(rules, store);
    private final Clock clock = mock(Clock.class);
    private final List<JobSample> stored = new ArrayList<>();
    private final Judgement judgement =
            JudgementWithout.database(properties, requests, history, store, ruleFlags, clock);

    @BeforeEach
    void whatIsStored() {
        when(rules.current()).thenReturn(RuleSet.NONE);
        when(series.since(eq(SLOT), any())).thenAnswer(asked -> storedBetween(asked.getArgument(1), Instant.MAX));
        when(series.between(eq(SLOT), any(), any()))
                .thenAnswer(asked -> storedBetween(asked.getArgument(1), asked.getArgument(2)));
        when(loads.of(any(), any(), any())).thenReturn(new NodeLoads.Load(1));
        when(store.raise(anyLong(), any(), any(), any()))
                .thenAnswer(asked -> new FlagStore.Standing(
                        1, Severity.WARN, asked.getArgument(3), asked.getArgument(3), asked.getArgument(3)));
    }

    private List<JobSample> storedBetween(Instant from, Instant to) {
        return stored.stream()
                .filter(sample -> !sample.time().isBefore(from) && sample.time().isBefore(to))
                .toList();
    }

    private void queue(String queue) {
        JobRequest of = Story.request(1, null, 1);
        when(requests.ofLive(any()))
                .thenReturn(Map.of(
                        JOB,
                        new JobRequest(
                                queue,
                                of.cores(),
                                of.memoryBytes(),
                                of.nodeCount(),
                                of.sampleIntervalSeconds(),
                                of.wallTimeSeconds(),
                                of.startedAt(),
                                of.usual(),
                                of.member(),
                                of.slots())));
    }

    /** 3.9 busy cores, a sample each half minute, judged as they come. */
    private void works(Duration from, Duration to) {
        works(from, to, 3);
    }

    private void works(Duration from, Duration to, int processes) {
        for (Duration age = from; age.compareTo(to) <= 0; age = age.plusSeconds(30)) {
            Instant time = Story.START.plus(age);
            when(clock.instant()).thenReturn(time);
            JobSample sample = new JobSample(
                    time,
                    Map.of(
                            Metric.CPU_USER_SECONDS, 3.9 * age.toSeconds(),
                            Metric.CPU_SYSTEM_SECONDS, 0.0,
                            Metric.PROCESSES, (double) processes,
                            Metric.READ_BYTES, 0.0,
                            Metric.WRITE_BYTES, 0.0));
            judgement.judge(new SamplesStored(JOB, SLOT, List.of(sample)));
            stored.add(sample);
        }
    }

    /** As after a restart of the portal: the flag that was raised last stands in the database. */
    private void restart(FlagKind kind, FlagStore.Standing flag) {
        judgement.forget(JOB);
        Map<FlagKind, FlagStore.Standing> byKind = new EnumMap<>(FlagKind.class);
        Map<Long, FlagStore.Standing> byRule = new HashMap<>();
        if (kind == FlagKind.SITE_RULE) {
            byRule.put(1L, flag);
        } else {
            byKind.put(kind, flag);
        }
        when(store.standing(any())).thenReturn(Map.of(JOB, byKind));
        when(store.standingByRule(any())).thenReturn(Map.of(JOB, byRule));
    }

    @Test
    void aFlagWhoseCauseIsOlderThanWhatIsReadAgain_standsOverARestart_andIsClearedAfterIt() {
        queue("generous");
        works(Duration.ofSeconds(30), Duration.ofHours(1), 3);
        works(Duration.ofSeconds(3630), Duration.ofHours(20), 300);
        verify(store).raise(eq(JOB), eq(FlagKind.PROCESS_STORM), any(), any());
        verify(store, never()).clear(anyLong(), any());

        Instant began = Story.START.plus(Duration.ofSeconds(3630));
        restart(FlagKind.PROCESS_STORM, new FlagStore.Standing(9, Severity.WARN, began, began.plusSeconds(30), began));
        works(Duration.ofSeconds(20 * 3600 + 30), Duration.ofHours(21), 300);
        verify(store, never()).clear(anyLong(), any());
        verify(store, times(1)).raise(eq(JOB), eq(FlagKind.PROCESS_STORM), any(), any());

        works(Duration.ofSeconds(21 * 3600 + 30), Duration.ofHours(22), 3);
        verify(store).clear(eq(9L), any());
    }

    @Test
    void aFlagOfARuleStandsOverARestart_howeverLongItTookToBeRaised() throws RuleException {
        queue("generous");
        SiteRule rule = SiteRule.of(1, "Busy", 1, "cores > 3", 13 * 3600, 60, Severity.INFO, "", 0);
        RuleSet live = RuleSet.sharing(List.of(rule), RuleSet.NONE);
        when(rules.current()).thenReturn(live);
        when(rules.versions()).thenReturn(Set.of(1L));
        when(store.raiseByRule(anyLong(), anyLong(), any(), any()))
                .thenAnswer(asked -> new FlagStore.Standing(
                        5, Severity.INFO, Story.START, asked.getArgument(3), asked.getArgument(3)));
        works(Duration.ofSeconds(30), Duration.ofHours(14));
        verify(store).raiseByRule(eq(JOB), eq(1L), any(), any());

        Instant raised = Story.START.plus(Duration.ofHours(13));
        restart(FlagKind.SITE_RULE, new FlagStore.Standing(5, Severity.INFO, Story.START, raised, raised));
        works(Duration.ofSeconds(14 * 3600 + 30), Duration.ofHours(15));
        verify(store, never()).clear(anyLong(), any());
        verify(store, times(1)).raiseByRule(anyLong(), anyLong(), any(), any());
    }

    @Test
    void aJobThatComesToAnotherQueue_isJudgedAnewAsThatOneIs() {
        queue("generous");
        works(Duration.ofSeconds(30), Duration.ofMinutes(30));
        verify(store, never()).raise(anyLong(), any(), any(), any());

        queue("strict");
        works(Duration.ofSeconds(1830), Duration.ofMinutes(45));
        verify(store).raise(eq(JOB), eq(FlagKind.CPU_OVERUSE), any(), any());
    }
}
