package org.slotwarden.portal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.SlotEnd;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.transaction.support.TransactionTemplate;

@PortalTest
class SilenceWatchTest {

    private static final Duration STEP = Duration.ofSeconds(30);
    private static final JobSettings SETTINGS = new JobSettings(Duration.ofMinutes(2), Duration.ofHours(1));

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    JobRows rows;

    @Autowired
    JobLife life;

    @Autowired
    TransactionTemplate transaction;

    @LocalServerPort
    int port;

    TestAgent agent;
    Instant now = start;
    SilenceWatch watch;
    Listening listening = new Listening();
    Duration late = Duration.ZERO;

    @BeforeEach
    void watch() {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
        watch = watchFrom(now);
    }

    private SilenceWatch watchFrom(Instant begin) {
        now = begin;
        InstantSource source = () -> now;
        HeardLate lanes = () -> late;
        listening = new Listening();
        return new SilenceWatch(
                rows,
                life,
                SETTINGS,
                listening,
                new StaticListableBeanFactory(Map.of("lanes", lanes)).getBeanProvider(HeardLate.class),
                transaction,
                source.withZone(ZoneOffset.UTC));
    }

    private void lookIn(Duration afterTheLastReport) {
        Instant then = Instant.now().plus(afterTheLastReport);
        while (now.isBefore(then.minus(STEP))) {
            now = now.plus(STEP);
            watch.look();
        }
        now = then;
        watch.look();
    }

    @Test
    void aJobFallsSilent_isHeardAgain_andVanishesInTheEnd() {
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(60), 1, 1));
        lookIn(Duration.ofSeconds(100));
        assertThat(state()).isEqualTo(JobState.RUNNING);

        lookIn(Duration.ofSeconds(130));
        assertThat(state()).isEqualTo(JobState.SILENT);

        agent.send(slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(90), 2, 1)
                .reports());
        assertThat(state()).isEqualTo(JobState.RUNNING);

        lookIn(Duration.ofMinutes(50));
        assertThat(state()).isEqualTo(JobState.SILENT);
        lookIn(Duration.ofMinutes(61));
        assertThat(job().summary().endedAt()).isEqualTo(start.plusSeconds(90));
        assertThat(state()).isEqualTo(JobState.VANISHED);
    }

    @Test
    void whatComesAfterAll_isBelieved() {
        agent.tell(slot("a", "7").started(start));
        lookIn(Duration.ofMinutes(61));
        assertThat(state()).isEqualTo(JobState.VANISHED);

        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(100), 1, 1));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        assertThat(job().summary().endedAt()).isNull();

        lookIn(Duration.ofMinutes(61));
        agent.tell(slot("a", "7").started(start).ended(start.plusSeconds(200), 0));
        assertThat(state()).isEqualTo(JobState.COMPLETED);
        assertThat(job().summary().endedAt()).isEqualTo(start.plusSeconds(200));
    }

    @Test
    void aLongSamplingIntervalIsNoSilence() {
        agent.send(slot("a", "7").started(start).reports().stream()
                .map(report -> report.toBuilder()
                        .setStart(report.getStart().toBuilder().setSampleIntervalSeconds(300))
                        .build())
                .toList());

        lookIn(Duration.ofMinutes(14));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofMinutes(16));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void withinItsWallTimeASilentJobMayStillRun() {
        agent.tell(
                slot("a", "7").facts(job -> job.setWallTimeLimitSeconds(7200)).started(start));

        lookIn(Duration.ofMinutes(100));
        assertThat(state()).isEqualTo(JobState.SILENT);
        lookIn(Duration.ofMinutes(115));
        assertThat(state()).isEqualTo(JobState.VANISHED);
    }

    @Test
    void afterARestartOfThePortalNobodyIsSilentAtOnce() {
        agent.tell(slot("a", "7").started(start));
        watch = watchFrom(Instant.now().plus(Duration.ofHours(5)));

        watch.look();
        assertThat(state()).isEqualTo(JobState.RUNNING);
        // An agent that found nobody may try again after two minutes only.
        lookIn(Duration.ofHours(5).plusMinutes(3));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofHours(5).plusMinutes(5));
        assertThat(state()).isEqualTo(JobState.SILENT);
        lookIn(Duration.ofHours(5).plusMinutes(61));
        assertThat(state()).isEqualTo(JobState.SILENT);
        lookIn(Duration.ofHours(5).plusMinutes(63));
        assertThat(state()).isEqualTo(JobState.VANISHED);
    }

    @Test
    void whileThePortalStandsStillNobodyIsSilent() {
        agent.tell(slot("a", "7").started(start));
        lookIn(Duration.ZERO);
        now = Instant.now().plus(Duration.ofHours(3));

        watch.look();
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofHours(3).plusMinutes(3));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofHours(3).plusMinutes(5));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void whileNothingCanBeStoredNobodyIsSilent_andTheTimeBeforeCounts() {
        agent.tell(slot("a", "7").started(start));
        Instant told = Instant.now();
        listening.wasDeaf(told.plusSeconds(60), told.plusSeconds(600));

        lookIn(Duration.ofSeconds(770));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        // A minute before, and one after the agents have tried again.
        lookIn(Duration.ofSeconds(790));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void whileThePortalIsBehindNobodyIsSilent() {
        agent.tell(slot("a", "7").started(start));
        late = Duration.ofMinutes(5);

        lookIn(Duration.ofMinutes(6));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofMinutes(8));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void anAgentThatMayNotSampleInTimeSaysSo_andItsJobsAreNotSilent() {
        tellAndBeLate(30, 270, List.of(error("samples-stretched", 3)));

        lookIn(Duration.ofMinutes(14));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofMinutes(16));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void anAgentThatBeginsToBeLateDoesNotKnowByHowMuch_andItsJobsAreNotSilent() {
        tellAndBeLate(6, 0, List.of(error("samples-stretched", 1)));

        lookIn(Duration.ofMinutes(9));
        assertThat(state()).isEqualTo(JobState.RUNNING);
        lookIn(Duration.ofMinutes(11));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    @Test
    void anAgentWithDearSamplesThatComeInTimeIsNoExcuse() {
        tellAndBeLate(6, 0, List.of(error("portal-away", 1)));

        lookIn(Duration.ofMinutes(3));
        assertThat(state()).isEqualTo(JobState.SILENT);
    }

    private void tellAndBeLate(double cpuSeconds, double lateSeconds, List<ErrorCount> errors) {
        agent.send(
                batch -> batch.addAllSlotReports(slot("a", "7").started(start).reports())
                        .setAgentStatus(AgentStatus.newBuilder()
                                .setTimeMs(Instant.now().toEpochMilli())
                                .setStartedAtMs(start.toEpochMilli())
                                .setSampleCpuSeconds(cpuSeconds)
                                .setSampleLateSeconds(lateSeconds)
                                .addAllErrors(errors)));
    }

    private static ErrorCount error(String kind, long count) {
        return ErrorCount.newBuilder().setKind(kind).setCount(count).build();
    }

    @Test
    void aNodeThatNeverReportsDelaysTheEndAndDoesNotPreventIt() {
        agent.tell(slot("a", "7")
                .facts(job -> job.addNodes("n1").addNodes("n2"))
                .started(start)
                .ended(start.plusSeconds(60), 0));
        assertThat(state()).isEqualTo(JobState.RUNNING);

        lookIn(Duration.ofSeconds(130));
        assertThat(state()).isEqualTo(JobState.COMPLETED);
        assertThat(job().summary().endedAt()).isEqualTo(start.plusSeconds(60));
    }

    @Test
    void anAgentThatSawItsJobGoneSaysSo_andAnEpilogueKnowsBetter() {
        agent.tell(slot("a", "7")
                .started(start)
                .ended(start.plusSeconds(60), end -> end.setCause(SlotEnd.Cause.VANISHED)));
        assertThat(state()).isEqualTo(JobState.VANISHED);

        agent.tell(slot("a", "7")
                .started(start)
                .ended(start.plusSeconds(62), end -> end.setExitCode(0).setBatchState("TIMEOUT")));
        assertThat(state()).isEqualTo(JobState.TIMEOUT);
        assertThat(job().batchState()).isEqualTo("TIMEOUT");
        assertThat(job().summary().endedAt()).isEqualTo(start.plusSeconds(62));
    }

    private JobState state() {
        return job().summary().state();
    }

    private JobDetails job() {
        List<JobSummary> all = jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, new Viewer("admin", true))
                .jobs();
        assertThat(all).hasSize(1);
        return jobs.find(all.getFirst().id()).orElseThrow();
    }
}
