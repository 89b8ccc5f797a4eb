package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

@PortalTest
class JobPageTest {

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    NodeTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    @Test
    void anOpenPageIsSentAgainOnlyWhenSomethingHasChanged() {
        TestSite site = new TestSite(port, accounts, tokens);
        TestAgent node = site.node("node01");
        SlotStory story = site.freshJob("4711").sample(site.now, 1, 4096);
        node.tell(story);
        HttpVisitor anna = HttpVisitor.loggedIn(port, "anna", TestSite.PASSWORD);
        HttpVisitor admin = HttpVisitor.loggedIn(port, "admin", TestSite.PASSWORD);
        String path = "/jobs/" + jdbc.queryForObject("SELECT id FROM job", String.class);

        String version = unchanging(anna, path);
        assertThat(version(admin, path)).as("another sees it differently").isNotEqualTo(version);
        assertThat(version(anna, path + "?range=10m")).isNotEqualTo(version);

        node.tell(story.sample(site.now.plusSeconds(30), 2, 8192));
        await().atMost(Duration.ofMinutes(1))
                .until(() -> anna.get(path, "If-None-Match", version).body().contains("8 KiB"));

        String later = unchanging(anna, path);
        jdbc.update("""
                INSERT INTO flag (job_id, kind, severity, state, since, raised_at, sentence, first_sentence, evidence)
                SELECT id, 'hang', 'WARN', 'OPEN', UTC_TIMESTAMP(), UTC_TIMESTAMP(), 'Silent.', 'Silent.',
                    '{"unit":"s","value":1,"from":"2026-11-22T03:00:00Z","to":"2026-11-22T03:00:00Z"}' FROM job
                """);
        HttpResponse<String> flagged = anna.get(path, "If-None-Match", later);
        assertThat(flagged.statusCode()).isEqualTo(200);
        assertThat(flagged.body()).contains("Silent.");
    }

    /** The version of a page that is, at this moment, not sent again to whoever has it. */
    private static String unchanging(HttpVisitor visitor, String path) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> {
                            String version = version(visitor, path);
                            HttpResponse<String> again = visitor.get(path, "If-None-Match", version);
                            return again.statusCode() == 304 && again.body().isEmpty() ? version : "";
                        },
                        version -> !version.isEmpty());
    }

    private static String version(HttpVisitor visitor, String path) {
        return visitor.get(path).headers().firstValue("ETag").orElseThrow();
    }
}
