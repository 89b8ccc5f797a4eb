package org.slotwarden.portal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
class NodeTest {

    private static final Instant EIGHT = Instant.parse("2026-11-21T20:00:00.123Z");

    @LocalServerPort
    int port;

    @Autowired
    Nodes nodes;

    @Autowired
    NodeTokens tokens;

    @Autowired
    NodeSamples samples;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Clock clock;

    @Autowired
    HikariDataSource pool;

    private long node;

    @BeforeEach
    void aNodeWithAToken() {
        node = tokens.authenticate(tokens.issue("n1.example")).orElseThrow().id();
    }

    @Test
    void aNewTokenTakesTheOldOnesPlace() {
        String old = tokens.issue("n2");
        String fresh = tokens.issue("n2");

        assertThat(fresh).startsWith("swn_").isNotEqualTo(old);
        assertThat(tokens.authenticate(old)).isEmpty();
        assertThat(tokens.authenticate(fresh)).map(ReportingNode::name).contains("n2");
    }

    @Test
    void namesThatNoNodeHasAreRefused() {
        for (String name : List.of("", "a b", "../etc", "<b>", "ä", "a".repeat(256))) {
            assertThatThrownBy(() -> tokens.issue(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private boolean report(Instant sentAt, String agentVersion, @Nullable NodeFacts facts) {
        return nodes.report(List.of(new Nodes.Told(node, sentAt, agentVersion, facts)))
                .contains(node);
    }

    @Test
    void aNodeIsUpOnceItReports_andItsClockIsCompared() {
        assertThat(status().state()).isEqualTo(NodeState.NEVER);

        boolean factsKnown = report(clock.instant().plusSeconds(100), "1.0", null);

        assertThat(factsKnown).isFalse();
        assertThat(status().state()).isEqualTo(NodeState.UP);
        assertThat(status().clockOffsetSeconds()).isBetween(90.0, 101.0);
        assertThat(status().facts()).isNull();
    }

    @Test
    void silenceIsMeasuredFromTheLastReport() {
        Duration twoMinutes = new NodeSettings(Duration.ofSeconds(1)).silentAfter();

        assertThat(twoMinutes).isEqualTo(Duration.ofMinutes(2));
        assertThat(new NodeSettings(Duration.ofMinutes(5)).silentAfter()).isEqualTo(Duration.ofMinutes(15));
        assertThat(NodeState.of(EIGHT, EIGHT.plusSeconds(120), twoMinutes)).isEqualTo(NodeState.UP);
        assertThat(NodeState.of(EIGHT, EIGHT.plusSeconds(121), twoMinutes)).isEqualTo(NodeState.SILENT);
        assertThat(NodeState.of(null, EIGHT, twoMinutes)).isEqualTo(NodeState.NEVER);
    }

    @Test
    void factsComeBackAsTheyWereTold_andWhatIsUnknownStaysUnknown() {
        NodeFacts facts = new NodeFacts(
                "Debian 12",
                "6.1.0",
                null,
                8,
                null,
                16L << 30,
                0L,
                EIGHT,
                125_000_000L,
                List.of("not root: others' files"));

        assertThat(report(EIGHT, "1.0", facts)).isTrue();

        assertThat(status().facts()).isEqualTo(facts);
        assertThat(report(EIGHT, "1.0", null)).isTrue();
    }

    @Test
    void absurdFactsAndClocksDoNoHarm() {
        NodeFacts facts = new NodeFacts(
                "x".repeat(5000),
                null,
                null,
                null,
                null,
                null,
                null,
                Instant.ofEpochMilli(Long.MAX_VALUE),
                null,
                Collections.nCopies(1000, "line\nbreak ".repeat(1000)));

        report(Instant.ofEpochMilli(Long.MIN_VALUE), "v".repeat(500), facts);

        NodeFacts stored = Objects.requireNonNull(status().facts());
        assertThat(stored.operatingSystem()).hasSize(255);
        assertThat(stored.bootedAt()).isNull();
        assertThat(stored.blindSpots())
                .hasSize(50)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(256));
    }

    @Test
    void aSampleSentTwiceCountsOnce_asItWasFirst() {
        samples.store(List.of(new NodeSamples.OfNode(node, List.of(sample(EIGHT, 1.5, 10.0)))));
        samples.store(List.of(new NodeSamples.OfNode(
                node, List.of(sample(EIGHT, 9.9, 99.0), sample(EIGHT.plusSeconds(30), 2.5, 40.0)))));

        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM node_sample", Long.class))
                .isEqualTo(2);
        assertThat(samples.between(
                                node, List.of(new NodeSeries.OfNode(NodeMetric.LOAD_1M)), EIGHT, EIGHT.plusSeconds(60))
                        .values())
                .containsEntry("load_1m", List.of(1.5, 2.5));
        assertThat(samples.latest(List.of(node))).containsEntry(node, sample(EIGHT.plusSeconds(30), 2.5, 40.0));
    }

    /** They go to the database a thousand at a time. */
    @Test
    void asManySamplesAreStoredAsThereAre_ofSeveralNodes() {
        long other =
                tokens.authenticate(tokens.issue("n2.example")).orElseThrow().id();
        samples.store(List.of(
                new NodeSamples.OfNode(node, many(999)),
                new NodeSamples.OfNode(other, many(1002)),
                new NodeSamples.OfNode(node, List.of(sample(EIGHT.minusSeconds(1), 7.0, 1.0)))));

        assertThat(jdbc.queryForList("SELECT COUNT(*) FROM node_sample GROUP BY node_id ORDER BY node_id", Long.class))
                .containsExactly(1000L, 1002L);
        assertThat(jdbc.queryForList(
                        "SELECT load_1m FROM node_sample WHERE node_id = ? ORDER BY time", Double.class, other))
                .startsWith(0.0, 1.0)
                .endsWith(1000.0, 1001.0);
        assertThat(jdbc.queryForList(
                        "SELECT load_1m FROM node_sample WHERE node_id = ? ORDER BY time", Double.class, node))
                .startsWith(7.0, 0.0)
                .endsWith(998.0);
    }

    private static List<NodeSample> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> sample(EIGHT.plusSeconds(i), (double) i, 1.0))
                .toList();
    }

    @Test
    void timesAreStoredInUtc_whateverTheZoneOfThisMachine() {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            connectAnew();
            samples.store(List.of(new NodeSamples.OfNode(node, List.of(sample(EIGHT, 1.0, 1.0)))));
            report(EIGHT, "1.0", new NodeFacts(null, null, null, null, null, null, null, EIGHT, null, List.of()));

            assertThat(jdbc.queryForObject("SELECT CAST(time AS CHAR) FROM node_sample", String.class))
                    .isEqualTo("2026-11-21 20:00:00.123");
            assertThat(jdbc.queryForObject("SELECT CAST(booted_at AS CHAR) FROM node WHERE id = ?", String.class, node))
                    .isEqualTo("2026-11-21 20:00:00.123");
            assertThat(samples.latest(List.of(node))).containsEntry(node, sample(EIGHT, 1.0, 1.0));
        } finally {
            TimeZone.setDefault(before);
            connectAnew();
        }
    }

    @Test
    void aFallingCounterHasNoRate() {
        List<Instant> times = List.of(EIGHT, EIGHT.plusSeconds(10), EIGHT.plusSeconds(20), EIGHT.plusSeconds(30));

        assertThat(NodeSeries.rates(times, List.of(100.0, 150.0, 5.0, 25.0))).containsExactly(null, 5.0, null, 2.0);
    }

    @Test
    void theRestInterfaceTellsOfNodesAndTheirSeries() {
        accounts.create("anna", "correct horse battery", Role.USER);
        HttpVisitor anna =
                HttpVisitor.withToken(port, apiTokens.issue("anna", "t", null).token());
        Instant time = EIGHT.truncatedTo(ChronoUnit.SECONDS);
        samples.store(List.of(new NodeSamples.OfNode(
                node, List.of(sample(time, 1.25, 10.0), sample(time.plusSeconds(10), null, 25.0)))));

        assertThat(anna.get("/api/v1/nodes?size=1").body())
                .contains("\"page\":0", "\"size\":1", "\"total\":1", "\"name\":\"n1.example\"", "\"state\":\"NEVER\"")
                .doesNotContain("digest");
        assertThat(anna.get("/api/v1/nodes/n1.example/series?metric=load_1m,cpu_busy_seconds"
                                + "&from=2026-11-21T20:00:00Z&to=2026-11-21T20:01:00Z")
                        .body())
                .contains("\"interval_seconds\":10.0")
                .contains("[\"2026-11-21T20:00:00Z\",1.25],[\"2026-11-21T20:00:10Z\",null]")
                .contains("[\"2026-11-21T20:00:00Z\",null],[\"2026-11-21T20:00:10Z\",1.5]")
                .contains("\"unit\":\"s/s\"");
        assertThat(anna.get("/api/v1/nodes/elsewhere").statusCode()).isEqualTo(404);
    }

    /** The driver looks at the zone when it connects. */
    private void connectAnew() {
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    private NodeStatus status() {
        return nodes.find("n1.example").orElseThrow();
    }

    private static NodeSample sample(Instant time, @Nullable Double load, double cpuBusySeconds) {
        Map<NodeMetric, Double> levels = new EnumMap<>(NodeMetric.class);
        if (load != null) {
            levels.put(NodeMetric.LOAD_1M, load);
        }
        levels.put(NodeMetric.CPU_BUSY_SECONDS, cpuBusySeconds);
        levels.put(NodeMetric.MEMORY_TOTAL_BYTES, (double) (16L << 30));
        levels.put(NodeMetric.PROCESSES, 120.0);
        return new NodeSample(time, levels, Map.of());
    }
}
