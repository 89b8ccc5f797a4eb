package org.slotwarden.portal.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

@PortalTest
class UsageControllerTest {

    private static final String MARCH = "?from=2026-03-01&to=2026-03-31";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    private String admin;
    private String anna;

    @BeforeEach
    void twoHoursOfAnna_fiveOfAFormula() {
        admin = token("root", Role.ADMIN);
        anna = token("anna", Role.USER);
        JobRow.of("anna", "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z", JobState.COMPLETED)
                .cpuHours(1.5)
                .store(jdbc);
        JobRow.of("=cmd", "2026-03-02T10:00:00Z", "2026-03-02T15:00:00Z", JobState.FAILED)
                .store(jdbc);
    }

    private String token(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return tokens.issue(name, "test", null).token();
    }

    private HttpResponse<String> get(String path, String token, String... headers) {
        return HttpVisitor.withToken(port, token).get("/api/v1" + path, headers);
    }

    @Test
    void json() {
        assertThat(get("/reports/usage" + MARCH, admin).body())
                .contains("\"from\":\"2026-03-01T00:00:00Z\"", "\"to\":\"2026-04-01T00:00:00Z\"", "\"by\":\"user\"")
                .contains("{\"name\":\"anna\",\"jobs\":1,", "\"wall_hours\":2.0,", "\"cpu_efficiency\":0.75")
                .contains("\"total\":{\"jobs\":2,");
        assertThat(get("/reports/usage" + MARCH, anna).body())
                .contains("\"total\":{\"jobs\":1,")
                .doesNotContain("=cmd");
        assertThat(get("/users/anna/usage" + MARCH, anna).body())
                .contains("\"user\":\"anna\"", "\"months\":[{\"month\":\"2026-03\",\"jobs\":1,");
        assertThat(get("/users/bert/usage" + MARCH, anna).statusCode()).isEqualTo(404);
    }

    @Test
    void csv_byHeaderOrParameter() {
        HttpResponse<String> byHeader = get("/reports/usage" + MARCH, admin, "Accept", "text/csv");
        HttpResponse<String> byParameter = get("/reports/usage" + MARCH + "&format=csv", admin);

        assertThat(byHeader.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(byHeader.body()).startsWith("user,jobs,").contains("\r\n'=cmd,1,", "\r\nanna,1,0,1,0,");
        assertThat(byParameter.body()).isEqualTo(byHeader.body());
        assertThat(byParameter.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(get("/users/anna/usage" + MARCH + "&format=csv", anna).body())
                .contains("\r\n2026-03,1,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/reports/usage?from=yesterday",
                "/reports/usage?from=2026-03-02&to=2026-03-01",
                "/reports/usage?from=1900-01-01",
                "/reports/usage?by=moon",
                "/users/anna/usage?to=x",
            })
    void nonsenseIsRefusedWithWords(String path) {
        HttpResponse<String> answer = get(path, anna);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains(" must ");
        // Programs that ask for CSV get their error as well.
        assertThat(get(path, anna, "Accept", "text/csv").statusCode()).isEqualTo(400);
    }
}
