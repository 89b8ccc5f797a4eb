package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** What all admins see of the site. */
@PortalTest
class SiteNowTest {

    private static final String PASSWORD = "correct horse battery";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    SiteNow site;

    @Test
    void whatAnAdminSaysOfAFlagByRestIsOnTheOverviewAtOnce() {
        accounts.create("ada", PASSWORD, Role.ADMIN);
        HttpVisitor script =
                HttpVisitor.withToken(port, tokens.issue("ada", "t", null).token());
        HttpVisitor browser = HttpVisitor.loggedIn(port, "ada", PASSWORD);
        jdbc.update("INSERT INTO job (batch_system, batch_job_id, run, state, user_name, last_report_at)"
                + " VALUES ('slurm', '4711', 1, 'RUNNING', 'anna', UTC_TIMESTAMP())");
        jdbc.update("""
                INSERT INTO flag (job_id, kind, severity, state, since, raised_at, sentence, first_sentence, evidence)
                SELECT id, 'hang', 'WARN', 'OPEN', UTC_TIMESTAMP(), UTC_TIMESTAMP(), 'Silent.', 'Silent.',
                    '{"unit":"s","value":1,"from":"2026-11-22T03:00:00Z","to":"2026-11-22T03:00:00Z"}' FROM job
                """);
        String flag = jdbc.queryForObject("SELECT id FROM flag", String.class);
        site.forget();
        assertThat(browser.get("/").body()).contains("Silent.").doesNotContain("acknowledged by");

        HttpResponse<String> answer =
                script.send("POST", "/api/v1/flags/" + flag + "/acknowledge", "{\"note\":\"on it\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(browser.get("/").body()).contains("acknowledged by").contains("on it");
        script.send("PUT", "/api/v1/flags/" + flag + "/verdict", "{\"verdict\":\"not_a_problem\"}");
        assertThat(browser.get("/").body()).contains("Not a problem");
    }
}
