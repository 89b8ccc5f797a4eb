package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.greedy;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.portal.series.Series;
import org.slotwarden.portal.series.SeriesQueries;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SampleRequest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Samples that agents hold back: who asks for them, how often, and what they may change. */
@PortalTest
class HeldBackTest {

    private static final Viewer ADMIN = new Viewer("admin", true);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    @Autowired
    FlagQueries flags;

    @Autowired
    SeriesQueries series;

    @Autowired
    HeldBackSamples heldBack;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @LocalServerPort
    int port;

    TestAgent agent;

    @BeforeEach
    void agent() {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
    }

    @Test
    void theAnswerToAFailureAsksForTheLastTenMinutes_ofThatSlotOnly_untilSamplesCome() {
        SlotStory failing = running("a", "7").ended(now.minusSeconds(1), 1);
        SlotStory healthy = running("b", "8");

        ReportAnswer answer = agent.tell(failing, healthy);

        assertThat(answer.getSendHeldBackOfList()).singleElement().satisfies(request -> {
            assertThat(request.getSlotId()).isEqualTo("a");
            assertThat(Duration.ofMillis(request.getToMs() - request.getFromMs()))
                    .isEqualTo(Duration.ofMinutes(10));
            assertThat(Instant.ofEpochMilli(request.getToMs())).isBetween(now.minusSeconds(5), now.plusSeconds(60));
        });
        // The answer may have been lost, and the slot is over: it is told again, whatever the next report is about.
        assertThat(agent.tell(healthy).getSendHeldBackOfList()).hasSize(1);
        agent.tell(failing.sample(now.minusSeconds(2), held(JobSample.Reason.ASKED, 5)));
        assertThat(agent.tell(failing, healthy).getSendHeldBackOfList()).isEmpty();
    }

    @Test
    void anAgentThatHasNothingIsNotAskedForEver() {
        agent.tell(running("a", "7").ended(now.minusSeconds(1), 1));
        for (int told = 2; told <= 3; told++) {
            assertThat(agent.send(List.of()).getSendHeldBackOfList()).hasSize(1);
        }
        assertThat(agent.send(List.of()).getSendHeldBackOfList()).isEmpty();
    }

    @Test
    void jobsThatEndWellOrLongAgoAreNotAskedAbout() {
        assertThat(agent.tell(running("a", "7").ended(now.minusSeconds(1), 0)).getSendHeldBackOfList())
                .isEmpty();
        Instant yesterday = now.minus(Duration.ofDays(1));
        assertThat(agent.tell(slot("b", "8").started(yesterday).ended(yesterday.plusSeconds(60), 1))
                        .getSendHeldBackOfList())
                .isEmpty();
    }

    @Test
    void aProcessOfOneSlotIsNotAskedForTheSlotsOfOthers() {
        agent.tell(running("a", "7"), running("b", "8"));
        assertThat(heldBack.ask(job("7").summary().id(), Duration.ofMinutes(1), ADMIN))
                .isTrue();

        assertThat(agent.tellAsOwnProcess(running("b", "8")).getSendHeldBackOfList())
                .isEmpty();
        assertThat(agent.tellAsOwnProcess(running("a", "7")).getSendHeldBackOfList())
                .extracting(SampleRequest::getSlotId)
                .containsExactly("a");
    }

    @Test
    void timesAreByTheClockOfTheNode() {
        Duration behind = Duration.ofHours(3);
        agent.send(batch -> batch.setSentAtMs(now.minus(behind).toEpochMilli())
                .addAllSlotReports(slot("a", "7").started(now.minus(behind)).reports()));
        heldBack.ask(job("7").summary().id(), Duration.ofSeconds(60), ADMIN);

        SampleRequest request = agent.send(
                        batch -> batch.setSentAtMs(now.minus(behind).toEpochMilli()))
                .getSendHeldBackOf(0);

        assertThat(Instant.ofEpochMilli(request.getToMs()))
                .isBetween(now.minus(behind).minusSeconds(30), now.minus(behind).plusSeconds(90));
    }

    @Test
    void aFlagAsksOnce_andWhatComesLateChangesNeitherItNorTheLatestFigures() {
        SlotStory greedy = slot("a", "7").facts(job -> job.setRequestedCores(1)).started(now.minusSeconds(1200));
        for (int age = 1170; age >= 0; age -= 30) {
            int seconds = 1200 - age;
            greedy.sample(
                    now.minusSeconds(age),
                    sample -> sample.setCpuUserSeconds(2.5 * seconds)
                            .setCpuSystemSeconds(0)
                            .setMemoryRssBytes(1000)
                            .setReadChars(seconds)
                            .setWriteChars(seconds)
                            .setProcesses(3)
                            .setOpenSockets(1));
        }
        agent.tell(greedy);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                                flags.search(FlagFilter.STANDING, 0, 10, ADMIN).flags())
                        .hasSize(1));
        var flag = flags.search(FlagFilter.STANDING, 0, 10, ADMIN).flags().getFirst();
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(heldBack.ofJob(job("7").summary().id(), 10))
                                .extracting(HeldBackSamples.Request::cause)
                                .containsExactly("flag " + flag.id()));
        assertThat(agent.send(List.of()).getSendHeldBackOfList())
                .extracting(SampleRequest::getSlotId)
                .containsExactly("a");
        JobDetails before = job("7");

        // Ten minutes of fine samples: without CPU time for a stretch, idle for another, and a peak of memory.
        SlotStory fine = slot("a", "7").known();
        for (int age = 599; age >= 1; age--) {
            if (age % 30 == 0) {
                continue;
            }
            int seconds = 1200 - age;
            fine.sample(now.minusSeconds(age), sample -> {
                sample.setReason(JobSample.Reason.ASKED).setMemoryRssBytes(seconds == 1000 ? 9000 : 500);
                if (seconds < 900 || seconds > 1000) {
                    sample.setCpuUserSeconds(2.5 * seconds).setCpuSystemSeconds(0);
                }
            });
        }
        fine.sample(now.plusSeconds(1), held(JobSample.Reason.EVENT, 77));
        agent.send(fine.reports().stream()
                .map(report -> report.toBuilder()
                        .setSequence(report.getSequence() + 1000)
                        .build())
                .toList());

        JobDetails after = job("7");
        assertThat(after.summary().coresUsed()).isEqualTo(2.5);
        assertThat(after.summary().cpuSeconds()).isEqualTo(before.summary().cpuSeconds());
        assertThat(after.summary().memoryRssBytes()).isEqualTo(1000);
        assertThat(after.summary().maxMemoryRssBytes()).isEqualTo(9000);
        assertThat(after.summary().processes()).isEqualTo(3);
        assertThat(after.slots().getFirst().latest())
                .isEqualTo(before.slots().getFirst().latest());

        // The next regular sample is judged as if nothing had come in between.
        agent.send(slot("a", "7")
                .sample(
                        now.plusSeconds(2),
                        sample -> sample.setCpuUserSeconds(2.5 * 1202)
                                .setCpuSystemSeconds(0)
                                .setReadChars(1202)
                                .setWriteChars(1202))
                .reports()
                .stream()
                .map(report -> report.toBuilder().setSequence(5000).build())
                .toList());
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                                flags.search(FlagFilter.ALL, 0, 10, ADMIN).flags())
                        .singleElement()
                        .satisfies(same -> assertThat(same.id()).isEqualTo(flag.id()))
                        .satisfies(same -> assertThat(same.state().standing()).isTrue()));
        assertThat(heldBack.ofJob(after.summary().id(), 10)).hasSize(1);

        // The fine samples stand where they belong.
        List<Series.Point> memory = series.ofJob(
                        after.summary().id(),
                        EnumSet.of(Metric.MEMORY_RSS_BYTES),
                        now.minusSeconds(210),
                        now.minusSeconds(190),
                        100)
                .lines()
                .getFirst()
                .points();
        assertThat(memory)
                .hasSize(21)
                .extracting(Series.Point::value)
                .doesNotContainNull()
                .contains(9000.0, 1000.0);
        assertThat(series.ofJob(
                                after.summary().id(),
                                EnumSet.of(Metric.CORES_USED),
                                now.minusSeconds(600),
                                now.minusSeconds(1),
                                2000)
                        .lines()
                        .getFirst()
                        .points())
                .extracting(Series.Point::value)
                .allSatisfy(cores -> assertThat(cores).isBetween(2.49, 2.51));
        // More samples than points, and still as fine as they are.
        assertThat(series.ofJob(
                                after.summary().id(),
                                EnumSet.of(Metric.MEMORY_RSS_BYTES),
                                now.minusSeconds(600),
                                now,
                                400)
                        .intervalSeconds())
                .isLessThan(2);
    }

    @Test
    void fineSamplesThatAreNewerThanTheRegularOnesDoNotClearAFlag() {
        agent.tell(greedy("a", "7", now, 1500, 300));
        awaitFlags(1);

        // Five minutes in which nothing was busy: enough to clear it, were it judged.
        SlotStory idle = slot("a", "7").known();
        for (int age = 299; age >= 1; age--) {
            idle.sample(
                    now.minusSeconds(age),
                    sample -> sample.setReason(JobSample.Reason.ASKED)
                            .setCpuUserSeconds(2.5 * 1200)
                            .setCpuSystemSeconds(0));
        }
        agent.tell(idle);
        // One thread judges, in the order of what comes in: when this one has its flag, the above was judged.
        agent.tell(greedy("b", "8", now, 1500, 0));
        awaitFlags(2);

        assertThat(job("7").summary().openFlags()).containsExactly("cpu_overuse");
    }

    private void awaitFlags(int count) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                                flags.search(FlagFilter.ALL, 0, 10, ADMIN).total())
                        .isEqualTo(count));
    }

    @Test
    void ownersAndAdminsAskByRest_othersDoNotKnowTheJob() {
        agent.tell(running("a", "7"));
        String path = "/api/v1/jobs/" + job("7").summary().id() + "/held-back";
        HttpVisitor anna = visitor("anna");
        HttpVisitor bert = visitor("bert");

        assertThat(bert.send("POST", path, "").statusCode()).isEqualTo(404);
        assertThat(bert.get(path).statusCode()).isEqualTo(404);
        for (String body : List.of("{\"last_seconds\":0}", "{\"last_seconds\":3601}", "{\"last_seconds\":-1}")) {
            assertThat(anna.send("POST", path, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(agent.send(List.of()).getSendHeldBackOfList()).isEmpty();
        assertThat(anna.send("POST", path, "").statusCode()).isEqualTo(202);
        assertThat(anna.send("POST", path, "{\"last_seconds\":120}").statusCode())
                .isEqualTo(202);
        assertThat(agent.send(List.of()).getSendHeldBackOfList())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.getToMs() - request.getFromMs()).isEqualTo(120_000));
        assertThat(anna.get(path).body()).contains("\"cause\":\"asked\"", "\"asked_by\":\"anna\"", "\"told\":1");
    }

    @Test
    void ofAJobThatEndedLongAgoNothingIsHeldBackAnyMore() {
        Instant yesterday = now.minus(Duration.ofDays(1));
        agent.tell(slot("a", "7").started(yesterday).ended(yesterday.plusSeconds(60), 0));

        assertThat(heldBack.ask(job("7").summary().id(), Duration.ofMinutes(1), ADMIN))
                .isFalse();
    }

    private HttpVisitor visitor(String account) {
        accounts.create(account, "correct horse battery", Role.USER);
        return HttpVisitor.withToken(port, apiTokens.issue(account, "t", null).token());
    }

    private static java.util.function.Consumer<JobSample.Builder> held(JobSample.Reason reason, long rss) {
        return sample -> sample.setReason(reason).setMemoryRssBytes(rss);
    }

    private SlotStory running(String slot, String job) {
        return slot(slot, job).started(now.minusSeconds(300)).sample(now.minusSeconds(30), 100, 1000);
    }

    private JobDetails job(String batchId) {
        return jobs
                .search(
                        new JobFilter(java.util.Set.of(), null, null, null, null, batchId, null, null, null),
                        JobSort.NEWEST_FIRST,
                        0,
                        1,
                        ADMIN)
                .jobs()
                .stream()
                .findFirst()
                .flatMap(job -> jobs.find(job.id()))
                .orElseThrow();
    }
}
