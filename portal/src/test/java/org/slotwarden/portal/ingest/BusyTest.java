package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.Progress;
import org.slotwarden.wire.v1.ReportBatch;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** More than can be stored, and what was stored when the portal was killed. */
@PortalTest
class BusyTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    Admission admission;

    @Autowired
    CatchUp catchUp;

    @Autowired
    Lanes lanes;

    @Autowired
    Ingest ingest;

    @Autowired
    Complaints complaints;

    @Autowired
    JobQueries jobs;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    @Test
    void whileThereIsNoRoomAgentsAreToldWhenToComeBack_andNothingIsStored_andThenItIs() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        SlotStory story = slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100);
        byte[] body = agent.batch().addAllSlotReports(story.reports()).build().toByteArray();
        HttpResponse<byte[]> refused;
        try (var room = admission.admit(-1, Long.MAX_VALUE / 2)) {
            assertThat(room).isNotNull();
            refused = agent.post(body);
            assertThat(all()).isZero();
        }

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(agent.post(body).statusCode()).isEqualTo(200);
        assertThat(all()).isEqualTo(1);
    }

    @Test
    void whatWasCommittedAlthoughTheAnswerWasLostIsFoundWhenItComesAgain_andCountsOnce() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100));
        // Another node of a cluster has it, and this portal never heard of its commit.
        jdbc.sql("INSERT INTO job_sample (slot_id, time, cpu_user_seconds, cpu_system_seconds, memory_rss_bytes)"
                        + " SELECT slot_id, ?, 90, 0, 300 FROM job_sample")
                .param(start.plusSeconds(60))
                .update();
        SlotStory again = slot("a", "7").sample(start.plusSeconds(60), 90, 300).sample(start.plusSeconds(90), 120, 200);

        assertThat(agent.tell(again).getAcknowledgedCount()).isEqualTo(2);

        assertThat(jdbc.sql("SELECT COUNT(*) FROM job_sample").query(Long.class).single())
                .isEqualTo(3);
        assertThat(only().cpuSeconds()).isEqualTo(120);
    }

    @Test
    void aBodyThatInflatesIsReadNoFurtherThanThereIsRoom() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[20 << 20]);
        }
        List<Long> asked = new ArrayList<>();

        assertThatThrownBy(() -> BatchReader.read(packed.toByteArray(), "gzip", bytes -> {
                    asked.add(bytes);
                    if (bytes > 1 << 20) {
                        throw new Busy("full", Duration.ofSeconds(1));
                    }
                }))
                .isInstanceOf(Busy.class);
        assertThat(asked).last(as(LONG)).isLessThan((1 << 20) + (128 << 10));
    }

    @Test
    void whatListsDidNotShowWhenThePortalWasKilledTheyShowAfterItsStart() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        agent.tell(slot("a", "7")
                .started(start)
                .sample(start.plusSeconds(30), 30, 100)
                .sample(start.plusSeconds(60), 90, 900)
                .sample(start.plusSeconds(90), 120, 200));
        JobSummary before = only();
        // As it stands when the last two were stored, and the portal was killed before it could show them.
        jdbc.sql("UPDATE slot SET last_sample_at = ?, cpu_seconds = 30, cores_used = NULL, memory_rss_bytes = 100,"
                        + " max_memory_rss_bytes = 100")
                .param(start.plusSeconds(30))
                .update();
        jdbc.sql("UPDATE job SET cpu_seconds = 30, cores_used = NULL, memory_rss_bytes = 100,"
                        + " max_memory_rss_bytes = 100, last_sample_at = ?")
                .param(start.plusSeconds(30))
                .update();

        catchUp.run();

        JobSummary after = only();
        assertThat(after.cpuSeconds()).isEqualTo(120).isEqualTo(before.cpuSeconds());
        assertThat(after.coresUsed()).isEqualTo(1).isEqualTo(before.coresUsed());
        assertThat(after.memoryRssBytes()).isEqualTo(200);
        assertThat(after.maxMemoryRssBytes()).isEqualTo(900);
        assertThat(after.lastSampleAt()).isEqualTo(start.plusSeconds(90));
    }

    @Test
    void whatWasCommittedAlthoughTheAnswerWasLostIsShownInLists_whenItComesAgain() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100));
        jdbc.sql("INSERT INTO job_sample (slot_id, time, cpu_user_seconds, cpu_system_seconds, memory_rss_bytes)"
                        + " SELECT slot_id, ?, 60, 0, 900 FROM job_sample")
                .param(start.plusSeconds(60))
                .update();
        lanes.forget();

        agent.tell(slot("a", "7")
                .sample(
                        start.plusSeconds(60),
                        sample -> sample.setCpuUserSeconds(60)
                                .setCpuSystemSeconds(0)
                                .setMemoryRssBytes(900)
                                .setProgress(
                                        Progress.newBuilder().setFraction(0.5).setText("half"))
                                .addExecutables(ExecutableShare.newBuilder()
                                        .setName("solver")
                                        .setProcesses(2))));

        assertThat(only().maxMemoryRssBytes()).isEqualTo(900);
        JobDetails job = jobs.find(only().id()).orElseThrow();
        assertThat(Objects.requireNonNull(job.progress()).text()).isEqualTo("half");
        assertThat(job.executables()).singleElement().matches(one -> one.name().equals("solver"));
    }

    @Test
    void theFiguresOfALateSampleAreStoredWithIt() {
        String node = "n-" + UUID.randomUUID();
        long id = tokens.authenticate(tokens.issue(node)).orElseThrow().id();
        var live = new LiveSlots();
        store(id, node, live, slot("a", "7").started(start).sample(start.plusSeconds(60), 60, 100));
        store(id, node, live, slot("a", "7").sample(start.plusSeconds(90), 90, 200));
        assertThat(only().maxMemoryRssBytes()).as("not shown yet").isNull();

        store(id, node, live, slot("a", "7").sample(start.plusSeconds(30), 30, 900));

        assertThat(only().maxMemoryRssBytes()).isEqualTo(900);
        assertThat(only().memoryRssBytes()).isEqualTo(200);
    }

    private void store(long id, String node, LiveSlots live, SlotStory story) {
        var batch = ReportBatch.newBuilder()
                .setNode(node)
                .addAllSlotReports(story.reports())
                .build();
        ingest.store(List.of(Contents.of(new ReportingNode(id, node), batch, Instant.now(), complaints)), live);
    }

    @Test
    void slotsThatWereNeverShownAreShownAtTheStart_withTheHighestOfAllTheirSamples() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100));
        jdbc.sql("UPDATE slot SET last_sample_at = NULL, max_memory_rss_bytes = NULL, latest_figures = NULL")
                .update();
        jdbc.sql("INSERT INTO job_sample (slot_id, time, memory_rss_bytes)"
                        + " SELECT slot_id, time - INTERVAL seq SECOND, IF(seq = 7000, 900, seq MOD 100)"
                        + " FROM job_sample, seq_1_to_8000")
                .update();

        catchUp.run();

        assertThat(only().maxMemoryRssBytes()).isEqualTo(900);
        assertThat(only().lastSampleAt()).isEqualTo(start.plusSeconds(30));
    }

    private long all() {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, new Viewer("admin", true))
                .total();
    }

    private JobSummary only() {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 10, new Viewer("admin", true))
                .jobs()
                .getFirst();
    }
}
