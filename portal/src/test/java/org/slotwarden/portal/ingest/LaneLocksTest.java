package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Lanes do not wait for one another: each locks the rows of its nodes and their jobs, and no others. */
@PortalTest
class LaneLocksTest {

    private static final int JOBS = 60;

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    Ingest ingest;

    @Autowired
    NodeTokens tokens;

    @Autowired
    Complaints complaints;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @Test
    void whatOneStoresNoOtherWaitsFor() {
        var first = new LiveSlots();
        var second = new LiveSlots();
        long one = node("n1");
        long other = node("n2");
        store(one, "n1", first, "a", 1);
        store(other, "n2", second, "b", 1);

        transaction.executeWithoutResult(status -> {
            // Not committed yet: more jobs begin, and those before go on.
            store(one, "n1", first, "c", 1);
            store(one, "n1", first, "a", 2);
            CompletableFuture<List<ReportAnswer>> stored = CompletableFuture.supplyAsync(() -> {
                store(other, "n2", second, "d", 1);
                return store(other, "n2", second, "b", 2);
            });
            stored.completeOnTimeout(List.of(), 30, TimeUnit.SECONDS).join();
            List<String> waiting = jdbc.sql("SHOW FULL PROCESSLIST")
                    .query((row, number) -> row.getString("Info"))
                    .list();
            List<ReportAnswer> answers = stored.join();
            assertThat(answers).as("what is waited for: %s", waiting).hasSize(1);
            assertThat(answers.getFirst().getAcknowledgedCount()).isEqualTo(2 * JOBS);
        });
    }

    private long node(String name) {
        return tokens.authenticate(tokens.issue(name)).orElseThrow().id();
    }

    private List<ReportAnswer> store(long id, String node, LiveSlots live, String kind, int step) {
        var batch = ReportBatch.newBuilder()
                .setNode(node)
                .setAgentStatus(AgentStatus.newBuilder()
                        .setTimeMs(start.plusSeconds(step).toEpochMilli())
                        .setStartedAtMs(start.toEpochMilli()));
        for (int job = 0; job < JOBS; job++) {
            batch.addAllSlotReports(slot(kind + job, kind + job)
                    .started(start)
                    .sample(start.plusSeconds(30L * step), 30.0 * step, 100)
                    .reports());
        }
        return ingest.store(
                List.of(Contents.of(new ReportingNode(id, node), batch.build(), Instant.now(), complaints)), live);
    }
}
