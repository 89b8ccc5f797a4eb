package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.wire.v1.Refusal;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What agents tell of connections to storage hosts, over real HTTP. */
@PortalTest
class StorageConnectionsTest {

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @Autowired
    NodeTokens tokens;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    TestAgent agent;

    @BeforeEach
    void aJobRuns() {
        String node = "n-" + UUID.randomUUID();
        agent = new TestAgent(port, node, tokens.issue(node));
        agent.tell(slot("a", "7").started(start));
    }

    private ReportAnswer tell(long sequence, Instant at, StorageConnection... connections) {
        return send(sequence, told -> told.setTimeMs(at.toEpochMilli()).addAllConnections(List.of(connections)));
    }

    private ReportAnswer send(long sequence, Consumer<StorageConnections.Builder> content) {
        StorageConnections.Builder told =
                StorageConnections.newBuilder().setTimeMs(start.plusSeconds(30).toEpochMilli());
        content.accept(told);
        return agent.send(List.of(SlotReport.newBuilder()
                .setSlotId("a")
                .setSequence(sequence)
                .setStorageConnections(told)
                .build()));
    }

    private static StorageConnection connection(int localPort) {
        return StorageConnection.newBuilder()
                .setStorageAddress("192.0.2.7")
                .setStoragePort(22125)
                .setLocalAddress("198.51.100.4")
                .setLocalPort(localPort)
                .setProcess(301)
                .setOwnProcess(7)
                .build();
    }

    /** Those that are there by what the agent told last. */
    private List<String> known() {
        return jdbc.sql("SELECT * FROM storage_connection WHERE gone_at IS NULL ORDER BY local_port")
                .query((row, number) -> row.getString("local_address") + ":" + row.getInt("local_port") + " > "
                        + row.getString("storage_address") + ":" + row.getInt("storage_port") + " by "
                        + row.getObject("process", Long.class) + "=" + row.getObject("own_process", Long.class))
                .list();
    }

    @Test
    void areKeptForTheirSlotUntilTheAgentTellsOthers() {
        ReportAnswer answer = tell(2, start.plusSeconds(30), connection(40_000), connection(40_001));
        assertThat(answer.getAcknowledgedList())
                .extracting(id -> id.getSequence())
                .containsExactly(2L);
        assertThat(known())
                .containsExactly(
                        "198.51.100.4:40000 > 192.0.2.7:22125 by 301=7",
                        "198.51.100.4:40001 > 192.0.2.7:22125 by 301=7");

        tell(2, start.plusSeconds(30), connection(40_000), connection(40_001));
        assertThat(known()).as("told twice").hasSize(2);

        tell(3, start.plusSeconds(60), connection(40_001));
        tell(4, start.plusSeconds(45), connection(40_009));
        assertThat(known())
                .as("what is older than what is known changes nothing")
                .containsExactly("198.51.100.4:40001 > 192.0.2.7:22125 by 301=7");

        tell(5, start.plusSeconds(90));
        assertThat(known()).as("none is an answer").isEmpty();
    }

    @Test
    void ofAJobThatConnectsAllTheTimeTheNewestStay_andThatThereWereOthers() {
        int told = 12;
        int each = 20;
        for (int report = 0; report < told; report++) {
            int first = 30_000 + each * report;
            tell(2 + report, start.plusSeconds(10L * report), connections(first, each));
        }

        List<Integer> gone = jdbc.sql(
                        "SELECT local_port FROM storage_connection WHERE gone_at IS NOT NULL ORDER BY local_port")
                .query((row, number) -> row.getInt("local_port"))
                .list();
        int allGone = each * (told - 1);
        assertThat(gone).hasSizeBetween(40, 100);
        assertThat(gone.getLast()).isEqualTo(30_000 + allGone - 1);
        assertThat(gone.getFirst()).isEqualTo(30_000 + allGone - gone.size());
        assertThat(known()).hasSize(each);
        Instant newestForgotten = start.plusSeconds(10L * (told - 1 - gone.size() / each));
        assertThat(jdbc.sql("SELECT forgotten_until FROM storage_slot")
                        .query(Instant.class)
                        .single())
                .isEqualTo(newestForgotten);
    }

    @Test
    void ofManyThatAreGoneAtOnceSomeStay() {
        for (int report = 0; report < 3; report++) {
            tell(2 + report, start.plusSeconds(10L * report), connections(30_000 + 60 * report, 60));
        }

        Instant lastGone = start.plusSeconds(20);
        assertThat(jdbc.sql("SELECT gone_at FROM storage_connection WHERE gone_at IS NOT NULL")
                        .query(Instant.class)
                        .list())
                .hasSize(50)
                .containsOnly(lastGone);
        assertThat(jdbc.sql("SELECT forgotten_until FROM storage_slot")
                        .query(Instant.class)
                        .single())
                .as("ten of these are not known")
                .isEqualTo(lastGone);
    }

    private static StorageConnection[] connections(int firstPort, int count) {
        return IntStream.range(firstPort, firstPort + count)
                .mapToObj(StorageConnectionsTest::connection)
                .toArray(StorageConnection[]::new);
    }

    @Test
    void aJobThatConnectsSometimesLosesNone() {
        for (int report = 0; report <= 20; report++) {
            tell(2 + report, start.plusSeconds(10L * report), connections(30_000 + 5 * report, 5));
        }

        assertThat(jdbc.sql("SELECT COUNT(*) FROM storage_connection WHERE gone_at IS NOT NULL")
                        .query(Integer.class)
                        .single())
                .isEqualTo(100);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM storage_slot WHERE forgotten_until IS NULL")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void addressesHaveOneForm() {
        tell(
                2,
                start.plusSeconds(30),
                connection(1).toBuilder()
                        .setStorageAddress("2001:DB8::7")
                        .setLocalAddress("::ffff:198.51.100.4")
                        .clearProcess()
                        .clearOwnProcess()
                        .build());
        assertThat(known()).containsExactly("198.51.100.4:1 > 2001:db8:0:0:0:0:0:7:22125 by null=null");
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                Arguments.of(
                        "not numeric",
                        change(one ->
                                one.addConnections(connection(1).toBuilder().setStorageAddress("door.example.org")))),
                Arguments.of(
                        "not numeric",
                        change(one ->
                                one.addConnections(connection(1).toBuilder().setLocalAddress("fe80::1%lo")))),
                Arguments.of(
                        "not numeric",
                        change(one ->
                                one.addConnections(connection(1).toBuilder().setLocalAddress("1".repeat(1000))))),
                Arguments.of("not numeric", change(one -> one.addConnections(StorageConnection.getDefaultInstance()))),
                Arguments.of("a port", change(one -> one.addConnections(connection(65_536)))),
                Arguments.of(
                        "a port",
                        change(one ->
                                one.addConnections(connection(1).toBuilder().setStoragePort(-1)))),
                Arguments.of(
                        "more than 100", change(one -> one.addAllConnections(Collections.nCopies(101, connection(1))))),
                Arguments.of("before the year 2000", change(one -> one.setTimeMs(1))),
                Arguments.of(
                        "in the future",
                        change(one ->
                                one.setTimeMs(Instant.now().plusSeconds(3600).toEpochMilli()))));
    }

    private static Consumer<StorageConnections.Builder> change(Consumer<StorageConnections.Builder> change) {
        return change;
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatCannotBeIsRefusedAndNothingElseIsLost(String why, Consumer<StorageConnections.Builder> change) {
        ReportAnswer answer = send(2, change);
        assertThat(answer.getRefusedList())
                .extracting(Refusal::getReason)
                .singleElement()
                .asString()
                .contains(why)
                .doesNotContain("door.example.org");
        assertThat(known()).isEmpty();
        assertThat(tell(3, start.plusSeconds(60), connection(1)).getAcknowledgedCount())
                .isEqualTo(1);
        assertThat(known()).hasSize(1);
    }

    @Test
    void aProcessThatCannotBeIsAsIfItWereNotTold() {
        tell(
                2,
                start.plusSeconds(30),
                connection(1).toBuilder().setProcess(-4).setOwnProcess(1L << 40).build());
        assertThat(known()).containsExactly("198.51.100.4:1 > 192.0.2.7:22125 by null=null");
    }

    @Test
    void addressesAreNamedToAgentsThatLookForThemAndHaveOthers() {
        assertThat(agent.send(batch -> {}).hasStorageAddresses())
                .as("an agent that does not look for them")
                .isFalse();
        ReportAnswer first = agent.send(batch -> batch.setStorageAddressesVersion(0));
        assertThat(first.getStorageAddresses().getVersion()).isNotZero();
        assertThat(first.getStorageAddresses().getAddressesList())
                .as("nobody watches a storage system")
                .isEmpty();
        long version = first.getStorageAddresses().getVersion();
        assertThat(agent.send(batch -> batch.setStorageAddressesVersion(version))
                        .hasStorageAddresses())
                .isFalse();
    }
}
