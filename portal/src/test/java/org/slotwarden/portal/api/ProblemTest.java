package org.slotwarden.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

@PortalTest
class ProblemTest {

    private static final String PASSWORD = "correct horse battery";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    private HttpVisitor ada;

    @BeforeEach
    void ada() {
        accounts.create("ada", PASSWORD, Role.ADMIN);
        ada = HttpVisitor.withToken(port, tokens.issue("ada", "t", null).token());
    }

    @Test
    void aBadParameterIsNamed() {
        assertProblem(ada.get("/api/v1/nodes?size=501"), 400, "\"parameter\":\"size\"", "1 to 500");
        assertProblem(ada.get("/api/v1/nodes?page=x"), 400, "\"parameter\":\"page\"");
        assertProblem(ada.get("/api/v1/nodes?page=-1"), 400, "\"parameter\":\"page\"");
        assertProblem(ada.get("/api/v1/nodes?sort=tokenDigest"), 400, "\"parameter\":\"sort\"", "last_report_at");
        assertProblem(ada.get("/api/v1/accounts?sort=password_hash"), 400, "\"parameter\":\"sort\"");
        assertProblem(ada.get("/api/v1/nodes/n1/series"), 400, "metric");
        assertProblem(ada.get("/api/v1/nodes/n1/series?metric=nonsense"), 400, "\"parameter\":\"metric\"", "load_1m");
        assertProblem(ada.get("/api/v1/nodes/n1/series?metric=load_1m&points=0"), 400, "\"parameter\":\"points\"");
        assertProblem(ada.get("/api/v1/nodes/n1/series?metric=load_1m&from=yesterday"), 400, "\"parameter\":\"from\"");
    }

    @Test
    void aParameterThatIsNotKnownIsNotPassedOver() {
        assertProblem(ada.get("/api/v1/jobs?stat=failed"), 400, "\"parameter\":\"stat\"", "state", "job_id");
        assertProblem(ada.get("/api/v1/jobs?state=live&jobId=7"), 400, "\"parameter\":\"jobId\"");
        assertProblem(ada.get("/api/v1/jobs/1?points=3"), 400, "\"parameter\":\"points\"");
        assertProblem(ada.get("/api/v1/jobs?" + "x".repeat(500)), 400, "\"parameter\":\"" + "x".repeat(64) + "\"");
        assertThat(ada.get("/api/v1/jobs?state=live&job_id=7&format=json&page=0&size=1&sort=-ended")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aBadBodyIsExplained() {
        assertProblem(ada.send("POST", "/api/v1/tokens", "{\"label\":\"\"}"), 400, "\"parameter\":\"label\"");
        assertProblem(ada.send("POST", "/api/v1/tokens", "{\"lable\":\"x\"}"), 400, "\"parameter\":\"lable\"");
        assertProblem(
                ada.send("POST", "/api/v1/tokens", "{\"label\":\"x\",\"expires_at\":\"2001-01-01T00:00:00Z\"}"),
                400,
                "\"parameter\":\"expires_at\"");
        assertProblem(ada.send("POST", "/api/v1/tokens", "{"), 400);
        assertProblem(ada.send("POST", "/api/v1/tokens", "[".repeat(1000)), 400);
        assertProblem(
                ada.send("POST", "/api/v1/tokens", "{\"label\":\"" + "x".repeat(2_000_000) + "\"}"), 413, "too large");
        assertProblem(
                ada.send("POST", "/api/v1/accounts", "{\"name\":\"a/b\",\"password\":\"short\",\"role\":\"ADMIN\"}"),
                400,
                "\"errors\"",
                "password",
                "name");
    }

    @Test
    void passwordsThatBcryptWouldCutAreRefused() {
        assertProblem(
                ada.send(
                        "POST",
                        "/api/v1/accounts",
                        "{\"name\":\"carl\",\"password\":\"" + "ä".repeat(40) + "\",\"role\":\"USER\"}"),
                409,
                "72 bytes");
    }

    @Test
    void methodsAndTypesAndPathsThatAreNotThere() {
        assertProblem(ada.send("PUT", "/api/v1/tokens", "{}"), 405);
        assertProblem(ada.get("/api/v1/no/such/thing"), 404);
        assertProblem(ada.send("DELETE", "/api/v1/tokens/4711", ""), 404, "no such token");
        assertProblem(ada.send("POST", "/api/v1/accounts", """
                {"name":"ada","password":"%s","role":"USER"}""".formatted(PASSWORD)), 409);
    }

    @Test
    void whatTheWebServerRefusesIsAProblemToo() {
        assertProblem(ada.get("/api/v1/jobs/%00"), 400, "\"title\":\"Bad Request\"");
    }

    @Test
    void theLastAdminStays() {
        assertProblem(ada.send("POST", "/api/v1/accounts/ada/disable", ""), 409, "last admin");
    }

    @Test
    void whatNobodyForesawIsToldByAnIdOnly() {
        jdbc.execute("RENAME TABLE node_sample TO node_sample_away");
        try {
            HttpResponse<String> answer = ada.get("/api/v1/nodes/n1/series?metric=load_1m");
            assertThat(answer.statusCode()).isEqualTo(404);
            accounts.create("n", PASSWORD, Role.USER);
            ada.send("POST", "/api/v1/nodes/n1/token", "");

            HttpResponse<String> failed = ada.get("/api/v1/nodes/n1");

            assertProblem(failed, 500, "\"id\":\"");
            assertThat(failed.body()).doesNotContain("node_sample", "SQL", "Exception");
        } finally {
            jdbc.execute("RENAME TABLE node_sample_away TO node_sample");
        }
    }

    @Test
    void aPageThatIsNotThereIsAPage() {
        HttpResponse<String> page = HttpVisitor.loggedIn(port, "ada", PASSWORD)
                .get("/no/such/<script>page".replace("<script>", "%3Cscript%3E"));

        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.body()).contains("Not Found").doesNotContain("script", "Exception");
    }

    @Test
    void theDescriptionNamesFieldsAsTheAnswersDo() {
        String description = ada.get("/v3/api-docs").body();

        assertThat(description).contains("expires_at", "interval_seconds").doesNotContain("expiresAt", "\"viewer\"");
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String... parts) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"status\":" + status);
        assertThat(List.of(parts)).allSatisfy(part -> assertThat(answer.body()).contains(part));
        assertThat(answer.body()).doesNotContain("org.s", "Exception");
    }
}
