package org.slotwarden.portal.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.NodeSample;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** From an agent's report to a flag, through the whole portal, judged as in production. */
@PortalTest
class FlagLifeTest {

    private static final Viewer ADMIN = new Viewer("root", true);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @LocalServerPort
    int port;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    FlagQueries flags;

    @Autowired
    FlagStore store;

    @Autowired
    RuleFlags ruleFlags;

    @Autowired
    FlagJudge judge;

    @Autowired
    Judgement judgement;

    @Autowired
    FlagProperties properties;

    @Autowired
    QueueSettings settings;

    @Autowired
    JobRequests requests;

    @Autowired
    FlagSettling settling;

    @Autowired
    SeriesQueries series;

    @Autowired
    NodeLoads loads;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    private TestAgent agent;

    @BeforeEach
    void node() {
        agent = new TestAgent(port, "wn1", nodeTokens.issue("wn1"));
    }

    /** A job of anna that asked for one core, begun some minutes ago. */
    private SlotStory job(String id, int minutesAgo) {
        return SlotStory.slot("slot-" + id, id)
                .facts(facts -> facts.setRequestedCores(1))
                .started(minutes(-minutesAgo));
    }

    private Instant minutes(double minutes) {
        return now.plusMillis(Math.round(minutes * 60_000));
    }

    /** A sample each half minute, with this many cores busy from the first to the last. */
    private void uses(SlotStory story, double cores, double from, double to, double cpuSecondsBefore) {
        for (double minute = from; minute <= to; minute += 0.5) {
            story.sample(minutes(minute), cpuSecondsBefore + cores * (minute - from) * 60, 1_000_000);
        }
    }

    private JobSummary summary(String batchJobId) {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 100, ADMIN).jobs().stream()
                .filter(job -> job.jobId().equals(batchJobId))
                .findFirst()
                .orElseThrow();
    }

    private Flag awaitFlag(String batchJobId, FlagState state) {
        long id = summary(batchJobId).id();
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> flags.ofJob(id, ADMIN),
                        found -> found.size() == 1 && found.getFirst().state() == state)
                .getFirst();
    }

    /** Runs between what was told before and what will be told, on the thread that judges. */
    private void betweenReports(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        judge.submit(0, () -> {
            task.run();
            done.countDown();
        });
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void overuse(String id) {
        SlotStory story = job(id, 9);
        uses(story, 3.9, -9, 0, 0);
        agent.tell(story);
    }

    @Test
    void aFlagIsRaisedWhileTheJobRuns_shownWithTheJob_andEndsWithIt() throws InterruptedException {
        SlotStory story = job("1", 9);
        uses(story, 3.9, -9, -0.5, 0);
        agent.tell(story);
        betweenReports(() -> {});

        Flag flag = awaitFlag("1", FlagState.OPEN);
        assertThat(flag.kind()).isEqualTo(FlagKind.CPU_OVERUSE);
        assertThat(flag.severity()).isEqualTo(Severity.WARN);
        assertThat(flag.since()).isEqualTo(minutes(-9));
        assertThat(flag.raisedAt()).isEqualTo(minutes(-3));
        assertThat(flag.firstSentence()).startsWith("Used 3.9 cores for 6 min where 1 was asked for");
        assertThat(flag.sentence()).startsWith("Used 3.9 cores for 8 min");
        assertThat(flag.user()).isEqualTo("anna");
        assertThat(summary("1").openFlags()).containsExactly("cpu_overuse");
        assertThat(flags.standingByKind(ADMIN)).isEqualTo(Map.of(FlagKind.CPU_OVERUSE, 1L));

        agent.tell(story.ended(now, 0));
        Flag ended = awaitFlag("1", FlagState.ENDED);
        assertThat(ended.clearedAt()).isEqualTo(now);
        assertThat(ended.firstSentence()).isEqualTo(flag.firstSentence());
        assertThat(summary("1").openFlags()).isEmpty();
    }

    @Test
    void aFlagIsClearedWhenTheCauseIsGone() {
        SlotStory story = job("1", 18);
        uses(story, 3.9, -18, -6, 0);
        uses(story, 0.5, -5.5, 0, 3.9 * 720 + 15);
        agent.tell(story);

        Flag flag = awaitFlag("1", FlagState.CLEARED);
        assertThat(flag.clearedAt()).isEqualTo(minutes(-1));
        assertThat(summary("1").openFlags()).isEmpty();
    }

    @Test
    void aRestartInTheMiddleOfARise_changesNothing() throws InterruptedException {
        for (String id : List.of("1", "2")) {
            SlotStory story = job(id, 9);
            uses(story, 3.9, -9, -6, 0);
            agent.tell(story);
        }
        betweenReports(() -> judgement.forget(summary("2").id()));
        for (String id : List.of("1", "2")) {
            SlotStory story = job(id, 9);
            uses(story, 3.9, -9, 0, 0);
            agent.tell(story);
        }
        Flag through = awaitFlag("1", FlagState.OPEN);
        Flag restarted = awaitFlag("2", FlagState.OPEN);
        assertThat(restarted.raisedAt()).isEqualTo(through.raisedAt()).isEqualTo(minutes(-3));
        assertThat(restarted.since()).isEqualTo(through.since());
        assertThat(restarted.firstSentence()).isEqualTo(through.firstSentence());
    }

    @Test
    void aJobOfManyNodes_isFollowedAfterARestart_too() throws InterruptedException {
        List<TestAgent> agents = IntStream.range(0, 20)
                .mapToObj(n -> new TestAgent(port, "many" + n, nodeTokens.issue("many" + n)))
                .toList();
        for (String id : List.of("1", "2")) {
            List<SlotStory> slots = IntStream.range(0, 20)
                    .mapToObj(n -> SlotStory.slot("slot-" + id + "-" + n, id)
                            .facts(facts -> facts.setRequestedCores(20))
                            .started(minutes(-9)))
                    .toList();
            // All are known before the first is judged: who comes later is asked for within a minute only.
            IntStream.range(0, 20).forEach(n -> agents.get(n).tell(slots.get(n)));
            for (double minute = -9; minute <= 0; minute += 0.5) {
                if (minute == -5 && id.equals("2")) {
                    betweenReports(() -> judgement.forget(summary("2").id()));
                }
                for (int n = 0; n < 20; n++) {
                    agents.get(n).tell(slots.get(n).sample(minutes(minute), 1.6 * (minute + 9) * 60, 1_000_000));
                }
            }
        }

        Flag through = awaitFlag("1", FlagState.OPEN);
        Flag restarted = awaitFlag("2", FlagState.OPEN);
        assertThat(restarted.since()).isEqualTo(through.since());
        assertThat(restarted.raisedAt())
                .isBetween(through.raisedAt(), through.raisedAt().plusSeconds(30));
    }

    @Test
    void trafficAndRoomAreJudgedAsTheyAreReported_alsoAfterARestart() throws InterruptedException {
        agent.send(batch -> batch.setNodeFacts(NodeFacts.newBuilder().setLinkBytesPerSecond(250_000_000)));
        for (double to : new double[] {-6, 0}) {
            SlotStory floods = job("1", 9);
            SlotStory fills = job("2", 70);
            for (double minute = -9; minute <= to; minute += 0.5) {
                double seconds = (minute + 9) * 60;
                floods.sample(
                        minutes(minute),
                        sample -> sample.setCpuUserSeconds(seconds)
                                .setCpuSystemSeconds(0)
                                .setNetReceiveBytes(Math.round(170e6 * seconds))
                                .setNetTransmitBytes(0));
            }
            for (double minute = -70; minute <= to; minute += 0.5) {
                double seconds = (minute + 70) * 60;
                fills.sample(
                        minutes(minute),
                        sample -> sample.setCpuUserSeconds(seconds)
                                .setCpuSystemSeconds(0)
                                .setWorkdirBytes(Math.round(1e9 + 2e6 * seconds))
                                .setWorkdirFreeBytes(Math.round(9e9 - 2e6 * seconds)));
            }
            agent.tell(floods, fills);
            betweenReports(() -> judgement.forget(summary("1").id()));
        }

        Flag flood = awaitFlag("1", FlagState.OPEN);
        assertThat(flood.kind()).isEqualTo(FlagKind.NETWORK_FLOOD);
        assertThat(flood.raisedAt()).isEqualTo(minutes(-4));
        assertThat(flood.firstSentence()).contains("170 MB/s now", "of the link of 250 MB/s");
        Flag full = awaitFlag("2", FlagState.OPEN);
        assertThat(full.kind()).isEqualTo(FlagKind.DISK_FILL);
        assertThat(full.sentence()).startsWith("Disk use");
    }

    @Test
    void onAFullNodeWhoUsesTooMuchIsWorthAKill_onAnyOtherHeIsNot() {
        agent.send(batch -> batch.setNodeFacts(NodeFacts.newBuilder().setLogicalCores(4)));
        TestAgent roomy = new TestAgent(port, "wn2", nodeTokens.issue("wn2"));
        roomy.send(batch -> batch.setNodeFacts(NodeFacts.newBuilder().setLogicalCores(64)));
        Map<String, TestAgent> agents = Map.of("1", agent, "2", roomy);
        agents.forEach((id, one) -> {
            one.send(batch -> {
                for (int minute = -18; minute <= 0; minute++) {
                    batch.addNodeSamples(NodeSample.newBuilder()
                            .setTimeMs(minutes(minute).toEpochMilli())
                            .setCpuBusySeconds(1000 + 4.0 * 60 * (minute + 18)));
                }
            });
            SlotStory story = job(id, 18);
            uses(story, 3.9, -18, 0, 0);
            one.tell(story);
        });

        await().atMost(Duration.ofSeconds(20))
                .until(() -> awaitFlag("1", FlagState.OPEN).severity() == Severity.KILL);
        assertThat(awaitFlag("2", FlagState.OPEN).severity()).isEqualTo(Severity.WARN);
    }

    @Test
    void aRestartWhileAFlagStands_raisesItNoSecondTime() throws InterruptedException {
        SlotStory story = job("1", 9);
        uses(story, 3.9, -9, -1, 0);
        agent.tell(story);
        Flag before = awaitFlag("1", FlagState.OPEN);

        betweenReports(() -> judgement.forget(before.jobId()));
        agent.tell(story.sample(now, 3.9 * 540, 1_000_000));
        betweenReports(() -> {});

        Flag after = awaitFlag("1", FlagState.OPEN);
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.sentence()).contains("for 9 min");
        assertThatThrownBy(() -> store.raise(
                        before.jobId(),
                        FlagKind.CPU_OVERUSE,
                        new FlagStore.Verdict(null, Severity.WARN, "again", before.evidence()),
                        now))
                .isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void samplesOfThePast_raiseNothing_butWhatStillHoldsIsRaisedNow() throws InterruptedException {
        SlotStory gone = job("1", 60);
        uses(gone, 3.9, -60, -40, 0);
        uses(gone, 0.5, -39.5, -20, 3.9 * 1200 + 15);
        SlotStory holds = job("2", 30);
        uses(holds, 3.9, -30, -11, 0);
        agent.tell(gone, holds);
        betweenReports(() -> {});
        assertThat(flags.search(FlagFilter.ALL, 0, 10, ADMIN).total()).isZero();

        agent.tell(holds.sample(minutes(-9), 3.9 * 1260, 1_000_000));
        Flag flag = awaitFlag("2", FlagState.OPEN);
        assertThat(flag.since()).isEqualTo(minutes(-30));
        assertThat(flag.raisedAt()).isEqualTo(minutes(-9));
        assertThat(flags.ofJob(summary("1").id(), ADMIN)).isEmpty();
    }

    @Test
    void anEndThatWasNotHeardOf_isMadeUpFor() throws InterruptedException {
        SlotStory story = job("1", 9);
        uses(story, 1, -9, -1, 0);
        agent.tell(story.ended(now, 0));
        long id = summary("1").id();
        betweenReports(() -> {});
        store.raise(
                id,
                FlagKind.HANG,
                new FlagStore.Verdict(null, Severity.WARN, "as if", new Evidence("s", 1.0, null, null, null, now, now)),
                now);

        judge.endWhatHasEnded();

        assertThat(awaitFlag("1", FlagState.ENDED).kind()).isEqualTo(FlagKind.HANG);
    }

    @Test
    void manyJobsThatNobodyKnowsYetAreLookedUpTogether_andOnlyUnusualOnesReadAllOfTheirHistory() {
        SlotStory[] stories = new SlotStory[60];
        for (int i = 0; i < stories.length; i++) {
            stories[i] = job("n" + i, 40);
            uses(stories[i], i == 7 ? 3.9 : 1, -9, -6, 0);
        }
        agent.tell(stories);
        Map<Long, Long> jobOf = new HashMap<>();
        jdbc.sql("SELECT id, job_id FROM slot").query(row -> {
            jobOf.put(row.getLong(1), row.getLong(2));
        });
        long busy = summary("n7").id();
        var asked = mock(JobRequests.class, delegatesTo(requests));
        var read = mock(SeriesQueries.class, delegatesTo(series));
        var history = new JobHistory(read, loads);
        var started = new Judgement(
                properties,
                new CaseOpening(properties, settings, asked, history, new JobArrays(asked, history), store, ruleFlags),
                settling,
                ruleFlags,
                history,
                store,
                jobs,
                transaction,
                Clock.systemUTC());
        List<SamplesStored> first = jobOf.entrySet().stream()
                .map(slot -> new SamplesStored(
                        slot.getValue(),
                        slot.getKey(),
                        List.of(new JobSample(
                                minutes(-5.5),
                                Map.of(
                                        Metric.CPU_USER_SECONDS,
                                        (slot.getValue() == busy ? 3.9 : 1) * 210,
                                        Metric.MEMORY_RSS_BYTES,
                                        1e6,
                                        Metric.READ_BYTES,
                                        0.0,
                                        Metric.WRITE_BYTES,
                                        0.0)))))
                .toList();

        started.prepare(first);
        first.forEach(started::judge);

        verify(asked, times(1)).ofLive(any());
        verify(read, times(1)).since(anyCollection(), any(), any());
        long busySlot = jobOf.entrySet().stream()
                .filter(slot -> slot.getValue() == busy)
                .findFirst()
                .orElseThrow()
                .getKey();
        verify(read, times(1)).since(eq(busySlot), any());
        verify(read, times(1)).since(anyLong(), any());
    }

    private HttpVisitor visitor(@Nullable String token) {
        return token == null ? HttpVisitor.anonymous(port) : HttpVisitor.withToken(port, token);
    }

    private HttpResponse<String> get(String path, @Nullable String token) {
        return visitor(token).get(path);
    }

    private HttpResponse<String> acknowledge(long id, String body, @Nullable String token) {
        return visitor(token).send("POST", "/api/v1/flags/" + id + "/acknowledge", body);
    }

    private String token(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return tokens.issue(name, "test", null).token();
    }

    @Test
    void onlyAdminsAcknowledge_andOnlyOwnersSee() {
        String root = token("root", Role.ADMIN);
        String other = token("admin2", Role.ADMIN);
        String anna = token("anna", Role.USER);
        String bert = token("bert", Role.USER);
        overuse("1");
        Flag flag = awaitFlag("1", FlagState.OPEN);
        String words = "{\"note\":\"Asked <b>anna</b>\"}";

        assertThat(acknowledge(flag.id(), words, null).statusCode()).isEqualTo(401);
        assertThat(acknowledge(flag.id(), words, bert).statusCode()).isEqualTo(404);
        assertThat(acknowledge(flag.id(), words, anna).statusCode()).isEqualTo(403);
        assertThat(acknowledge(flag.id() + 1, words, root).statusCode()).isEqualTo(404);
        assertThat(acknowledge(flag.id(), "{\"note\":\"" + "x".repeat(1001) + "\"}", root)
                        .statusCode())
                .isEqualTo(400);
        assertThat(acknowledge(flag.id(), "[", root).statusCode()).isEqualTo(400);
        assertThat(awaitFlag("1", FlagState.OPEN).note()).isNull();

        HttpResponse<String> acknowledged = acknowledge(flag.id(), words, root);
        assertThat(acknowledged.statusCode()).isEqualTo(200);
        assertThat(acknowledged.body())
                .contains("\"state\":\"acknowledged\"", "\"acknowledged_by\":\"root\"", "\"kind\":\"cpu_overuse\"");
        assertThat(acknowledge(flag.id(), "{\"note\":\"mine\"}", other).body())
                .contains("\"acknowledged_by\":\"root\"");
        assertThat(awaitFlag("1", FlagState.ACKNOWLEDGED).note()).isEqualTo("Asked <b>anna</b>");
        assertThat(summary("1").openFlags()).containsExactly("cpu_overuse");

        for (String path : List.of("/api/v1/flags", "/api/v1/flags?state=acknowledged,open&kind=cpu_overuse")) {
            assertThat(get(path, root).body()).contains("\"total\":1");
            assertThat(get(path, anna).body()).contains("\"total\":1");
            assertThat(get(path, bert).body()).contains("\"total\":0", "\"items\":[]");
            assertThat(get(path, null).statusCode()).isEqualTo(401);
        }
        assertThat(get("/api/v1/flags?state=cleared", root).body()).contains("\"total\":0");
        String ofJob = "/api/v1/jobs/" + flag.jobId() + "/flags";
        assertThat(get(ofJob, anna).body()).contains("\"total\":1", "\"first_sentence\":\"Used 3.9 cores");
        assertThat(get(ofJob, bert).statusCode()).isEqualTo(404);
        for (String bad : List.of("state=standing", "kind=hangs", "page=-1", "size=0", "job=x")) {
            assertThat(get("/api/v1/flags?" + bad, root).statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(flags.standingByKind(new Viewer("bert", false))).isEmpty();
        assertThat(flags.search(new FlagFilter(Set.of(), null, null, "bert"), 0, 10, ADMIN)
                        .total())
                .isZero();
    }

    @Test
    void anAcknowledgedFlagIsClearedAndEndsAsAnyOther_andKeepsItsNote() {
        String root = token("root", Role.ADMIN);
        SlotStory story = job("1", 18);
        uses(story, 3.9, -18, -6, 0);
        agent.tell(story);
        Flag flag = awaitFlag("1", FlagState.OPEN);
        acknowledge(flag.id(), "{\"note\":\"seen\"}", root);

        uses(story, 0.5, -5.5, 0, 3.9 * 720 + 15);
        agent.tell(story);

        assertThat(awaitFlag("1", FlagState.CLEARED).note()).isEqualTo("seen");
        assertThat(acknowledge(flag.id(), "{}", root).body()).contains("\"state\":\"cleared\"", "\"note\":\"seen\"");
    }
}
