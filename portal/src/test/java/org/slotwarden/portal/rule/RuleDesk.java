package org.slotwarden.portal.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.slotwarden.portal.HttpVisitor;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an admin does with rules, over REST. */
public final class RuleDesk {

    private final HttpVisitor admin;
    private final JsonMapper json = JsonMapper.shared();

    public RuleDesk(HttpVisitor admin) {
        this.admin = admin;
    }

    /** A warning after two minutes, cleared after one. */
    public static String rule(String name, String expression) {
        return """
            {"name": "%s", "expression": "%s", "dwell_seconds": 120, "clear_seconds": 60, "severity": "warn",
             "hint": "<i>Ask</i> her"}\
            """.formatted(name, expression);
    }

    /** Saves a rule, or fails. */
    public long create(String rule) {
        HttpResponse<String> answer = send("POST", "", rule);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json.readTree(answer.body()).get("id").asLong();
    }

    /** @param path below that of rules */
    public HttpResponse<String> send(String method, String path, String body) {
        return admin.send(method, "/api/v1/rules" + path, body);
    }

    public JsonNode get(String path) {
        return json.readTree(admin.get("/api/v1/rules" + path).body());
    }

    /** Tries a version on the last two hours, and waits for the end. */
    public JsonNode tried(long id, int version) {
        String path = "/" + id + "/versions/" + version + "/trial";
        assertThat(send("POST", path, "{\"hours\": 2}").statusCode()).isEqualTo(202);
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> get(path), trial -> !trial.get("state").asString().equalsIgnoreCase("running"));
    }

    public HttpResponse<String> switchOn(long id, int version) {
        return send("PUT", "/" + id + "/live", "{\"version\": " + version + "}");
    }

    /** Rules live on in memory for some seconds when tables are emptied: the next test is judged by none. */
    public static void clear(JdbcClient jdbc, LiveRules live) {
        jdbc.sql("UPDATE rule SET live_version = NULL, live_since = NULL").update();
        live.forget();
        live.look();
    }

    /** As if all that are live had been switched on then. */
    public static void backdate(JdbcClient jdbc, LiveRules live, Instant since) {
        jdbc.sql("UPDATE rule SET live_since = ? WHERE live_since IS NOT NULL")
                .param(Timestamp.from(since))
                .update();
        live.forget();
        live.look();
    }
}
