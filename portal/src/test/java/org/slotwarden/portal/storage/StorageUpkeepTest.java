package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;
import static org.slotwarden.portal.storage.TestWatch.mover;
import static org.slotwarden.portal.storage.TestWatch.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is done between looks: addresses of nodes, and what is kept for how long. */
@PortalTest
class StorageUpkeepTest {

    private static final Viewer ADA = new Viewer("ada", true);

    @Autowired
    StorageWatches watches;

    @Autowired
    StorageQueries queries;

    @Autowired
    StorageHistory history;

    @Autowired
    JobMovers jobMovers;

    @Autowired
    NodeAddresses addresses;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    Instant now;
    TestWatch watch;
    long node;

    @BeforeEach
    void aJobAndAWatch() {
        now = Instant.now().truncatedTo(ChronoUnit.HOURS);
        watch = new TestWatch(port, "dcache", watches.issue("dcache", ADA));
        new TestAgent(port, "n1", nodeTokens.issue("n1"))
                .tell(slot("s7", "7")
                        .facts(facts -> facts.setUser("anna").setUid(1001))
                        .started(now.minusSeconds(7200)));
        node = jdbc.sql("SELECT id FROM node").query(Long.class).single();
        addresses.seen(node, "10.0.0.1", NodeAddresses.Source.CONNECTION);
        addresses.write();
    }

    @Test
    void ofAQueuesOlderPastTheFullestMomentOfTenMinutesStays() {
        Instant begin = now.minus(Duration.ofDays(3));
        List<Integer> active = List.of(2, 5, 3, 1);
        for (int minute = 0; minute < active.size(); minute++) {
            int places = active.get(minute);
            watch.tell(begin.plusSeconds(60L * minute), look -> look.addPools(pool("a", places, 6, 0)));
        }
        watch.tell(begin.plusSeconds(660), look -> look.addPools(pool("a", 4, 6, 0)));
        watch.tell(now, look -> look.addPools(pool("a", 6, 6, 0)));
        long queue = queries.pools(null).getFirst().queues().getFirst().id();

        history.thin();
        history.thin();

        assertThat(queries.history(queue, begin, begin.plusSeconds(3600)))
                .extracting(QueuePoint::active)
                .containsExactly(5, 4);
        assertThat(queries.looks("dcache", begin, begin.plusSeconds(3600)))
                .extracting(look -> look.sums().active())
                .containsExactly(5, 4);
    }

    @Test
    void moversThatEndedLongAgoAreDeleted_andThoseThatAreThereStay() {
        Instant old = now.minus(Duration.ofDays(40));
        watch.tell(
                old,
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, old))
                        .addMovers(mover("a", 2, old)));
        watch.tell(
                old.plusSeconds(60), look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 2, old)));

        history.deleteOld();

        assertThat(jdbc.sql("SELECT mover_id FROM storage_mover")
                        .query(Long.class)
                        .list())
                .containsExactly(2L);
    }

    @Test
    void moversGoWithTheRecordOfTheirJob_andOneThatIsThereIsNobodys() {
        watch.tell(
                now.minusSeconds(120),
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, now.minusSeconds(300))
                                .setClientAddress("10.0.0.1")
                                .setUid(1001))
                        .addMovers(mover("a", 2, now.minusSeconds(300))
                                .setClientAddress("10.0.0.1")
                                .setUid(1001)));
        watch.tell(
                now.minusSeconds(90),
                look -> look.addPools(pool("a", 1, 6, 0))
                        .addMovers(mover("a", 2, now.minusSeconds(300))
                                .setClientAddress("10.0.0.1")
                                .setUid(1001)));
        long job = jdbc.sql("SELECT id FROM job").query(Long.class).single();
        assertThat(queries.ofJob(job, true, 10, ADA)).hasSize(2);

        jobMovers.remove(job);

        assertThat(queries.ofJob(job, true, 10, ADA)).isEmpty();
        assertThat(queries.movers(MoverFilter.ALL, StorageQueries.SortKey.POOL, false, 0, 10, ADA)
                        .movers())
                .singleElement()
                .extracting(mover -> mover.attribution().confidence())
                .isEqualTo(Confidence.NONE);
    }

    @Test
    void theSitesFileTellsAddressesOfNodes(@TempDir Path directory) throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), """
                # nodes
                10.7.7.7\tn1.example.org n1  # the first
                10.7.7.8 n2
                not-an-address n1
                fe80::1%eth0 n1
                2001:DB8::7 n1
                """);
        watches.issue("dcache", ADA);
        StorageSettings settings = new StorageSettings(
                true,
                hosts,
                false,
                Duration.ofMinutes(2),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Set.of(),
                Duration.ofDays(30),
                Duration.ofDays(90),
                Duration.ofMinutes(10));

        new NodeNames(jdbc, addresses, settings, Clock.systemUTC()).learn();
        addresses.write();

        assertThat(addresses.nodes(List.of("10.7.7.7", "10.7.7.8", "2001:db8:0:0:0:0:0:7")))
                .containsOnlyKeys("10.7.7.7", "2001:db8:0:0:0:0:0:7");
    }

    @Test
    void anAddressIsBelievedForADay_andAnAgentTellsNoMoreThanSomeHundred() {
        assertThat(addresses.nodes(List.of("10.0.0.1"))).containsEntry("10.0.0.1", Set.of(node));
        for (int i = 0; i < 200; i++) {
            addresses.seen(node, "10.66.0." + i, NodeAddresses.Source.CONNECTION);
        }
        addresses.write();
        assertThat(jdbc.sql("SELECT COUNT(*) FROM node_address WHERE source = 'CONNECTION'")
                        .query(Long.class)
                        .single())
                .isEqualTo(100);
        assertThat(addresses.nodes(List.of("10.0.0.1"))).as("not pushed out").containsEntry("10.0.0.1", Set.of(node));

        jdbc.sql("UPDATE node_address SET seen_at = seen_at - INTERVAL 26 HOUR").update();
        assertThat(addresses.nodes(List.of("10.0.0.1"))).isEmpty();
    }
}
