package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the portal tells of itself. */
@PortalTest
class PortalStateTest {

    private static final String PASSWORD = "correct horse battery";

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    JsonMapper json;

    @LocalServerPort
    int port;

    @BeforeEach
    void ada() {
        accounts.create("ada", PASSWORD, Role.ADMIN);
    }

    @Test
    void itCountsWhatWasStored_andWhatWasRefused() {
        String node = "n-" + UUID.randomUUID();
        var agent = new TestAgent(port, node, tokens.issue(node));
        JsonNode before = state();

        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100));
        agent.tell(slot("b", "8")
                .started(start)
                .sample(start.plusSeconds(30), 30, 100)
                .sample(start.plusSeconds(60), 30, 100));
        assertThat(agent.post("no batch".getBytes()).statusCode()).isEqualTo(400);

        JsonNode after = state();
        assertThat(after.get("samples").asLong() - before.get("samples").asLong())
                .isEqualTo(3);
        assertThat(after.get("refused").asLong() - before.get("refused").asLong())
                .isEqualTo(1);
        assertThat(after.get("busy").asLong()).isEqualTo(before.get("busy").asLong());
        assertThat(after.get("samples_per_second").asDouble()).isPositive();
        assertThat(after.get("commit_seconds").asDouble()).isPositive().isLessThan(60);
        assertThat(after.get("waiting_bytes").asLong()).isZero();
    }

    @Test
    void thePageAndPrometheusTellTheSame() {
        HttpVisitor admin = HttpVisitor.loggedIn(port, "ada", PASSWORD);

        assertThat(admin.get("/portal").body()).contains("Slots reporting", "Waiting to be stored", "Heap");
        assertThat(admin.get("/actuator/prometheus").body())
                .contains(
                        "slotwarden_ingest_samples_total",
                        "slotwarden_ingest_busy_total",
                        "slotwarden_ingest_refused_total",
                        "slotwarden_ingest_failed_total",
                        "slotwarden_ingest_commit_seconds",
                        "slotwarden_ingest_live_slots",
                        "slotwarden_ingest_waiting_bytes",
                        "slotwarden_ingest_waiting_seconds",
                        "slotwarden_ingest_unshown_seconds",
                        "slotwarden_flags_passed_over_total");
    }

    private JsonNode state() {
        return json.readTree(HttpVisitor.loggedIn(port, "ada", PASSWORD)
                        .get("/api/v1/portal")
                        .body())
                .get("ingest");
    }
}
