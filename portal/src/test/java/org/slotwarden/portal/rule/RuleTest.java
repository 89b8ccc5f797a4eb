package org.slotwarden.portal.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.rule.RuleHealth;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.flag.FlagState;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A rule from its first draft to its flags, over REST and the real ingest. */
@PortalTest
class RuleTest {

    private static final Viewer ADMIN = new Viewer("root", true);
    private static final Viewer ANNA = new Viewer("anna", false);

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
    LiveRules live;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JsonMapper json;

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private HttpVisitor admin;

    @SuppressWarnings("NullAway.Init")
    private RuleDesk desk;

    @BeforeEach
    void nodeAndAdmin() {
        agent = new TestAgent(port, "wn1", nodeTokens.issue("wn1"));
        accounts.create("root", "correct horse battery", Role.ADMIN);
        admin = HttpVisitor.withToken(port, tokens.issue("root", "test", null).token());
        desk = new RuleDesk(admin);
    }

    @AfterEach
    void noRulesForOthers() {
        RuleDesk.clear(jdbc, live);
    }

    private void backdate() {
        RuleDesk.backdate(jdbc, live, now.minusSeconds(3600));
    }

    private Instant minutes(double minutes) {
        return now.plusMillis(Math.round(minutes * 60_000));
    }

    /** A job of anna, sampled each half minute, with so many cores busy. */
    private SlotStory job(String id, double cores) {
        SlotStory story = SlotStory.slot("slot-" + id, id)
                .facts(facts -> facts.setRequestedCores(4))
                .started(minutes(-5));
        for (double minute = -5; minute <= -2; minute += 0.5) {
            story.sample(minutes(minute), cores * (minute + 5) * 60, 1_000_000);
        }
        return story;
    }

    private List<Flag> flagsOf(String batchJobId, Viewer viewer) {
        return jobs.search(JobFilter.ALL, JobSort.NEWEST_FIRST, 0, 100, ADMIN).jobs().stream()
                .filter(job -> job.jobId().equals(batchJobId))
                .flatMap(job -> flags.ofJob(job.id(), viewer).stream())
                .toList();
    }

    private Flag awaitFlag(String batchJobId, FlagState state) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> flagsOf(batchJobId, ADMIN),
                        found -> found.size() == 1 && found.getFirst().state() == state)
                .getFirst();
    }

    @Test
    void what_is_wrong_is_told_with_its_place_and_nothing_is_saved() {
        for (String path : List.of("/api/v1/rules", "/api/v1/rules/check")) {
            HttpResponse<String> answer = admin.send("POST", path, RuleDesk.rule("Wrong", "cores > 1 && memry > 2"));
            assertThat(answer.statusCode()).isEqualTo(path.endsWith("check") ? 200 : 400);
            assertThat(answer.body())
                    .contains("undeclared reference to 'memry'")
                    .contains("\"line\":1")
                    .contains("\"column\":14")
                    .contains("\"parameter\":\"expression\"");
        }
        for (String hostile : List.of("<script>", "a,b", "")) {
            assertThat(admin.send("POST", "/api/v1/rules", RuleDesk.rule(hostile, "cores > 1"))
                            .statusCode())
                    .isEqualTo(400);
        }
        assertThat(admin.send("POST", "/api/v1/rules", RuleDesk.rule("Long", "cores > 1 || ".repeat(1000) + "true"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(admin.send(
                                "POST",
                                "/api/v1/rules",
                                RuleDesk.rule("Kill", "cores > 1").replace("\"warn\"", "\"kill\""))
                        .body())
                .contains("not worth a kill");
        assertThat(admin.send("POST", "/api/v1/rules/check", RuleDesk.rule("Right", "cores > 1"))
                        .body())
                .isEqualTo("{\"valid\":true}");
        assertThat(admin.get("/api/v1/rules").body()).isEqualTo("[]");
    }

    @Test
    void a_version_goes_live_only_after_it_was_tried_and_its_flags_come_and_go() {
        agent.tell(job("1", 3));
        agent.tell(job("2", 1));
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2 && user == 'anna'"));
        assertThat(desk.switchOn(id, 1).statusCode()).isEqualTo(409);

        JsonNode trial = desk.tried(id, 1);
        assertThat(trial.get("jobs").asInt()).isEqualTo(2);
        assertThat(trial.get("flagged").asInt()).isEqualTo(1);
        assertThat(trial.get("job_hours").asDouble()).isBetween(0.09, 0.11);
        assertThat(trial.get("firsts").get(0).get("batch_job_id").asString()).isEqualTo("1");
        assertThat(trial.get("firsts").get(0).get("sentence").asString()).startsWith("Busy: cores 3, user \"anna\";");
        assertThat(flagsOf("1", ADMIN)).isEmpty();

        assertThat(desk.switchOn(id, 1).statusCode()).isEqualTo(200);
        backdate();
        agent.tell(job("3", 3));

        Flag flag = awaitFlag("3", FlagState.OPEN);
        assertThat(flag.kind()).isEqualTo(FlagKind.SITE_RULE);
        assertThat(flag.title()).isEqualTo("Busy");
        assertThat(flag.raisedAt()).isEqualTo(minutes(-3));
        assertThat(flag.sentence()).startsWith("Busy: cores 3, user \"anna\"; began");
        assertThat(flag.rule()).isEqualTo(new Flag.Rule(id, "Busy", 1, "<i>Ask</i> her", List.of(JobFigure.CORES)));
        assertThat(flagsOf("3", ANNA).getFirst().rule())
                .isEqualTo(new Flag.Rule(id, "Busy", 1, null, List.of(JobFigure.CORES)));
        assertThat(admin.get("/api/v1/flags?rule=" + id).body()).contains("\"kind\":\"site_rule\"");
        assertThat(admin.get("/api/v1/flags?rule=" + (id + 1)).body()).contains("\"total\":0");
        assertThat(admin.get("/api/v1/flags/precision").body()).contains("\"rule\":\"Busy\"");
        assertThat(admin.get("/api/v1/jobs?flag=site_rule").body()).contains("\"job_id\":\"3\"");
        assertThat(admin.get("/api/v1/rules/export").body())
                .isEqualTo("name,expression,dwell_s,clear_s,severity,hint\n"
                        + "\"Busy\",\"cores > 2 && user == 'anna'\",120.0,60.0,warn,\"<i>Ask</i> her\"\n");

        agent.tell(job3Continued());
        assertThat(awaitFlag("3", FlagState.CLEARED).clearedAt()).isEqualTo(minutes(-1));
    }

    /** The whole story again with its calm end: what is known already is passed over. */
    private SlotStory job3Continued() {
        SlotStory story = job("3", 3);
        for (double minute = -1.5; minute <= 0; minute += 0.5) {
            story.sample(minutes(minute), 3 * 180 + (minute + 2) * 6, 1_000_000);
        }
        return story;
    }

    @Test
    void flags_of_a_rule_that_is_switched_off_are_taken_back_with_the_reason() {
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2"));
        desk.tried(id, 1);
        desk.switchOn(id, 1);
        backdate();
        agent.tell(job("1", 3));
        awaitFlag("1", FlagState.OPEN);

        assertThat(admin.send("DELETE", "/api/v1/rules/" + id + "/live", "").statusCode())
                .isEqualTo(200);
        Flag flag = awaitFlag("1", FlagState.CLEARED);
        assertThat(flag.sentence()).endsWith("; taken back: root switched version 1 off");
        assertThat(admin.get("/api/v1/jobs?flag=site_rule").body()).contains("\"total\":0");

        String audit = admin.get("/api/v1/rules/" + id).body();
        assertThat(audit)
                .contains("switched_off")
                .contains("switched_on")
                .contains("tried")
                .contains("saved");
    }

    @Test
    void versions_are_kept_and_each_needs_its_own_trial() {
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2"));
        assertThat(admin.send("POST", "/api/v1/rules", RuleDesk.rule("Busy", "cores > 3"))
                        .statusCode())
                .isEqualTo(409);
        desk.tried(id, 1);
        assertThat(admin.send("POST", "/api/v1/rules/" + id + "/versions", RuleDesk.rule("Other name", "cores > 3"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(desk.switchOn(id, 2).statusCode()).isEqualTo(409);
        assertThat(desk.switchOn(id, 1).statusCode()).isEqualTo(200);
        assertThat(desk.switchOn(id, 3).statusCode()).isEqualTo(404);
        desk.tried(id, 2);
        assertThat(desk.switchOn(id, 2).body()).contains("\"live_version\":2");
        JsonNode details = json.readTree(admin.get("/api/v1/rules/" + id).body());
        assertThat(details.get("versions")).hasSize(2);
        assertThat(details.get("versions").get(1).get("expression").asString()).isEqualTo("cores > 2");
        assertThat(details.get("rule").get("name").asString()).isEqualTo("Busy");
    }

    @Test
    void a_rule_that_fails_is_shown_as_failing_with_the_last_error() {
        long id = desk.create(RuleDesk.rule("Divides", "cores / (cores_asked - 4) > 1"));
        desk.tried(id, 1);
        desk.switchOn(id, 1);
        backdate();
        agent.tell(job("1", 3));

        RuleHealth.Figures health = await().atMost(Duration.ofMinutes(1))
                .until(() -> live.health("Divides").orElseThrow(), figures -> figures.failed() >= 6);
        assertThat(health.failing()).isTrue();
        assertThat(health.lastFailure()).isEqualTo("division by zero");
        assertThat(admin.get("/api/v1/rules").body()).contains("\"last_failure\":\"division by zero\"");
        assertThat(admin.get("/actuator/prometheus").body()).contains("slotwarden_rules_failed_total");
        assertThat(flagsOf("1", ADMIN)).isEmpty();
    }
}
