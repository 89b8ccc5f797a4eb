package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
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
