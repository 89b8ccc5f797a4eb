package org.slotwarden.portal.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
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
import tools.jackson.databind.JsonNode;

/** What is kept of rules and trials, and what is not. */
@PortalTest
class RuleRecordTest {

    private final Instant now = Instant.now();

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    LiveRules live;

    @Autowired
    JdbcClient jdbc;

    @SuppressWarnings("NullAway.Init")
    private HttpVisitor admin;

    @SuppressWarnings("NullAway.Init")
    private RuleDesk desk;

    @BeforeEach
    void admin() {
        accounts.create("root", "correct horse battery", Role.ADMIN);
        admin = HttpVisitor.withToken(port, tokens.issue("root", "test", null).token());
        desk = new RuleDesk(admin);
    }

    @AfterEach
    void noRulesForOthers() {
        RuleDesk.clear(jdbc, live);
    }

    private static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(one -> one.get(field).asString())
                .toList();
    }

    private static List<String> done(JsonNode rule) {
        return texts(rule.get("audit"), "action");
    }

    @Test
    void every_act_is_a_row_with_who_did_it_and_what_changes_nothing_is_none() {
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2"));
        desk.tried(id, 1);
        desk.switchOn(id, 1);
        desk.switchOn(id, 1);
        desk.send("POST", "/" + id + "/versions", RuleDesk.rule("Busy", "cores > 3"));
        desk.send("DELETE", "/" + id + "/live", "");
        desk.send("DELETE", "/" + id + "/live", "");
        desk.send("DELETE", "/" + id, "");
        desk.send("DELETE", "/" + id, "");

        JsonNode rule = desk.get("/" + id);
        assertThat(done(rule)).containsExactly("retired", "switched_off", "saved", "switched_on", "tried", "saved");
        assertThat(texts(rule.get("audit"), "who")).containsOnly("root");
        assertThat(rule.get("audit").get(0).get("version").asInt()).isEqualTo(2);
    }

    @Test
    void a_rule_that_is_retired_frees_its_name_and_can_be_read_only() {
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2"));
        desk.tried(id, 1);
        desk.switchOn(id, 1);
        assertThat(desk.send("DELETE", "/" + id, "").statusCode()).isEqualTo(409);
        assertThat(desk.send("DELETE", "/" + id, "").body()).contains("switch it off first");
        desk.send("DELETE", "/" + id + "/live", "");
        assertThat(desk.send("POST", "", RuleDesk.rule("Busy", "cores > 3")).statusCode())
                .isEqualTo(409);

        assertThat(desk.send("DELETE", "/" + id, "").body()).contains("\"retired_at\":");

        long other = desk.create(RuleDesk.rule("Busy", "cores > 3"));
        assertThat(desk.get(""))
                .singleElement()
                .satisfies(rule -> assertThat(rule.get("id").asLong()).isEqualTo(other));
        assertThat(desk.get("?retired=true"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.get("id").asLong()).isEqualTo(id));
        assertThat(texts(desk.get("/" + id).get("versions"), "expression")).containsExactly("cores > 2");
        assertThat(desk.get("/" + id + "/versions/1/trial").get("state").asString())
                .isEqualToIgnoringCase("complete");
        for (Supplier<HttpResponse<String>> refused : List.<Supplier<HttpResponse<String>>>of(
                () -> desk.switchOn(id, 1),
                () -> desk.send("POST", "/" + id + "/versions", RuleDesk.rule("Busy", "cores > 4")),
                () -> desk.send("POST", "/" + id + "/versions/1/trial", "{}"))) {
            assertThat(refused.get().statusCode()).isEqualTo(409);
            assertThat(refused.get().body()).contains("retired");
        }
        assertThat(done(desk.get("/" + id)).getFirst()).isEqualTo("retired");
        assertThat(desk.send("DELETE", "/" + other, "").statusCode())
                .as("two of one name")
                .isEqualTo(200);
        assertThat(desk.send("DELETE", "/" + (other + 1), "").statusCode()).isEqualTo(404);
    }

    @Test
    void two_hundred_rules_may_be_there_and_who_is_retired_does_not_count() {
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2"));
        for (int i = 1; i < Rules.MOST; i++) {
            desk.create(RuleDesk.rule("Rule " + i, "cores > 2"));
        }
        assertThat(desk.send("POST", "", RuleDesk.rule("More", "cores > 2")).body())
                .contains("retire one");
        desk.send("DELETE", "/" + id, "");
        assertThat(desk.create(RuleDesk.rule("More", "cores > 2"))).isPositive();
    }

    @Test
    void times_that_no_restart_could_be_judged_over_are_refused() {
        for (String field : List.of("dwell", "clear")) {
            String tooLong = RuleDesk.rule("Slow", "cores > 2")
                    .replaceFirst(field + "_seconds\": \\d+", field + "_seconds\": 21601");
            for (String path : List.of("", "/check")) {
                assertThat(desk.send("POST", path, tooLong).body())
                        .contains("\"parameter\":\"" + field + "\"")
                        .contains("may be 6 h at most")
                        .contains("slotwarden.flags.history");
            }
            desk.create(tooLong.replace("21601", "21600").replace("Slow", "Slow " + field));
        }
    }

    @Test
    void what_a_trial_says_of_a_job_goes_with_the_job() {
        TestAgent agent = new TestAgent(port, "wn1", nodeTokens.issue("wn1"));
        for (String job : List.of("1", "2")) {
            SlotStory story = SlotStory.slot("slot-" + job, job)
                    .facts(facts -> facts.setUser("carla" + job))
                    .started(now.minusSeconds(300));
            for (int age = 270; age >= 30; age -= 30) {
                story.sample(now.minusSeconds(age), 3 * (300 - age), 1_000_000);
            }
            agent.tell(story.ended(now, 0));
        }
        long id = desk.create(RuleDesk.rule("Busy", "cores > 2 && user.startsWith('carla')"));
        JsonNode trial = desk.tried(id, 1);
        assertThat(texts(trial.get("firsts"), "batch_job_id")).containsExactly("2", "1");
        assertThat(trial.get("firsts").get(1).get("sentence").asString()).contains("user \"carla1\"");

        long first = trial.get("firsts").get(1).get("job_id").asLong();
        assertThat(admin.send("DELETE", "/api/v1/jobs/" + first, "").statusCode())
                .isEqualTo(204);

        JsonNode later = desk.get("/" + id + "/versions/1/trial");
        assertThat(later.get("flagged").asInt()).isEqualTo(2);
        assertThat(texts(later.get("firsts"), "batch_job_id")).containsExactly("2");
        assertThat(jdbc.sql("SELECT GROUP_CONCAT(result) FROM rule_trial")
                        .query(String.class)
                        .single())
                .doesNotContain("carla");
        assertThat(jdbc.sql("SELECT GROUP_CONCAT(sentence) FROM rule_trial_job")
                        .query(String.class)
                        .single())
                .doesNotContain("carla1");
    }
}
