package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** Somebody writes the same rows at another node of a Galera cluster. Run by {@code portal/test-on galera}. */
@PortalTest
@EnabledIfSystemProperty(named = "slotwarden.test.database.url", matches = "jdbc:mariadb:sequential:.*,.*")
class ClusterConflictTest {

    private static final int SAMPLES = 200;

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(SAMPLES * 30L);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JdbcTemplate jdbc;

    @LocalServerPort
    int port;

    @Test
    void batchesThatLoseAgainstAnotherNodeAreStoredAllTheSame() throws Exception {
        var agent = new TestAgent(port, "n1", tokens.issue("n1"));
        SlotStory story = slot("a", "7").started(start);
        for (int i = 1; i <= SAMPLES; i++) {
            story.sample(start.plusSeconds(30L * i), i, 100);
        }
        agent.send(story.reports().subList(0, 1));
        var go = new AtomicBoolean(true);
        Thread other = Thread.ofPlatform().start(() -> writeElsewhere(go));
        try {
            for (SlotReport report : story.reports().subList(1, 1 + SAMPLES)) {
                assertThat(agent.send(List.of(report)).getAcknowledgedCount()).isEqualTo(1);
            }
        } finally {
            go.set(false);
            other.join();
        }
        assertThat(jdbc.queryForObject("SELECT count(*) FROM job_sample", Integer.class))
                .isEqualTo(SAMPLES);
        assertThat(refusedCommits()).as("the nodes were in each other's way").isPositive();
    }

    /** At the last node of the URL; the portal is at the first. */
    private static void writeElsewhere(AtomicBoolean go) {
        String url = System.getProperty("slotwarden.test.database.url").replaceAll("sequential:(//).*,", "$1");
        try (Connection connection = DriverManager.getConnection(
                        url,
                        System.getProperty("slotwarden.test.database.username"),
                        System.getProperty("slotwarden.test.database.password"));
                Statement statement = connection.createStatement()) {
            for (int i = 0; go.get(); i++) {
                try {
                    statement.execute("UPDATE job SET name = 'name " + i + "'");
                    statement.execute("DO sleep(0.05)"); // an opponent who lets nobody in wins for ever
                    statement.execute("UPDATE node SET agent_version = 'version " + i + "'");
                } catch (SQLTransactionRollbackException e) {
                    // this one lost
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private int refusedCommits() {
        return jdbc.query(
                "SHOW STATUS WHERE Variable_name IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')", rows -> {
                    int sum = 0;
                    while (rows.next()) {
                        sum += rows.getInt(2);
                    }
                    return sum;
                });
    }
}
