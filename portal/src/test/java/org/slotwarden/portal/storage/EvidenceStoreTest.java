package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SocketCount;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the judge of movers hears of a slot. */
@PortalTest
class EvidenceStoreTest {

    private final Instant start = Instant.now().minusSeconds(300).truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    NodeTokens tokens;

    @Autowired
    EvidenceStore evidence;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    private void tell(SlotStory story) {
        TestAgent agent = new TestAgent(port, "n1", tokens.issue("n1"));
        StorageConnections none =
                StorageConnections.newBuilder().setTimeMs(start.toEpochMilli()).build();
        List<SlotReport> reports = story.reports();
        agent.send(reports.stream()
                .map(report -> report == reports.getFirst()
                        ? report.toBuilder().setStorageConnections(none).build()
                        : report)
                .toList());
    }

    /** Once its newest sample is shown in lists. */
    private @Nullable Instant lookedAt(Instant newest) {
        long id = await().until(
                        () -> jdbc.sql("SELECT id FROM slot WHERE last_sample_at = ?")
                                .param(newest)
                                .query(Long.class)
                                .optional()
                                .orElse(null),
                        Objects::nonNull);
        Evidence.Slot slot = heard(id);
        assertThat(slot.told()).isTrue();
        return slot.lookedAt();
    }

    private Evidence.Slot heard(long id) {
        return evidence.read(Set.of(), Set.of(id), List.of()).slots().values().stream()
                .flatMap(List::stream)
                .findFirst()
                .orElseThrow();
    }

    private static SlotStory withKinds(SlotStory story, Instant at) {
        return story.sample(
                at,
                sample -> sample.setOpenSockets(2)
                        .addSockets(SocketCount.newBuilder()
                                .setKind(SocketCount.Kind.TCP)
                                .setState(1)
                                .setCount(2)));
    }

    private static SlotStory counted(SlotStory story, Instant at) {
        return story.sample(at, sample -> sample.setOpenSockets(2));
    }

    @Test
    void anAgentThatCountedSocketsOnlyHasNotLookedWhereTheyLead() {
        SlotStory story = withKinds(slot("s1", "1").started(start), start.plusSeconds(30));
        tell(counted(counted(story, start.plusSeconds(60)), start.plusSeconds(90)));
        assertThat(lookedAt(start.plusSeconds(90))).isEqualTo(start.plusSeconds(30));
    }

    @Test
    void itsNewestLookCounts() {
        SlotStory story = counted(slot("s1", "1").started(start), start.plusSeconds(30));
        tell(withKinds(story, start.plusSeconds(60)));
        assertThat(lookedAt(start.plusSeconds(60))).isEqualTo(start.plusSeconds(60));
    }

    @Test
    void ofASlotThatWasNeverLookedAtNothingIsAssumed() {
        tell(counted(slot("s1", "1").started(start), start.plusSeconds(30)));
        assertThat(lookedAt(start.plusSeconds(30))).isNull();
    }

    @Test
    void whoHasNoSocketsAtAllHasNoConnections() {
        tell(slot("s1", "1").started(start).sample(start.plusSeconds(30), sample -> sample.setOpenSockets(0)));
        assertThat(lookedAt(start.plusSeconds(30))).isEqualTo(start.plusSeconds(30));
    }

    @Test
    void ofWhoConnectsAllTheTimeItIsKnownUntilWhenSomeAreForgotten() {
        TestAgent agent = new TestAgent(port, "n1", tokens.issue("n1"));
        agent.tell(slot("s1", "1").started(start));
        int each = 60;
        for (int look = 0; look < 3; look++) {
            StorageConnections.Builder told = StorageConnections.newBuilder()
                    .setTimeMs(start.plusSeconds(10L * look).toEpochMilli());
            for (int i = 0; i < each; i++) {
                told.addConnections(StorageConnection.newBuilder()
                        .setStorageAddress("192.0.2.7")
                        .setStoragePort(22125)
                        .setLocalAddress("198.51.100.4")
                        .setLocalPort(30_000 + each * look + i));
            }
            agent.send(List.of(SlotReport.newBuilder()
                    .setSlotId("s1")
                    .setSequence(10 + look)
                    .setStorageConnections(told)
                    .build()));
        }

        Evidence.Slot slot =
                heard(jdbc.sql("SELECT id FROM slot").query(Long.class).single());
        assertThat(slot.forgottenUntil()).isEqualTo(start.plusSeconds(20));
        assertThat(slot.connections()).hasSizeBetween(each + 50, each + SlotConnections.MOST_GONE);
    }
}
