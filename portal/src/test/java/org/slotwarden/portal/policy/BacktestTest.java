package org.slotwarden.portal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.jayway.jsonpath.JsonPath;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a policy would have done, against what is worked out by hand. */
@PortalTest
class BacktestTest {

    private final Instant day = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(10));

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JdbcTemplate template;

    @LocalServerPort
    int port;

    @SuppressWarnings("NullAway.Init")
    TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    HttpVisitor admin;

    @BeforeEach
    void people() {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
        accounts.create("root", "correct horse battery", Role.ADMIN);
        admin = HttpVisitor.withToken(port, apiTokens.issue("root", "t", null).token());
    }

    /** Of four cores, begun on the day and ended ten hours later. */
    private long job(String id, String user, int exitCode) {
        agent.tell(slot("slot-" + id, id)
                .facts(facts -> facts.setRequestedCores(4).setUser(user))
                .started(day)
                .ended(hours(10), exitCode));
        return jdbc.sql("SELECT id FROM job WHERE batch_job_id = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    private Instant hours(double hours) {
        return day.plusMillis(Math.round(hours * 3_600_000));
    }

    private String backtest(Terms terms, String query) {
        HttpResponse<String> made = admin.send("POST", "/api/v1/policies", terms.json("leaks"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        int id = JsonPath.read(made.body(), "$.id");
        HttpResponse<String> answer = admin.get("/api/v1/policies/" + id + "/backtest" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void itTellsWhatWouldHaveBeenDone_whenAndWhetherItWouldHaveBeenWrong() {
        FlagRow.of(job("bad", "anna", 1), hours(1))
                .worthAKill(hours(1))
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("good", "bert", 0), hours(2))
                .worthAKill(hours(2))
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("short", "anna", 1), hours(3))
                .worthAKill(hours(3))
                .cleared(hours(3).plusSeconds(200))
                .store(template);
        FlagRow.of(job("one-signal", "anna", 1), hours(4)).cleared(hours(10)).store(template);
        FlagRow.of(job("late", "anna", 1), hours(5))
                .worthAKill(hours(6))
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("not-known", "anna", 1), hours(7))
                .worthAKill(null)
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("exempt", "carl", 1), hours(1))
                .worthAKill(hours(1))
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("other-flag", "anna", 1), hours(1))
                .kind("hang")
                .worthAKill(hours(1))
                .cleared(hours(10))
                .store(template);
        FlagRow.of(job("long-ago", "anna", 1), hours(-24 * 25))
                .worthAKill(hours(-24 * 25))
                .cleared(hours(-24 * 24))
                .store(template);
        job("healthy", "anna", 0);

        String made = backtest(Terms.killing().with("exempt", Map.of("users", List.of("carl"))), "");

        assertThat(JsonPath.<Integer>read(made, "$.finished_jobs")).isEqualTo(10);
        assertThat(JsonPath.<Integer>read(made, "$.jobs")).isEqualTo(6);
        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].reached")).containsExactly(6, 6, 4);
        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].done")).containsExactly(6, 6, 4);
        assertThat(JsonPath.<Integer>read(made, "$.stages[2].ended_well")).isEqualTo(1);
        double saved = 4 * (9 + 4 + 3) - 4 * (480 + 7 + 120 + 7 + 480 + 7) / 3600.0;
        assertThat(JsonPath.<Double>read(made, "$.stages[2].core_hours_saved")).isCloseTo(saved, within(0.001));
        assertThat(JsonPath.<Double>read(made, "$.stages[2].core_hours_lost"))
                .isCloseTo(4 * (2 + 480 / 3600.0), within(0.001));
        assertThat(JsonPath.<List<Integer>>read(made, "$.flags[*].killed")).containsExactly(4);
        Map<String, Object> wrong = JsonPath.read(made, "$.acts[0]");
        assertThat(wrong)
                .containsEntry("batch_job_id", "good")
                .containsEntry("done", "kill")
                .containsEntry("ended_well", true)
                .containsEntry("at", hours(2).plusSeconds(480).toString())
                .containsEntry("before_end_seconds", 8 * 3600 - 480.0);
        assertThat(JsonPath.<List<String>>read(made, "$.acts[?(@.batch_job_id == 'late' && @.done == 'kill')].at"))
                .containsExactly(hours(6).plusSeconds(120).toString());
        assertThat(JsonPath.<Integer>read(made, "$.all_acts")).isEqualTo(16);
        assertThat(made).contains("Of 1 kill it is not known when the flag became worth one");
    }

    @Test
    void capsHold_andWhoWasNotWarnedIsNotKilled() {
        for (String id : List.of("1", "2", "3")) {
            FlagRow.of(job(id, "anna", 1), hours(1))
                    .worthAKill(hours(1))
                    .cleared(hours(10))
                    .store(template);
        }
        FlagRow.of(job("4", "anna", 1), hours(2.5))
                .worthAKill(hours(2.5))
                .cleared(hours(10))
                .store(template);
        String made = backtest(Terms.killing().with("caps", Map.of("site", 9, "user", 1, "policy", 9)), "");

        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].reached")).containsExactly(4, 4, 4);
        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].done")).containsExactly(4, 2, 2);
        assertThat(JsonPath.<List<String>>read(made, "$.acts[?(@.wanted == 'kill' && @.done == 'notify')].why_not"))
                .hasSize(2)
                .containsOnly("its owner was not warned");
    }

    @Test
    void aJobIsKilledOnce_andACaseBeginsAnewAfterAFlagWasCleared() {
        long job = job("1", "anna", 1);
        FlagRow.of(job, hours(1)).cleared(hours(2)).store(template);
        FlagRow.of(job, hours(3)).worthAKill(hours(3)).cleared(hours(4)).store(template);
        FlagRow.of(job, hours(5)).worthAKill(hours(5)).cleared(hours(10)).store(template);

        String made = backtest(Terms.killing(), "");

        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].reached")).containsExactly(2, 2, 1);
    }

    @Test
    void aJobThatHasNotEndedIsToldSo() {
        agent.tell(slot("a", "7").started(day));
        long job = jdbc.sql("SELECT id FROM job").query(Long.class).single();
        FlagRow.of(job, hours(1)).worthAKill(hours(1)).store(template);

        String made = backtest(Terms.killing(), "?to=" + Instant.now().plusSeconds(86_400));

        assertThat(JsonPath.<List<Integer>>read(made, "$.stages[*].still_there"))
                .containsExactly(1, 1, 1);
        assertThat(JsonPath.<Double>read(made, "$.stages[2].core_hours_saved")).isZero();
        assertThat(JsonPath.<Map<String, Object>>read(made, "$.acts[0]")).doesNotContainKey("ended_at");
        assertThat(Instant.parse(JsonPath.read(made, "$.to")))
                .isBefore(Instant.now().plusSeconds(1));
    }

    @Test
    void theStretchOfTimeIsADayToAYear() {
        HttpResponse<String> made =
                admin.send("POST", "/api/v1/policies", Terms.of("warn").json("leaks"));
        int id = JsonPath.read(made.body(), "$.id");
        String path = "/api/v1/policies/" + id + "/backtest?";
        for (String wrong : List.of(
                "from=" + Instant.now(),
                "from=2020-01-01T00:00:00Z",
                "from=soon",
                "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
                "since=2026-01-02T00:00:00Z")) {
            assertThat(admin.get(path + wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        assertThat(admin.get(path + "version=2").statusCode()).isEqualTo(404);
        assertThat(admin.get("/api/v1/policies/" + (id + 1) + "/backtest").statusCode())
                .isEqualTo(404);
    }
}
