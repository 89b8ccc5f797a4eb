package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.StorageConnection;
import org.slotwarden.wire.v1.StorageConnections;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StorageReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * How long a look takes from the request until pages show it. {@code -Dstorage.nodes=1000 -Dstorage.movers=10000} is the
 * size that docs/benchmarks.md tells of, with {@code -Dstorage.reconnects=25} for jobs that have opened five connections
 * anew at each of the agent's looks.
 */
@PortalTest
class LookCostTest {

    private static final Viewer ADA = new Viewer("ada", true);
    private static final int NODES = Integer.getInteger("storage.nodes", 20);
    private static final int MOVERS = Integer.getInteger("storage.movers", 1000);
    private static final int RECONNECTS = Integer.getInteger("storage.reconnects", 1);
    private static final int POOLS = 200;
    private static final int SLOTS = 8;

    @Autowired
    StorageWatches watches;

    @Autowired
    StorageQueries queries;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    NodeAddresses addresses;

    @LocalServerPort
    int port;

    private final Random random = new Random(1);

    @Test
    void aLookIsStoredInTime() {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
        for (int node = 0; node < NODES; node++) {
            runs(node, start);
        }
        addresses.write();
        TestWatch watch = new TestWatch(port, "dcache", watches.issue("dcache", ADA));
        List<StorageMover.Builder> movers = new ArrayList<>();
        for (int i = 0; i < MOVERS; i++) {
            movers.add(mover(i, start.plusSeconds(10)));
        }

        time("first look", watch, look(watch, start.plusSeconds(60), movers));
        double slowest = 0;
        for (int look = 2; look <= 10; look++) {
            Instant at = start.plusSeconds(30L + 30L * look);
            for (int i = 0; i < MOVERS; i++) {
                if (i % 10 == look) {
                    movers.set(i, mover(MOVERS * look + i, at.minusSeconds(20)));
                } else if (i % 2 == 0) {
                    movers.get(i).setBytes(random.nextInt(1 << 30)).setLastIoAtMs(at.toEpochMilli());
                }
            }
            double seconds = time("look " + look, watch, look(watch, at, movers));
            slowest = look == 2 ? slowest : Math.max(slowest, seconds);
        }
        long begin = System.nanoTime();
        StorageQueries.Found found =
                queries.movers(MoverFilter.ALL, StorageQueries.SortKey.SUBMITTED_AT, false, 0, 50, ADA);
        int holders = queries.holders(MoverFilter.ALL, ADA).size();
        System.out.printf("%d movers there, %d holders, asked for in %.3f s%n", found.total(), holders, since(begin));

        assertThat(found.total()).isEqualTo(MOVERS);
        assertThat(slowest).isLessThan(5);
    }

    private double time(String what, TestWatch watch, StorageReport.Builder look) {
        long begin = System.nanoTime();
        watch.tell(look);
        double seconds = since(begin);
        System.out.printf("%s: %.3f s%n", what, seconds);
        return seconds;
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private StorageReport.Builder look(TestWatch watch, Instant at, List<StorageMover.Builder> movers) {
        StorageReport.Builder look = watch.report(at);
        for (int pool = 0; pool < POOLS; pool++) {
            look.addPools(TestWatch.pool("pool_" + pool, random.nextInt(60), 60, random.nextInt(3)));
            look.addHosts(TestWatch.host(poolAddress(pool), "pool_" + pool));
        }
        movers.forEach(look::addMovers);
        return look;
    }

    private static String poolAddress(int pool) {
        return "10.8.0." + (1 + pool / 2);
    }

    private StorageMover.Builder mover(int number, Instant submittedAt) {
        int node = random.nextInt(NODES);
        return TestWatch.mover("pool_" + random.nextInt(POOLS), number, submittedAt)
                .setClientAddress(nodeAddress(node))
                .setUser("user" + node % 300)
                .setPath("/pnfs/example.org/data/experiment/run" + number + "/events-" + number + ".root")
                .setUid(1000 + (node * 3 + random.nextInt(3)) % 300);
    }

    private static String nodeAddress(int node) {
        return "10.1." + node / 250 + "." + (1 + node % 250);
    }

    private void runs(int node, Instant start) {
        TestAgent agent = new TestAgent(port, "n" + node, nodeTokens.issue("n" + node));
        List<SlotReport> reports = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            String id = node + "-" + i;
            int uid = 1000 + (node * 3 + i % 3) % 300;
            SlotStory story = slot("s" + id, id)
                    .facts(facts -> facts.setUser("user" + uid).setUid(uid))
                    .started(start);
            for (SlotReport report : story.reports()) {
                reports.add(report.toBuilder()
                        .setStorageConnections(connections(node, i, 0, start))
                        .build());
            }
        }
        agent.send(reports);
        for (int again = 1; again <= RECONNECTS; again++) {
            List<SlotReport> next = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                next.add(SlotReport.newBuilder()
                        .setSlotId("s" + node + "-" + i)
                        .setSequence(100 + again)
                        .setStorageConnections(connections(node, i, again, start))
                        .build());
            }
            agent.send(next);
        }
    }

    private StorageConnections.Builder connections(int node, int slot, int look, Instant start) {
        StorageConnections.Builder connections = StorageConnections.newBuilder()
                .setTimeMs(start.plusSeconds(20 + 20L * look).toEpochMilli());
        for (int connection = 0; connection < 5; connection++) {
            connections.addConnections(StorageConnection.newBuilder()
                    .setStorageAddress(poolAddress(random.nextInt(POOLS)))
                    .setStoragePort(20436)
                    .setLocalAddress(nodeAddress(node))
                    .setLocalPort(20_000 + 10 * (100 * slot + look) + connection)
                    .setProcess(1000 + slot));
        }
        return connections;
    }
}
