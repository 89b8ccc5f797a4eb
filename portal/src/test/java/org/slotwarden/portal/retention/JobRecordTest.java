package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.ByteString;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.SlotExecutable;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.storage.JobMovers;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.TailPart;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@PortalTest
class JobRecordTest {

    private static final List<String> TABLES = List.of(
            "job",
            "slot",
            "job_sample",
            "sample_block",
            "sample_rollup",
            "flag",
            "slot_executable",
            "sample_loss",
            "sample_request");

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(36_000);

    @Autowired
    JobMovers movers;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JsonMapper json;

    @Autowired
    Archiver archiver;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JobRegister register;

    @Autowired
    TransactionTemplate transaction;

    @LocalServerPort
    int port;

    TestAgent agent;
    HttpVisitor admin;

    @BeforeEach
    void site() {
        agent = new TestAgent(port, "n1", nodeTokens.issue("n1"));
        for (String user : List.of("anna", "bert")) {
            accounts.create(user, "correct horse battery", Role.USER);
        }
        accounts.create("ada", "correct horse battery", Role.ADMIN);
        admin = as("ada");
    }

    @Test
    void aJobIsExportedWithAllThatIsKnownOfIt_fromRowsAndFromBlocks() {
        agent.tell(story(500).lost(7, start, start.plusSeconds(60)));
        long job = job();
        String running = as("anna").get("/api/v1/jobs/" + job + "/export").body();
        agent.tell(slot("a", "7").ended(start.plusSeconds(15_000), 1));
        archive();
        jdbc.sql("DELETE FROM job_sample").update();

        HttpResponse<String> answer = as("anna").get("/api/v1/jobs/" + job + "/export");

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/x-ndjson");
        List<Map<String, Object>> lines = lines(answer.body());
        assertThat(lines.getFirst())
                .containsEntry("type", "job")
                .containsEntry("job_id", "7")
                .containsKey("slots");
        assertThat(lines)
                .filteredOn(line -> "loss".equals(line.get("type")))
                .singleElement()
                .satisfies(loss -> assertThat(loss).containsEntry("samples", 7));
        List<Map<String, Object>> samples = samples(lines);
        assertThat(samples).hasSize(500).isEqualTo(samples(lines(running)));
        assertThat(samples.get(9))
                .containsEntry("time", start.plusSeconds(300).toString())
                .containsEntry("slot_id", "a")
                .containsEntry("node", "n1")
                .containsEntry("memory_rss_bytes", 40960)
                .containsEntry("cpu_user_seconds", 10.25);
    }

    @Test
    void ordersNoticesNotesAndActsOfPoliciesAreExported_andGoWithTheJob_andTheAuditStays() {
        agent.tell(story(3));
        long job = job();
        String path = "/api/v1/jobs/" + job;
        String look = "{\"kind\":\"look\",\"reason\":\"what is it?\"}";
        assertThat(admin.send("POST", path + "/orders", look).statusCode()).isEqualTo(202);
        long wire = jdbc.sql("SELECT id FROM slot_order").query(Long.class).single();
        OrderResult.Builder done = OrderResult.newBuilder()
                .setOrderId(wire)
                .setTimeMs(start.toEpochMilli())
                .setState(OrderResult.State.DONE)
                .setEvidence(Evidence.newBuilder()
                        .setTakenAtMs(start.toEpochMilli())
                        .addProcesses(ProcessEvidence.newBuilder().setPid(9).setName("eater")))
                .setTail(TailPart.newBuilder().setData(ByteString.copyFromUtf8("x")));
        agent.send(List.of(SlotReport.newBuilder()
                .setSlotId("a")
                .setSequence(9000)
                .addOrderResults(done)
                .build()));
        admin.send("POST", path + "/notes", "{\"text\":\"for both\",\"for_owner\":true}");
        admin.send("POST", path + "/notes", "{\"text\":\"for admins\"}");
        actOfAPolicy(job);

        List<Map<String, Object>> all = lines(admin.get(path + "/export").body());
        assertThat(of("order", all))
                .singleElement()
                .satisfies(order -> assertThat(order.toString()).contains("what is it?", "state=done", "author=ada"));
        assertThat(of("order_evidence", all))
                .singleElement()
                .satisfies(evidence -> assertThat(evidence.toString()).contains("node=n1", "name=eater"));
        assertThat(of("notice", all)).extracting(notice -> notice.get("text")).containsExactly("told", "told admins");
        assertThat(of("note", all)).extracting(note -> note.get("text")).containsExactly("for both", "for admins");
        assertThat(of("policy_act", all))
                .singleElement()
                .satisfies(act -> assertThat(act)
                        .containsEntry("policy", "leaks")
                        .containsEntry("done", "warn")
                        .containsEntry("dry_run", true));
        List<Map<String, Object>> owners =
                lines(as("anna").get(path + "/export").body());
        assertThat(of("order_evidence", owners)).hasSize(1);
        assertThat(of("notice", owners))
                .extracting(notice -> notice.get("text"))
                .containsExactly("told");
        assertThat(of("note", owners)).extracting(note -> note.get("text")).containsExactly("for both");
        assertThat(of("policy_act", owners)).as("policies are the admins'").isEmpty();

        agent.tell(slot("a", "7").ended(start.plusSeconds(100), 0));
        assertThat(admin.send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(List.of(
                        "job_order",
                        "slot_order",
                        "order_output",
                        "notice",
                        "job_note",
                        "policy_case",
                        "policy_act",
                        "job"))
                .allSatisfy(table -> assertThat(count(table)).as(table).isZero());
        assertThat(jdbc.sql("SELECT action FROM audit WHERE job_id = ? ORDER BY id")
                        .param(job)
                        .query(String.class)
                        .list())
                .containsExactly("order-look", "note", "note", "job-deleted");
        assertThat(jdbc.sql("SELECT GROUP_CONCAT(about) FROM audit")
                        .query(String.class)
                        .single())
                .as("what a note says goes with the job")
                .doesNotContain("for both", "eater")
                .endsWith("slurm 7 of anna");
        assertThat(admin.get("/api/v1/audit/check").body()).doesNotContain("first_wrong");
    }

    /** A policy that warned the owner, in dry run, and notices of it. */
    private void actOfAPolicy(long job) {
        String terms = """
                {"name": "leaks", "terms": {"flags": ["memory_leak"], "severity": "warn", "dwell_seconds": 600,
                    "stages": [{"kind": "warn"}]}}""";
        assertThat(admin.send("POST", "/api/v1/policies", terms).statusCode()).isEqualTo(201);
        jdbc.sql("INSERT INTO policy_case (policy_id, version_id, dry_run, job_id, flag_id, began_at, stage)"
                        + " SELECT policy_id, id, TRUE, ?, 1, ?, 1 FROM policy_version")
                .params(job, start)
                .update();
        jdbc.sql("INSERT INTO policy_act (case_id, policy_id, version_id, job_id, flag_id, flag_kind, severity, at,"
                        + " stage, wanted, done, dry_run) SELECT id, policy_id, version_id, job_id, 1, 'memory_leak',"
                        + " 'WARN', began_at, 1, 'WARN', 'WARN', TRUE FROM policy_case")
                .update();
        jdbc.sql("INSERT INTO notice (user_name, job_id, subject, text, author, created_at) VALUES"
                        + " ('anna', :job, 's', 'told', 'policy leaks', :at),"
                        + " (NULL, :job, 's', 'told admins', 'policy leaks', :at)")
                .param("job", job)
                .param("at", start)
                .update();
    }

    private static List<Map<String, Object>> of(String type, List<Map<String, Object>> lines) {
        return lines.stream().filter(line -> type.equals(line.get("type"))).toList();
    }

    @Test
    void nobodyExportsOrDeletesWhatIsNotTheirs() {
        agent.tell(story(3).ended(start.plusSeconds(100), 0));
        String path = "/api/v1/jobs/" + job();

        assertThat(as("bert").get(path + "/export").statusCode()).isEqualTo(404);
        assertThat(as("bert").send("DELETE", path, "").statusCode()).isEqualTo(403);
        assertThat(as("anna").send("DELETE", path, "").statusCode())
                .as("not even one's own")
                .isEqualTo(403);
        assertThat(count("job")).isEqualTo(1);
        assertThat(count("job_sample")).isEqualTo(3);
    }

    @Test
    void anEndedJobIsDeletedWithAllThatHangsOnIt_andNothingElseIs() {
        agent.tell(SlotStory.slot("b", "8").started(start).sample(start.plusSeconds(30), 1, 1));
        agent.tell(story(300).lost(7, start, start.plusSeconds(60)).ended(start.plusSeconds(9_000), 1));
        jdbc.sql(
                        "INSERT INTO sample_request (slot_id, cause, asked_at, expires_at, from_at, to_at)"
                                + " SELECT id, 'asked', started_at, started_at, started_at, started_at FROM slot WHERE slot_key = 'a'")
                .update();
        archive();
        long job = job();
        assertThat(count("sample_block")).isPositive();

        assertThat(admin.send("DELETE", "/api/v1/jobs/" + job, "").statusCode()).isEqualTo(204);

        assertThat(admin.send("DELETE", "/api/v1/jobs/" + job, "").statusCode()).isEqualTo(404);
        assertThat(TABLES)
                .allSatisfy(table -> assertThat(count(table))
                        .as(table)
                        .isEqualTo(List.of("job", "slot", "job_sample").contains(table) ? 1 : 0));
    }

    @Test
    void aJobThatRunsIsNotDeleted() {
        agent.tell(story(3));

        HttpResponse<String> answer = admin.send("DELETE", "/api/v1/jobs/" + job(), "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("has not ended");
        assertThat(count("job_sample")).isEqualTo(3);
    }

    @Test
    void aSlotThatReportsAfterItsJobWasDeletedLeavesNothing_andIsAskedWhatItIs() {
        agent.tell(story(3));
        jdbc.sql("UPDATE job SET state = 'VANISHED', ended_at = started_at").update();
        assertThat(admin.send("DELETE", "/api/v1/jobs/" + job(), "").statusCode())
                .isEqualTo(204);

        ReportAnswer answer = agent.tell(slot("a", "7").sample(start.plusSeconds(120), 9, 9));

        assertThat(answer.getSendJobFactsOfList()).containsExactly("a");
        assertThat(answer.getAcknowledgedList()).isEmpty();
        assertThat(count("job_sample")).isZero();
    }

    @Test
    void aSampleThatIsStoredWhileItsJobIsDeletedGoesSoonAfterwards() {
        agent.tell(story(3));
        jdbc.sql("UPDATE job SET state = 'VANISHED', ended_at = started_at").update();
        long slot = jdbc.sql("SELECT id FROM slot").query(Long.class).single();
        Clock clock = mock();
        Instant now = Instant.now();
        when(clock.instant()).thenReturn(now);
        JobRemoval removal = new JobRemoval(jdbc, movers, transaction, event -> {}, clock);
        assertThat(removal.remove(job())).isTrue();
        jdbc.sql("INSERT INTO job_sample (slot_id, time) VALUES (?, ?), (?, ?)")
                .params(slot, start, slot + 1, start)
                .update();

        removal.removeStragglers();
        assertThat(count("job_sample")).as("some may be on their way still").isEqualTo(2);

        when(clock.instant()).thenReturn(now.plusSeconds(121));
        removal.removeStragglers();
        assertThat(jdbc.sql("SELECT slot_id FROM job_sample").query(Long.class).list())
                .containsExactly(slot + 1);
    }

    @Test
    void ofAJobThatNobodyHeardOfForLongNothingIsLookedForAgain() {
        agent.tell(story(3).ended(start.plusSeconds(100), 0));
        jdbc.sql("UPDATE slot SET archive_at = NULL").update();
        long slot = jdbc.sql("SELECT id FROM slot").query(Long.class).single();
        Clock clock = mock();
        when(clock.instant()).thenReturn(Instant.now());
        JobRemoval removal = new JobRemoval(jdbc, movers, transaction, event -> {}, clock);

        assertThat(removal.remove(job())).isTrue();
        assertThat(count("job_sample")).isZero();

        jdbc.sql("INSERT INTO job_sample (slot_id, time) VALUES (?, ?)")
                .params(slot, start)
                .update();
        when(clock.instant()).thenReturn(Instant.now().plusSeconds(1000));
        removal.removeStragglers();
        assertThat(count("job_sample")).isEqualTo(1);
    }

    @Test
    void whatCameLateIsNotLookedForWhereAnotherSlotHasTheIdNow() {
        agent.tell(story(3));
        jdbc.sql("UPDATE job SET state = 'VANISHED', ended_at = started_at").update();
        long slot = jdbc.sql("SELECT id FROM slot").query(Long.class).single();
        Clock clock = mock();
        when(clock.instant()).thenReturn(Instant.now());
        JobRemoval removal = new JobRemoval(jdbc, movers, transaction, event -> {}, clock);
        assertThat(removal.remove(job())).isTrue();

        agent.tell(SlotStory.slot("b", "8").started(start).sample(start.plusSeconds(30), 1, 1));
        jdbc.sql("UPDATE job_sample SET slot_id = ?").param(slot).update();
        jdbc.sql("UPDATE slot SET id = ?").param(slot).update();
        when(clock.instant()).thenReturn(Instant.now().plusSeconds(1000));
        removal.removeStragglers();

        assertThat(count("job_sample")).isEqualTo(1);
    }

    @Test
    void noFigureIsRoundedInTheExport() {
        agent.tell(story(3).ended(start.plusSeconds(100), 0));
        jdbc.sql("UPDATE job SET cores_used = 1.2345678901234, cpu_seconds = 123456789.123456")
                .update();
        String path = "/api/v1/jobs/" + job();

        assertThat(lines(admin.get(path + "/export").body()).getFirst())
                .containsEntry("cores_used", 1.2345678901234)
                .containsEntry("cpu_seconds", 123456789.123456);
        assertThat(admin.get(path).body()).contains("\"cores_used\":1.23457,");
    }

    @Test
    void figuresOfADeletedJobThatWaitToBeShownAreInNobodysWay() {
        agent.tell(story(3));
        long slot = jdbc.sql("SELECT id FROM slot").query(Long.class).single();
        Instant now = Instant.now();

        transaction.executeWithoutResult(status ->
                register.show(List.of(figures(slot + 1, job() + 1, now), figures(slot, job(), now)), now));

        assertThat(jdbc.sql("SELECT cpu_seconds FROM job").query(Double.class).single())
                .isEqualTo(55);
        assertThat(count("slot_executable")).isEqualTo(1);
    }

    private static SlotFigures figures(long slot, long job, Instant at) {
        return new SlotFigures(
                slot,
                job,
                at,
                1.0,
                55.0,
                1L,
                1L,
                null,
                null,
                1,
                null,
                Map.of(),
                null,
                null,
                List.of(new SlotExecutable("a.out", at, 1, 1, null, null, null, null, null)));
    }

    @Test
    void theSumsOfAJobOutliveItsSamples_whateverIsToldLate() {
        agent.tell(story(300).ended(start.plusSeconds(9_010), 0));
        archive();
        Map<String, @Nullable Object> before = sums();
        assertThat(before).containsEntry("cpu_seconds", 300.25);
        jdbc.sql("DELETE FROM job_sample").update();
        jdbc.sql("DELETE FROM sample_block").update();

        agent.tell(slot("a", "7").lost(7, start, start.plusSeconds(60)).ended(start.plusSeconds(9_010), 0));
        assertThat(sums()).isEqualTo(before);
        agent.tell(slot("a", "7").sample(start.plusSeconds(45), 1, 1));

        assertThat(sums()).isEqualTo(before);
        assertThat(count("job_sample")).isEqualTo(1);
        agent.tell(slot("a", "7").sample(start.plusSeconds(9_005), 400, 1 << 30));
        assertThat(sums())
                .containsEntry("cpu_seconds", 400.0)
                .containsEntry("max_memory_rss_bytes", 1L << 30)
                .containsEntry("latest_rss", "1073741824");
    }

    private Map<String, @Nullable Object> sums() {
        return jdbc.sql("""
                        SELECT j.cpu_seconds, j.memory_rss_bytes, j.max_memory_rss_bytes, j.last_sample_at, j.processes,
                            s.last_sample_at slot_last, JSON_VALUE(s.latest_figures, '$.memory_rss_bytes') latest_rss
                        FROM job j JOIN slot s ON s.job_id = j.id
                        """).query().singleRow();
    }

    private SlotStory story(int samples) {
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= samples; i++) {
            story.sample(start.plusSeconds(30L * i), i + 0.25, 4096L * i);
        }
        return story;
    }

    private void archive() {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE ended_at IS NOT NULL")
                .update();
        archiver.round();
    }

    private HttpVisitor as(String account) {
        return HttpVisitor.withToken(port, apiTokens.issue(account, "t", null).token());
    }

    private List<Map<String, Object>> lines(String body) {
        return body.lines()
                .map(line -> json.readValue(line, new TypeReference<Map<String, Object>>() {}))
                .toList();
    }

    private static List<Map<String, Object>> samples(List<Map<String, Object>> lines) {
        return lines.stream().filter(line -> "sample".equals(line.get("type"))).toList();
    }

    private long job() {
        return jdbc.sql("SELECT MAX(id) FROM job").query(Long.class).single();
    }

    private long count(String table) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
    }
}
