package org.slotwarden.portal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;
import static org.slotwarden.portal.storage.TestWatch.host;
import static org.slotwarden.portal.storage.TestWatch.mover;
import static org.slotwarden.portal.storage.TestWatch.pool;
import static org.slotwarden.portal.storage.TestWatch.record;
import static org.slotwarden.portal.storage.TestWatch.unread;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@PortalTest
class StorageIngestTest {

    private static final Viewer ADA = new Viewer("ada", true);
    private static final Viewer ANNA = new Viewer("anna", false);

    @Autowired
    StorageWatches watches;

    @Autowired
    StorageQueries queries;

    @Autowired
    StorageSeries series;

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    NodeAddresses addresses;

    @Autowired
    StorageUpkeep upkeep;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    Instant start;
    TestWatch watch;

    @BeforeEach
    void aWatch() {
        start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
        watch = new TestWatch(port, "dcache", watches.issue("dcache", ADA));
    }

    // --------------------------------------------------------------------------------------------------- the picture

    @Test
    void theNewestLookIsThePicture_andWhatIsGoneStaysAsWhatItWas() {
        watch.tell(
                start,
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, start))
                        .addMovers(mover("a", 2, start)));
        watch.tell(
                start.plusSeconds(30),
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 2, start).setBytes(77))
                        .addMovers(mover("a", 3, start)));

        assertThat(there()).extracting(Mover::moverId).containsExactly(2L, 3L);
        assertThat(there().getFirst().bytes()).isEqualTo(77);
        assertThat(there().getFirst().firstSeenAt()).isEqualTo(start);
        assertThat(there().getFirst().seenAt()).isEqualTo(start.plusSeconds(30));
        assertThat(ended())
                .singleElement()
                .satisfies(mover -> assertThat(mover.goneAt()).isEqualTo(start.plusSeconds(30)));
    }

    @Test
    void aWatchThatSendsSlowlyHoldsUpNoOther() throws Exception {
        String token = watches.issue("slow", ADA);
        TestWatch slow = new TestWatch(port, "slow", token);
        byte[] report = slow.report(start).build().toByteArray();
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream()
                    .write(("POST " + WireContract.STORAGE_PATH
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + token + "\r\nContent-Type: " + WireContract.CONTENT_TYPE
                                    + "\r\nContent-Length: 1000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            // It is being read as soon as another one of the same watch is sent away.
            await().until(() -> slow.post(report).statusCode() == 503);
            watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)));
        }
        await().until(() -> slow.post(report).statusCode() == 200);
    }

    @Test
    void aLookSentTwiceCountsOnce_andAnOlderOneChangesThePastOfQueuesOnly() {
        StorageReport.Builder newest =
                watch.report(start.plusSeconds(60)).addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start));
        watch.tell(newest);
        watch.tell(newest);
        watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("a", 6, 6, 3)).addMovers(mover("a", 9, start)));

        assertThat(there()).extracting(Mover::moverId).containsExactly(1L);
        QueueStatus queue = queue();
        assertThat(queue.active()).isEqualTo(1);
        assertThat(queries.history(queue.id(), start, start.plusSeconds(100)))
                .extracting(QueuePoint::active)
                .containsExactly(6, 1);
        assertThat(together(0, 100)).containsExactly("30: 6/6 3", "60: 1/6 0");
    }

    @Test
    void moversOfAPoolThatDidNotAnswerStay_andOfALookThatFailedAll() {
        watch.tell(
                start,
                look -> look.addPools(pool("a", 1, 6, 0))
                        .addPools(pool("b", 1, 6, 0))
                        .addMovers(mover("a", 1, start))
                        .addMovers(mover("b", 2, start)));
        watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("a", 0, 6, 0)).addPools(unread("b")));

        assertThat(there()).extracting(Mover::moverId).containsExactly(2L);
        assertThat(queries.pools(null)).extracting(PoolStatus::unread).containsExactly(false, true);

        watch.tell(
                start.plusSeconds(60),
                look -> look.addTroubles(
                        StorageTrouble.newBuilder().setKind("away").setText("dCache does not answer")));

        assertThat(there()).extracting(Mover::moverId).containsExactly(2L);
        assertThat(queries.systems().getFirst().lookedAt()).isEqualTo(start.plusSeconds(30));
        assertThat(queries.alarms(null, false, ADA))
                .singleElement()
                .extracting(StorageAlarm::trouble)
                .isEqualTo("away");
        assertThat(queries.alarms(null, false, ANNA)).isEmpty();
        assertThat(together(0, 100))
                .as("of the pool that did not answer what it told before; of a look that failed nothing")
                .containsExactly("0: 2/12 0", "30: 1/12 0");
    }

    @Test
    void afterASilenceTheCurveOfAQueueGoesOnWithTheFirstLook_alsoWhereNothingChanged() {
        for (int second : new int[] {0, 30, 60, 200, 230}) {
            watch.tell(start.plusSeconds(second), look -> look.addPools(pool("a", 2, 6, 0)));
        }

        assertThat(active(70, 240, 17))
                .as("the last point before this stretch is older than the last looks before the silence")
                .containsExactly("200: 2.0", "210: 2.0", "220: 2.0", "230: 2.0");
        assertThat(active(0, 240, 8))
                .containsExactly("0: 2.0", "30: 2.0", "60: 2.0", "90: null", "180: 2.0", "210: 2.0");
    }

    @Test
    void aPoolThatIsGoneDoesNotCountAmongAllQueues() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addPools(pool("b", 1, 6, 0)));
        watch.tell(start.plusSeconds(30), look -> look.addPools(pool("a", 1, 6, 0)));

        assertThat(together(0, 100)).containsExactly("0: 2/12 0", "30: 1/6 0");
    }

    /** {@code 60: 2.0}: 60 s after the begin 2 places were taken. */
    private List<String> active(int from, int to, int points) {
        return series.of(queue(), start.plusSeconds(from), start.plusSeconds(to), points).series().stream()
                .filter(line -> line.metric().equals(StorageSeries.ACTIVE))
                .flatMap(line -> line.points().stream())
                .map(point ->
                        "%d: %s".formatted(Duration.between(start, point.time()).toSeconds(), point.value()))
                .toList();
    }

    @Test
    void whileTheStorageSystemIsDownThePictureAges_andNothingIsSaidOfMovers() {
        watch.tell(
                start,
                look -> look.addPools(pool("a", 2, 2, 5))
                        .addMovers(mover("a", 1, start)
                                .setLastIoAtMs(start.minusSeconds(1).toEpochMilli())));
        watch.tell(
                start.plusSeconds(580),
                look -> look.addPools(pool("a", 2, 2, 5))
                        .addMovers(mover("a", 1, start)
                                .setLastIoAtMs(start.minusSeconds(1).toEpochMilli())));
        assertThat(queries.alarms(null, false, ADA))
                .extracting(StorageAlarm::kind)
                .containsExactly(StorageAlarm.Kind.QUEUE_FULL);
        StorageStatus before = queries.systems().getFirst();

        watch.tell(start.plusSeconds(610), look -> look.addPools(unread("a")));

        StorageStatus after = queries.systems().getFirst();
        assertThat(after.lookedAt()).isEqualTo(before.lookedAt());
        assertThat(after.receivedAt()).isEqualTo(before.receivedAt());
        assertThat(there()).hasSize(1);
        assertThat(queries.alarms(null, false, ADA))
                .as("neither over nor idle for ten minutes: nobody knows")
                .extracting(StorageAlarm::kind)
                .containsExactly(StorageAlarm.Kind.QUEUE_FULL);
        assertThat(together(0, 700)).as("nobody knew then").containsExactly("0: 2/2 5", "580: 2/2 5");
    }

    @Test
    void theAlarmOfAQueueOrPoolThatIsNoMoreIsOver() {
        full(0);
        full(120);
        assertThat(queries.alarms(null, false, ADA)).hasSize(1);
        StoragePool.Builder renamed = pool("a", 2, 2, 5);
        renamed.setQueues(0, renamed.getQueues(0).toBuilder().setName("renamed"));
        watch.tell(start.plusSeconds(150), look -> look.addPools(renamed));
        assertThat(queries.alarms(null, false, ADA)).isEmpty();

        full(180);
        full(300);
        assertThat(queries.alarms(null, false, ADA)).hasSize(1);
        watch.tell(start.plusSeconds(330), look -> look.addPools(pool("z", 0, 2, 0)));
        assertThat(queries.alarms(null, false, ADA)).isEmpty();
    }

    @Test
    void aSourceThatTellsOfThePastEndsNothingThatBeganSince_andBringsNothingBack() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        watch.tell(
                start.plusSeconds(30),
                look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 2, start.plusSeconds(20))));
        watch.tell(
                start.plusSeconds(60),
                look -> look.setSource(StorageReport.Source.PUBLIC_PAGES)
                        .setGatheredAtMs(start.plusSeconds(10).toEpochMilli())
                        .addPools(pool("a", 1, 6, 0))
                        .addMovers(mover("a", 1, start)));

        assertThat(there()).extracting(Mover::moverId).containsExactly(2L);
        assertThat(ended()).extracting(Mover::moverId).containsExactly(1L);
    }

    @Test
    void aWatchWhoseClockWasAheadIsHeardWhenItIsSet() {
        watch.tell(
                Instant.now().plus(Duration.ofHours(20)).truncatedTo(ChronoUnit.SECONDS),
                look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 2, start)));

        assertThat(there()).extracting(Mover::moverId).containsExactly(2L);
        assertThat(queries.systems().getFirst().lookedAt()).isEqualTo(start);
    }

    @Test
    void aPoolThatWasRenamedIsGone_andItsMoversAreThoseOfTheNewOne() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("z", 1, 6, 0)).addMovers(mover("z", 1, start)));

        assertThat(queries.pools(null)).extracting(PoolStatus::name).containsExactly("z");
        assertThat(there()).extracting(Mover::pool).containsExactly("z");
        assertThat(ended()).extracting(Mover::pool).containsExactly("a");
    }

    @Test
    void anIdThatComesAgainWithThePoolIsAnotherMover() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        watch.tell(
                start.plusSeconds(30),
                look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start.plusSeconds(20))));

        assertThat(there()).extracting(Mover::submittedAt).containsExactly(start.plusSeconds(20));
        assertThat(ended()).extracting(Mover::submittedAt).containsExactly(start);
    }

    @Test
    void ofWhatDidNotChangeNothingIsWritten() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        String updates = "SHOW GLOBAL STATUS LIKE 'Handler_update'";
        long before = jdbc.sql(updates).query((row, number) -> row.getLong(2)).single();

        watch.tell(start.plusSeconds(30), look -> {
            look.addPools(pool("a", 1, 6, 0));
            for (int i = 1; i <= 500; i++) {
                look.addMovers(mover("a", i, start));
            }
        });
        watch.tell(start.plusSeconds(60), look -> {
            look.addPools(pool("a", 1, 6, 0));
            for (int i = 1; i <= 500; i++) {
                look.addMovers(mover("a", i, start));
            }
        });

        long after = jdbc.sql(updates).query((row, number) -> row.getLong(2)).single();
        assertThat(after - before).isLessThan(50);
    }

    @Test
    void aPictureOfThreeIntervalsAgoIsOld_andASilentWatchIsTold() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)));
        assertThat(queries.systems().getFirst().state()).isEqualTo(StorageStatus.State.FRESH);

        jdbc.sql("UPDATE storage_system SET received_at = received_at - INTERVAL 10 MINUTE,"
                        + " heard_at = heard_at - INTERVAL 10 MINUTE")
                .update();
        upkeep.findSilent();
        upkeep.findSilent();

        assertThat(queries.systems().getFirst().state()).isEqualTo(StorageStatus.State.OLD);
        assertThat(queries.alarms(null, false, ADA))
                .singleElement()
                .extracting(StorageAlarm::kind)
                .isEqualTo(StorageAlarm.Kind.WATCH_SILENT);

        watch.tell(start.plusSeconds(30), look -> look.addPools(pool("a", 1, 6, 0)));
        assertThat(queries.alarms(null, false, ADA)).isEmpty();
        assertThat(queries.alarms(null, true, ADA)).hasSize(1);
    }

    // ------------------------------------------------------------------------------------------------------- records

    @Test
    void aRecordCompletesItsMover_andTwiceCountsOnce() {
        watch.tell(
                start,
                look -> look.addPools(pool("a", 1, 6, 0))
                        .addMovers(mover("a", 1, start).setClientAddress("192.0.2.7")));
        var record = record("a", "session-1", start.plusSeconds(25))
                .setFileId("0000A1B2a1")
                .setClientAddress("192.0.2.7")
                .setClientPort(40123)
                .setHeldSeconds(24)
                .setQueuedSeconds(1)
                .setBytes(4711);
        watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("a", 0, 6, 0)).addRecords(record));
        watch.tell(
                start.plusSeconds(60),
                look -> look.addPools(pool("a", 0, 6, 0))
                        .addRecords(record)
                        .addRecords(
                                record("a", "session-2", start.plusSeconds(50)).setBytes(5)));

        assertThat(ended()).hasSize(2);
        assertThat(ended().getFirst()).satisfies(mover -> {
            assertThat(mover.moverId()).isEqualTo(1);
            assertThat(mover.bytes()).isEqualTo(4711);
            assertThat(mover.clientPort()).isEqualTo(40123);
            assertThat(mover.endedAt()).isEqualTo(start.plusSeconds(25));
            assertThat(mover.goneAt()).isEqualTo(start.plusSeconds(25));
        });
        assertThat(ended().getLast()).satisfies(mover -> {
            assertThat(mover.moverId()).isNull();
            assertThat(mover.bytes()).isEqualTo(5);
        });
    }

    @Test
    void theRecordOfAnotherMoverOfTheSameFileEndsNoneThatIsThere() {
        watch.tell(
                start.plusSeconds(60),
                look -> look.addPools(pool("a", 1, 6, 0))
                        .addMovers(mover("a", 1, start).setClientAddress("192.0.2.7"))
                        .addRecords(record("a", "session-1", start.plusSeconds(2))
                                .setFileId("0000A1B2a1")
                                .setClientAddress("192.0.2.7")
                                .setHeldSeconds(1)));

        assertThat(there())
                .singleElement()
                .satisfies(mover -> assertThat(mover.endedAt()).isNull());
        assertThat(ended())
                .singleElement()
                .satisfies(mover -> assertThat(mover.moverId()).isNull());
    }

    // -------------------------------------------------------------------------------------------------- whose it is

    @Test
    void aMoverIsTheJobsThatRunsThere_andItsOwnerSeesIt_butNoOther() {
        aJob("n1", "10.0.0.1", "7", "anna", 1001);
        watch.tell(
                start.plusSeconds(60),
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, start.plusSeconds(10))
                                .setClientAddress("10.0.0.1")
                                .setUid(1001))
                        .addMovers(mover("a", 2, start.plusSeconds(10))
                                .setClientAddress("10.0.0.9")
                                .setUid(1001)));

        assertThat(there())
                .extracting(mover -> mover.attribution().confidence())
                .containsExactly(Confidence.CERTAIN, Confidence.NONE);
        assertThat(there().getFirst().attribution().batchJobId()).isEqualTo("7");
        assertThat(there().getFirst().attribution().node()).isEqualTo("n1");
        assertThat(movers(MoverFilter.ALL, ANNA)).extracting(Mover::moverId).containsExactly(1L);
        assertThat(movers(MoverFilter.ALL, new Viewer("bert", false))).isEmpty();
        assertThat(queries.mover(there().getLast().id(), ANNA)).isEmpty();
        assertThat(queries.holders(MoverFilter.ALL, ANNA)).hasSize(1);
        assertThat(queries.holders(MoverFilter.ALL, ADA))
                .extracting(Holder::host, Holder::node)
                .containsExactlyInAnyOrder(tuple("n1", true), tuple("10.0.0.9", false));
        assertThat(queries.holdings(jobId(), ANNA))
                .singleElement()
                .satisfies(holding -> assertThat(holding.movers()).isEqualTo(1));
    }

    @Test
    void aConnectionMakesNoOtherNodesAddressOnesOwn_andManyAddressesPushNoneOut() {
        aJob("n1", "10.0.0.1", "7", "anna", 1001);
        aJob("n2", "10.0.0.2", "8", "bert", 1002);
        addresses.seen(node("n1"), "10.0.0.1", NodeAddresses.Source.AGENT);
        for (int i = 0; i < 150; i++) {
            addresses.seen(node("n2"), "10.7.0." + i, NodeAddresses.Source.CONNECTION);
        }
        addresses.seen(node("n2"), "10.0.0.1", NodeAddresses.Source.CONNECTION);
        addresses.write();
        addresses.seen(node("n2"), "10.0.0.2", NodeAddresses.Source.AGENT);
        addresses.write();

        assertThat(addresses.nodes(List.of("10.0.0.1", "10.0.0.2")))
                .containsEntry("10.0.0.1", Set.of(node("n1")))
                .containsEntry("10.0.0.2", Set.of(node("n2")));
        assertThat(addresses.nodes()).hasSizeLessThan(110);
    }

    private long node(String name) {
        return jdbc.sql("SELECT id FROM node WHERE name = ?")
                .param(name)
                .query(Long.class)
                .single();
    }

    @Test
    void whoseFileItIsIsNotToldWhereItIsNotCertainlyTheJobs() {
        aJob("n1", "10.0.0.1", "7", "anna", 1001);
        watch.tell(
                start.plusSeconds(60),
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, start.plusSeconds(10)).setClientAddress("10.0.0.1")));

        assertThat(movers(MoverFilter.ALL, ANNA)).singleElement().satisfies(mover -> {
            assertThat(mover.attribution().confidence()).isEqualTo(Confidence.LIKELY);
            assertThat(mover.path()).isNull();
            assertThat(mover.fileId()).isNull();
        });
        assertThat(queries.mover(there().getFirst().id(), ANNA).orElseThrow().path())
                .isNull();
        assertThat(queries.ofJob(jobId(), true, 10, ANNA).getFirst().path()).isNull();
        assertThat(there().getFirst().path()).isEqualTo("/data/a/1");
    }

    @Test
    void whatOutlivesItsJobIsNormalForFiveMinutes_andAnAlarmAfterwards() {
        TestAgent agent = aJob("n1", "10.0.0.1", "7", "anna", 1001);
        StorageMover.Builder mover = mover("a", 1, start.plusSeconds(10))
                .setClientAddress("10.0.0.1")
                .setUid(1001);
        watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover));
        agent.tell(slot("s7", "7").known().ended(start.plusSeconds(60), 0));
        watch.tell(
                start.plusSeconds(120),
                look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover));

        assertThat(there().getFirst().attribution().jobEndedAt()).isEqualTo(start.plusSeconds(60));
        assertThat(queries.alarms(null, false, ADA)).isEmpty();

        watch.tell(
                start.plusSeconds(361),
                look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover));

        assertThat(queries.alarms(null, false, ADA)).singleElement().satisfies(alarm -> {
            assertThat(alarm.kind()).isEqualTo(StorageAlarm.Kind.LEFT_MOVERS);
            assertThat(alarm.text()).contains("job 7 of anna (1)");
            assertThat(alarm.since()).isEqualTo(start.plusSeconds(60));
        });
        MoverFilter left = new MoverFilter(null, null, null, null, null, null, MoverFilter.State.LEFT);
        assertThat(movers(left, ADA)).hasSize(1);
    }

    @Test
    void aFullQueueIsTold_withWhoHoldsIt() {
        aJob("n1", "10.0.0.1", "7", "anna", 1001);
        for (int seconds : List.of(0, 60, 119)) {
            full(seconds);
            assertThat(queries.alarms(null, false, ADA)).isEmpty();
        }
        full(120);

        assertThat(queries.alarms(null, false, ADA)).singleElement().satisfies(alarm -> {
            assertThat(alarm.kind()).isEqualTo(StorageAlarm.Kind.QUEUE_FULL);
            assertThat(alarm.text())
                    .isEqualTo("All 2 places of queue regular on a are taken, 5 wait."
                            + " Most are held by job 7 of anna (2).");
            assertThat(alarm.since()).isEqualTo(start);
        });
        assertThat(jdbc.sql("SELECT subject FROM notice WHERE kind = 'ALARM' AND user_name IS NULL")
                        .query(String.class)
                        .list())
                .containsExactly("Storage dcache: queue regular on a is full");
        watch.tell(start.plusSeconds(150), look -> look.addPools(pool("a", 1, 2, 0)));
        assertThat(queries.alarms(null, false, ADA)).isEmpty();
    }

    private void full(int seconds) {
        watch.tell(start.plusSeconds(seconds), look -> {
            look.addPools(pool("a", 2, 2, 5));
            for (int i = 1; i <= 2; i++) {
                look.addMovers(mover("a", i, start).setClientAddress("10.0.0.1").setUid(1001));
            }
        });
    }

    @Test
    void idleMoversAreTold() {
        Instant now = start.plusSeconds(600);
        watch.tell(
                now,
                look -> look.addPools(pool("a", 2, 6, 0))
                        .addMovers(mover("a", 1, start)
                                .setLastIoAtMs(start.minusSeconds(1).toEpochMilli())
                                .setUser("bert"))
                        .addMovers(mover("a", 2, start)
                                .setLastIoAtMs(start.plusSeconds(1).toEpochMilli())));

        assertThat(queries.alarms(null, false, ADA)).singleElement().satisfies(alarm -> {
            assertThat(alarm.kind()).isEqualTo(StorageAlarm.Kind.IDLE_MOVERS);
            assertThat(alarm.text()).startsWith("1 of 2 movers").contains("bert");
        });
        MoverFilter idle = new MoverFilter(null, null, null, null, null, null, MoverFilter.State.IDLE);
        assertThat(movers(idle, ADA)).extracting(Mover::moverId).containsExactly(1L);
    }

    @Test
    void samplesOfAJobHaveTheMoversThatItCertainlyHolds() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        TestAgent agent = aJob("n1", "10.0.0.1", "7", "anna", 1001);
        agent.tell(slot("s7", "7").known().sample(now.minusSeconds(40), 1, 1));
        watch.tell(now.minusSeconds(20), look -> {
            look.addPools(pool("a", 3, 6, 0));
            for (int i = 1; i <= 3; i++) {
                look.addMovers(mover("a", i, start.plusSeconds(10))
                        .setClientAddress("10.0.0.1")
                        .setUid(1001));
            }
        });
        moverCounts.forget();
        agent.tell(slot("s7", "7").known().sample(now.minusSeconds(10), 2, 1));
        agent.tell(slot("s7", "7").known().sample(start.plusSeconds(40), 0.5, 1));

        assertThat(jdbc.sql("SELECT storage_movers FROM job_sample ORDER BY time")
                        .query((row, number) -> String.valueOf(row.getObject(1)))
                        .list())
                .as("before there was a look, of now, and come late")
                .containsExactly("null", "null", "3");

        watch.tell(now, look -> look.addPools(unread("a")).addPools(pool("b", 0, 6, 0)));
        moverCounts.forget();
        assertThat(moverCounts.of(
                        jdbc.sql("SELECT id FROM slot").query(Long.class).single(),
                        jdbc.sql("SELECT id FROM node").query(Long.class).single()))
                .as("its pool does not answer")
                .isNull();
    }

    @Autowired
    MoverCounts moverCounts;

    // ------------------------------------------------------------------------------------------------- ending movers

    @Test
    void anAdminEndsAMover_andTheWatchIsToldUntilItTellsTheResult() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        accounts.create("anna", "correct horse battery", Role.USER);
        accounts.create("ada", "correct horse battery", Role.ADMIN);
        HttpVisitor admin =
                HttpVisitor.withToken(port, apiTokens.issue("ada", "t", null).token());
        String path = "/api/v1/storage/movers/" + there().getFirst().id() + "/release";

        assertThat(admin.send("POST", path, "{}").statusCode()).isEqualTo(400);
        assertThat(admin.send("POST", path, "{\"reason\":\"a\\u0000\"}").statusCode())
                .isEqualTo(400);
        assertThat(HttpVisitor.withToken(
                                port, apiTokens.issue("anna", "t", null).token())
                        .send("POST", path, "{\"reason\":\"x\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(admin.send("POST", path, "{\"reason\":\"it hangs\"}").statusCode())
                .isEqualTo(202);
        assertThat(admin.send("POST", path, "{\"reason\":\"it hangs\"}").statusCode())
                .isEqualTo(409);

        StorageAnswer answer = watch.tell(
                start.plusSeconds(30), look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        assertThat(answer.getReleasesList()).singleElement().satisfies(order -> {
            assertThat(order.getMoverId()).isEqualTo(1);
            assertThat(order.getPool()).isEqualTo("a");
            assertThat(order.getSubmittedAtMs()).isEqualTo(start.toEpochMilli());
            assertThat(order.getAuthor()).isEqualTo("ada");
            assertThat(order.getReason()).isEqualTo("it hangs");
        });
        ReleaseOrder order = answer.getReleases(0);
        ReleaseResult.Builder result = ReleaseResult.newBuilder()
                .setOrderId(order.getOrderId())
                .setOutcome(ReleaseResult.Outcome.DONE)
                .setDoneAtMs(start.plusSeconds(31).toEpochMilli());
        StorageAnswer next = watch.tell(
                start.plusSeconds(60), look -> look.addPools(pool("a", 0, 6, 0)).addReleaseResults(result));

        assertThat(next.getReleasesList()).isEmpty();
        assertThat(jdbc.sql("SELECT state FROM storage_release")
                        .query(String.class)
                        .single())
                .isEqualTo("DONE");
        assertThat(jdbc.sql("SELECT action FROM audit ORDER BY id")
                        .query(String.class)
                        .list())
                .containsExactly("storage-token", "mover-release", "mover-release-end");
        assertThat(admin.send("POST", path, "{\"reason\":\"again\"}").statusCode())
                .as("it is gone")
                .isEqualTo(409);
    }

    @Test
    void aWatchTellsNothingOfOrdersForAnotherStorageSystem_andIsNotToldOfThem() {
        watch.tell(start, look -> look.addPools(pool("a", 1, 6, 0)).addMovers(mover("a", 1, start)));
        releases.order(there().getFirst().id(), "why", ADA);
        long order =
                jdbc.sql("SELECT id FROM storage_release").query(Long.class).single();
        TestWatch other = new TestWatch(port, "other", watches.issue("other", ADA));

        StorageAnswer answer = other.tell(
                start,
                look -> look.addPools(pool("a", 0, 6, 0))
                        .addReleaseResults(
                                ReleaseResult.newBuilder().setOrderId(order).setOutcome(ReleaseResult.Outcome.DONE)));

        assertThat(answer.getReleasesList()).isEmpty();
        assertThat(jdbc.sql("SELECT state FROM storage_release")
                        .query(String.class)
                        .single())
                .isEqualTo("OPEN");
        assertThat(there()).hasSize(1);
    }

    @Autowired
    MoverReleases releases;

    // -------------------------------------------------------------------------------------------------- hostile input

    @Test
    void onlyTheWatchsOwnTokenOpensThePath_andItOpensNothingElse() {
        byte[] body = watch.report(start).addPools(pool("a", 1, 6, 0)).build().toByteArray();
        String node = nodeTokens.issue("n1");
        accounts.create("ada", "correct horse battery", Role.ADMIN);
        String api = apiTokens.issue("ada", "t", null).token();
        for (String token : List.of(node, api, "sws_", "sws_x", "")) {
            assertThat(new TestWatch(port, "dcache", token).post(body).statusCode())
                    .as(token)
                    .isEqualTo(401);
        }
        String token = watches.issue("dcache", ADA);
        assertThat(watch.post(body).statusCode()).as("withdrawn by the new one").isEqualTo(401);
        HttpVisitor asProgram = HttpVisitor.withToken(port, token);
        for (String path : List.of("/api/v1/jobs", "/api/v1/storage", "/ingest/v1/orders", "/v3/api-docs")) {
            assertThat(asProgram.get(path).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(new TestAgent(port, "dcache", token).post(new byte[0]).statusCode())
                .isEqualTo(401);
        assertThat(new TestWatch(port, "dcache", token).post(body).statusCode()).isEqualTo(200);
        assertThat(watches.withdraw("dcache", ADA)).isTrue();
        assertThat(new TestWatch(port, "dcache", token).post(body).statusCode()).isEqualTo(401);
    }

    @Test
    void aStorageSystemIsForgottenWithItsTokenWhenNothingWasHeardOfIt() {
        watches.issue("dcahce", ADA);
        assertThat(watches.withdraw("dcahce", ADA)).isTrue();
        watch.tell(start, report -> {});
        assertThat(watches.withdraw("dcache", ADA)).isTrue();
        assertThat(queries.systems()).extracting(StorageStatus::name).containsExactly("dcache");
        assertThat(watches.withdraw("dcahce", ADA)).as("there is none").isFalse();
    }

    @Test
    void whatIsNoReportIsRefused_andNothingOfItIsStored() throws IOException {
        assertThat(refused(watch.report(start).setContractVersion(0))).isEqualTo(400);
        assertThat(refused(watch.report(start).setContractVersion(99))).isEqualTo(400);
        assertThat(refused(watch.report(start).setStorage("other"))).isEqualTo(403);
        assertThat(refused(watch.report(start).setLookedAtMs(0))).isEqualTo(400);
        assertThat(refused(watch.report(start)
                        .setLookedAtMs(Instant.now().plus(Duration.ofDays(400)).toEpochMilli())))
                .isEqualTo(400);
        assertThat(refused(watch.report(start).addPools(pool("x".repeat(9000), 1, 1, 1))))
                .isEqualTo(400);
        StorageReport.Builder many = watch.report(start).addPools(pool("a", 1, 6, 0));
        for (int i = 0; i <= WireContract.MAX_POOLS; i++) {
            many.addPools(unread("p"));
        }
        assertThat(refused(many)).isEqualTo(413);
        assertThat(watch.post(new byte[] {1, 2, 3}).statusCode()).isEqualTo(400);
        assertThat(watch.post(new byte[WireContract.MAX_BATCH_BYTES + 1]).statusCode())
                .isEqualTo(413);
        assertThat(watch.post(gzip(new byte[WireContract.MAX_INFLATED_BYTES + 1]), "Content-Encoding", "gzip")
                        .statusCode())
                .as("a bomb")
                .isEqualTo(413);
        byte[] cut =
                gzip(watch.report(start).addPools(pool("a", 1, 6, 0)).build().toByteArray());
        assertThat(watch.post(Arrays.copyOf(cut, cut.length - 9), "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(400);
        assertThat(queries.systems().getFirst().state()).isEqualTo(StorageStatus.State.NEVER);
        assertThat(queries.pools(null)).isEmpty();
    }

    @Test
    void oneMoverThatCannotBeDoesNotBlindTheWatch() {
        watch.tell(
                start,
                look -> look.addPools(pool("a", 3, 6, 0))
                        .addHosts(host("not an address", "a"))
                        .addMovers(mover("a", 1, start)
                                .setPath("/data/\u0000<script>\n\u001b[31m")
                                .setUser("x".repeat(5000)))
                        .addMovers(mover("a", 2, Instant.EPOCH))
                        .addMovers(mover("a", 3, Instant.now().plus(Duration.ofDays(9))))
                        .addMovers(mover("a", 4, start)
                                .setStateValue(77)
                                .setStateText("DREAMING")
                                .setStartedAtMs(-5)
                                .setBytes(-1)
                                .setUid(-1)
                                .setClientPort(99999)
                                .setClientAddress("localhost; DROP TABLE job"))
                        .addMovers(mover("a", 4, start)));

        assertThat(there()).extracting(Mover::moverId).containsExactly(1L, 4L);
        assertThat(there().getFirst().path()).isEqualTo("/data/\ufffd<script>\ufffd\ufffd[31m");
        assertThat(there().getLast()).satisfies(mover -> {
            assertThat(mover.state()).isEqualTo(Mover.State.UNKNOWN);
            assertThat(mover.stateText()).isEqualTo("DREAMING");
            assertThat(mover.startedAt()).isNull();
            assertThat(mover.bytes()).isNull();
            assertThat(mover.clientAddress()).isNull();
            assertThat(mover.clientPort()).isNull();
        });
    }

    private int refused(StorageReport.Builder report) {
        return watch.post(report.build().toByteArray()).statusCode();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    // ----------------------------------------------------------------------------------------------------------- REST

    @Test
    void programsAskForWhatPagesShow() {
        aJob("n1", "10.0.0.1", "7", "anna", 1001);
        watch.tell(
                start.plusSeconds(60),
                look -> look.addPools(pool("a", 1, 6, 0))
                        .addMovers(mover("a", 1, start.plusSeconds(10))
                                .setClientAddress("10.0.0.1")
                                .setUid(1001)));
        accounts.create("anna", "correct horse battery", Role.USER);
        HttpVisitor anna =
                HttpVisitor.withToken(port, apiTokens.issue("anna", "t", null).token());

        assertThat(anna.get("/api/v1/storage").body())
                .contains("\"state\":\"fresh\"")
                .doesNotContain("token_issued_by\":\"");
        assertThat(anna.get("/api/v1/storage/pools?storage=dcache").body()).contains("\"max_active\":6");
        assertThat(anna.get("/api/v1/storage/movers?state=running&host=n1&user=anna&sort=-bytes")
                        .body())
                .contains("\"confidence\":\"certain\"")
                .contains("\"total\":1");
        assertThat(anna.get("/api/v1/storage/movers?state=wrong").statusCode()).isEqualTo(400);
        assertThat(anna.get("/api/v1/storage/movers?sort=wrong").statusCode()).isEqualTo(400);
        assertThat(anna.get("/api/v1/storage/holders").body()).contains("\"movers\":1");
        assertThat(anna.get("/api/v1/storage/queues/" + queue().id() + "/history")
                        .body())
                .contains("\"points\":[");
        String ofAll = "/api/v1/storage/systems/dcache/series?from=%s&to=%s&metric=active&points=1"
                .formatted(start, start.plusSeconds(60));
        assertThat(anna.get(ofAll).body()).contains("\"metric\":\"active\"").doesNotContain("max_active");
        assertThat(anna.get("/api/v1/storage/systems/none/series").statusCode()).isEqualTo(404);
        assertThat(anna.get("/api/v1/storage/systems/dcache/series?metric=wrong")
                        .statusCode())
                .isEqualTo(400);
        assertThat(anna.get("/api/v1/storage/systems/dcache/series?points=0").statusCode())
                .isEqualTo(400);
        assertThat(anna.get("/api/v1/jobs/" + jobId() + "/movers").body()).contains("\"holdings\":[{");
        assertThat(anna.get("/api/v1/jobs/" + jobId() + "/export").body()).contains("{\"type\":\"mover\"");
    }

    // -------------------------------------------------------------------------------------------------------- helpers

    private TestAgent aJob(String node, String address, String job, String user, long uid) {
        TestAgent agent = new TestAgent(port, node, nodeTokens.issue(node));
        agent.tell(slot("s" + job, job)
                .facts(facts -> facts.setUser(user).setUid((int) uid))
                .started(start));
        addresses.seen(node(node), address, NodeAddresses.Source.CONNECTION);
        addresses.write();
        return agent;
    }

    /** {@code 30: 6/6 3}: 30 s after the begin 6 of 6 places of all queues were taken, and 3 waited. */
    private List<String> together(int from, int to) {
        return queries.looks("dcache", start.plusSeconds(from), start.plusSeconds(to)).stream()
                .map(Looks.Point::sums)
                .map(sums -> "%d: %d/%d %d"
                        .formatted(
                                Duration.between(start, sums.time()).toSeconds(),
                                sums.active(),
                                sums.maxActive(),
                                sums.queued()))
                .toList();
    }

    private long jobId() {
        return jdbc.sql("SELECT id FROM job").query(Long.class).single();
    }

    private QueueStatus queue() {
        return queries.pools(null).getFirst().queues().getFirst();
    }

    private List<Mover> there() {
        return movers(MoverFilter.ALL, ADA);
    }

    private List<Mover> ended() {
        return queries.movers(
                        new MoverFilter(null, null, null, null, null, null, MoverFilter.State.ENDED),
                        StorageQueries.SortKey.GONE_AT,
                        false,
                        0,
                        100,
                        ADA)
                .movers();
    }

    private List<Mover> movers(MoverFilter filter, Viewer viewer) {
        return queries.movers(filter, StorageQueries.SortKey.SUBMITTED_AT, false, 0, 100, viewer)
                .movers();
    }
}
