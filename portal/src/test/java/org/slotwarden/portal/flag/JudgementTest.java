package org.slotwarden.portal.flag;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobFlags;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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
    private final RuleFlags ruleFlags = mock(RuleFlags.class);
    private final Clock clock = mock(Clock.class);
    private final List<JobSample> stored = new ArrayList<>();
    private final Judgement judgement = new Judgement(
            properties,
            new QueueSettings(properties),
            mock(JobQueries.class),
            requests,
            mock(JobFlags.class),
            history,
            new JobArrays(requests, history),
            store,
            ruleFlags,
            mock(HeldBackSamples.class),
            mock(EvidenceRequests.class),
            new TransactionTemplate(mock(PlatformTransactionManager.class)),
            clock);

    @BeforeEach
    void whatIsStored() {
        when(ruleFlags.rules()).thenReturn(RuleSet.NONE);
        when(series.since(eq(SLOT), any())).thenAnswer(asked -> List.copyOf(stored));
        when(loads.of(any(), any(), any())).thenReturn(new NodeLoads.Load(1));
        when(store.raise(anyLong(), any(), any(), any()))
                .thenAnswer(asked -> new FlagStore.Standing(1, Severity.WARN, asked.getArgument(3)));
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
        for (Duration age = from; age.compareTo(to) <= 0; age = age.plusSeconds(30)) {
            Instant time = Story.START.plus(age);
            when(clock.instant()).thenReturn(time);
            JobSample sample = new JobSample(
                    time,
                    Map.of(
                            Metric.CPU_USER_SECONDS, 3.9 * age.toSeconds(),
                            Metric.CPU_SYSTEM_SECONDS, 0.0,
                            Metric.READ_BYTES, 0.0,
                            Metric.WRITE_BYTES, 0.0));
            judgement.judge(new SamplesStored(JOB, SLOT, List.of(sample)));
            stored.add(sample);
        }
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
