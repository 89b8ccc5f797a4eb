package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StoragePool;
import org.slotwarden.wire.v1.StorageReport;

/** What a dCache may do to a watch. */
class FailuresTest {

    private static final String A = "/api/v1/pools/a/movers";
    private static final String B = "/api/v1/pools/b/movers";

    private final long submitted = System.currentTimeMillis() - 60_000;
    private final CountDownLatch over = new CountDownLatch(1);

    @TempDir
    Path folder;

    private FakeDcache dcache;
    private Site site;

    @BeforeEach
    void start() throws Exception {
        dcache = new FakeDcache().pools("a", "b");
        dcache.json("/api/v1/transfers", Dc.transfers(System.currentTimeMillis(), ofA(1), ofB(1)));
        dcache.json(A, Dc.movers(Dc.Mover.of(1, submitted)));
        dcache.json(B, Dc.movers(Dc.Mover.of(1, submitted)));
        site = new Site(folder, dcache.url());
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        site.close();
        dcache.close();
    }

    private Dc.Transfer ofA(long id) {
        return Dc.Transfer.of("a", id, submitted);
    }

    private Dc.Transfer ofB(long id) {
        return Dc.Transfer.of("b", id, submitted);
    }

    // ---- pools that fail ------------------------------------------------------------------------

    @Test
    void aPoolThatFailsIsUnreadAndItsMoversAreAsTheirDoorsSay() throws Exception {
        dcache.status(A, 500, "{\"detail\":\"Route for >a@local< not found\"}");

        StorageReport report = site.look();

        assertThat(Site.pool(report, "a").getUnread()).isTrue();
        assertThat(Site.pool(report, "b").getUnread()).isFalse();
        assertThat(Site.kinds(report)).containsExactly("pool-unread");
        assertThat(Site.text(report, "pool-unread")).contains("HTTP 500").contains("Route for");
        StorageMover unconfirmed = Site.mover(report, "a", 1);
        assertThat(unconfirmed.getState()).isEqualTo(StorageMover.State.UNCONFIRMED);
        assertThat(unconfirmed.getStateText()).isEqualTo("RUNNING");
        assertThat(unconfirmed.getUser()).isEqualTo("alice");
        assertThat(unconfirmed.getQueue()).isEqualTo("regular");
        assertThat(Site.mover(report, "b", 1).getState()).isEqualTo(StorageMover.State.RUNNING);
    }

    @Test
    void aSlowPoolCostsItsOwnTimeOnly() throws Exception {
        impatient();
        dcache.on(A, exchange -> {
            waitForTheEnd();
            FakeDcache.reply(exchange, 200, "[]");
        });

        long begin = System.nanoTime();
        StorageReport report = site.look();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(Site.pool(report, "a").getUnread()).isTrue();
        assertThat(Site.text(report, "pool-unread")).contains("took longer than 3 s");
        assertThat(Site.mover(report, "b", 1).getUser()).isEqualTo("alice");
    }

    @Test
    void aPoolThatTricklesIsCutAtItsTime() throws Exception {
        impatient();
        dcache.on(A, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("[".getBytes());
            exchange.getResponseBody().flush();
            waitForTheEnd();
        });

        StorageReport report = site.look();

        assertThat(Site.pool(report, "a").getUnread()).isTrue();
        assertThat(Site.text(report, "pool-unread")).contains("took longer than 3 s");
        assertThat(Site.pool(report, "b").getUnread()).isFalse();
    }

    @Test
    void aListThatEndsInTheMiddleIsNoList() throws Exception {
        dcache.on(A, exchange -> FakeDcache.cutOff(exchange, Dc.movers(Dc.Mover.of(1, submitted))));

        StorageReport report = site.look();

        assertThat(Site.pool(report, "a").getUnread()).isTrue();
        assertThat(Site.mover(report, "a", 1).getState()).isEqualTo(StorageMover.State.UNCONFIRMED);
    }

    @Test
    void whatIsNoListIsNotTakenForAnEmptyOne() throws Exception {
        dcache.json(A, "{\"title\":\"surprise\"}");

        assertThat(Site.pool(site.look(), "a").getUnread()).isTrue();
    }

    @Test
    void anAnswerOf200MegabytesIsNotReadToItsEnd() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        dcache.on(A, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part =
                    Dc.Mover.of(1, submitted).json().concat(",").repeat(4_000).getBytes();
            exchange.getResponseBody().write('[');
            while (sent.addAndGet(part.length) < 200 << 20) {
                exchange.getResponseBody().write(part);
            }
        });

        StorageReport report = site.look();

        assertThat(Site.pool(report, "a").getUnread()).isTrue();
        assertThat(Site.text(report, "pool-unread")).contains("is larger than 16 MB");
        assertThat(sent.get()).isLessThan(200 << 20);
        assertThat(Site.pool(report, "b").getUnread()).isFalse();
    }

    @Test
    void aPoolThatWasSilentForTheCollectorKeepsItsMovers() throws Exception {
        site.look();
        dcache.status(A, 500, "{}");
        dcache.json(
                "/api/v1/transfers",
                Dc.transfers(
                        System.currentTimeMillis(), ofA(1).status("NOTFOUND").withoutSubmit(), ofB(1)));

        StorageMover mover = Site.mover(site.look(), "a", 1);

        assertThat(mover.getState()).isEqualTo(StorageMover.State.UNCONFIRMED);
        assertThat(mover.getStateText()).isEqualTo("NOTFOUND");
        assertThat(mover.getSubmittedAtMs()).isEqualTo(submitted);
    }

    @Test
    void whatAPoolThatWasReadDoesNotHaveHasEnded() throws Exception {
        dcache.json(A, "[]");

        assertThat(site.look().getMoversList())
                .extracting(StorageMover::getPool)
                .containsExactly("b");
    }

    @Test
    void aRenamedPoolIsAnotherOne() throws Exception {
        site.look();
        dcache.pools("c", "b").without(A);
        dcache.json("/api/v1/pools/c/movers", Dc.movers(Dc.Mover.of(1, submitted)));

        StorageReport report = site.look();

        assertThat(report.getPoolsList()).extracting(StoragePool::getName).containsExactly("b", "c");
        assertThat(Site.mover(report, "c", 1).hasUser()).isFalse();
        assertThat(Site.kinds(report)).isEmpty();
    }

    @Test
    void idsThatCameAgainWithTheirPoolAreOtherMovers() throws Exception {
        long later = submitted + 30_000;
        dcache.json(A, Dc.movers(Dc.Mover.of(1, later)));

        StorageMover mover = Site.mover(site.look(), "a", 1);

        assertThat(mover.getSubmittedAtMs()).isEqualTo(later);
        // The door's transfer is that of before.
        assertThat(mover.hasUser()).isFalse();
        assertThat(mover.hasClientAddress()).isFalse();
    }

    @Test
    void aBoundedListIsReadOn() throws Exception {
        List<Dc.Mover> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            all.add(Dc.Mover.of(i, submitted));
        }
        dcache.on(A, exchange -> {
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            int from = query.startsWith("offset=") ? Integer.parseInt(query.replaceAll("\\D*(\\d+).*", "$1")) : 0;
            FakeDcache.reply(
                    exchange,
                    200,
                    Dc.movers(all.subList(from, Math.min(all.size(), from + 10))),
                    "X-Total-Count",
                    "25");
        });

        assertThat(site.look().getMoversList().stream()
                        .filter(mover -> mover.getPool().equals("a")))
                .hasSize(25);
    }

    @Test
    void poolsThatWereNotReadComeFirstAndThoseThatFailLast() throws Exception {
        dcache.pools("a", "b", "c", "d");
        dcache.status(A, 500, "{}");
        dcache.on("/api/v1/pools/c/movers", exchange -> FakeDcache.reply(exchange, 429, "", "Retry-After", "600"));

        StorageReport report = site.look();

        assertThat(Site.pool(report, "c").getUnread()).isTrue();
        assertThat(Site.pool(report, "d").getUnread()).isTrue();
        assertThat(Site.kinds(report)).contains("busy");
        assertThat(site.pause).isGreaterThanOrEqualTo(Duration.ofSeconds(600));

        dcache.asked().clear();
        dcache.json("/api/v1/pools/c/movers", "[]");
        site.look();
        assertThat(dcache.asked().stream().filter(request -> request.endsWith("/movers")))
                .containsExactly("GET /api/v1/pools/c/movers", "GET /api/v1/pools/d/movers", "GET " + B, "GET " + A);
    }

    // ---- logins and limits ----------------------------------------------------------------------

    @Test
    void aRefusedLoginIsNotTriedAgain() throws Exception {
        dcache.status("/api/v1/user", 401, "");

        StorageReport first = site.look();
        assertThat(Site.kinds(first)).containsExactly("refused-login");
        assertThat(first.getPoolsList()).isEmpty();
        assertThat(Site.text(first, "refused-login")).doesNotContain("secret\n");
        site.look();
        site.restart();
        StorageReport third = site.look();

        assertThat(Site.kinds(third)).containsExactly("refused-login");
        assertThat(dcache.asked()).containsExactly("GET /api/v1/user");
    }

    @Test
    void aRefusedLoginIsNotTriedAgainWhereItCannotBeWrittenDownEither() throws Exception {
        Files.createDirectories(folder.resolve("state/login-refused/full"));
        dcache.status("/api/v1/user", 401, "");

        site.look();
        site.look();

        assertThat(dcache.asked()).containsExactly("GET /api/v1/user");
    }

    @Test
    void aNewSecretIsTriedAtOnce() throws Exception {
        dcache.status("/api/v1/user", 401, "");
        site.look();
        dcache.json("/api/v1/user", FakeDcache.ADMIN);
        Site.secret(site.secret, "a-new-secret");

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).isEmpty();
        assertThat(report.getMoversCount()).isEqualTo(2);
        // root:a-new-secret
        assertThat(dcache.lastHeaders().get("Authorization")).containsExactly("Basic cm9vdDphLW5ldy1zZWNyZXQ=");
    }

    @Test
    void afterHoursTheSameSecretIsTriedOnceMore() throws Exception {
        dcache.status("/api/v1/user", 401, "");
        site.look();
        site.time.forward(Duration.ofHours(7));
        site.look();
        site.look();

        assertThat(dcache.askedFor("GET /api/v1/user")).isEqualTo(2);
    }

    @Test
    void withoutTheAdminRoleNothingIsTold() throws Exception {
        dcache.json("/api/v1/user", FakeDcache.ADMIN.replace("[\"admin\"]", "[]"));

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("not-admin");
        assertThat(Site.text(report, "not-admin")).contains("no admin role");
        assertThat(report.getPoolsList()).isEmpty();
        assertThat(report.getMoversList()).isEmpty();
        assertThat(dcache.asked()).containsExactly("GET /api/v1/user");
    }

    @Test
    void aRoleThatIsTakenAwayEndsTheLookWithPoolsUnread() throws Exception {
        site.look();
        dcache.status("/api/v1/pools", 403, "");

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("not-admin");
        assertThat(report.getMoversList()).isEmpty();
        assertThat(report.getPoolsList()).hasSize(2).allMatch(StoragePool::getUnread);
    }

    @Test
    void theRoleIsAskedForAndRequestsComeOneAfterTheOther() throws Exception {
        AtomicInteger at = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (String pool : List.of("a", "b")) {
            dcache.on("/api/v1/pools/" + pool + "/movers", exchange -> {
                most.accumulateAndGet(at.incrementAndGet(), Math::max);
                FakeDcache.reply(exchange, 200, "[]");
                at.decrementAndGet();
            });
        }
        site.look();

        assertThat(most.get()).isEqualTo(1);
        assertThat(dcache.lastHeaders().get("Roles")).containsExactly("admin");
    }

    @Test
    void aShortWaitForTheRateLimiterIsPartOfTheLook() throws Exception {
        AtomicInteger times = new AtomicInteger();
        dcache.on(A, exchange -> {
            if (times.getAndIncrement() == 0) {
                FakeDcache.reply(exchange, 429, "Server is busy.", "Retry-After", "1");
            } else {
                FakeDcache.reply(exchange, 200, Dc.movers(Dc.Mover.of(1, submitted)));
            }
        });

        StorageReport report = site.look();

        assertThat(times.get()).isEqualTo(2);
        assertThat(Site.kinds(report)).isEmpty();
        assertThat(report.getMoversCount()).isEqualTo(2);
    }

    // ---- dCache as a whole ----------------------------------------------------------------------

    @Test
    void downAndUpAgain() throws Exception {
        site.look();
        int port = dcache.port();
        dcache.close();

        StorageReport down = site.look();
        assertThat(Site.kinds(down)).containsExactly("away");
        assertThat(Site.text(down, "away")).contains("nothing listens there");
        assertThat(down.getPoolsList()).hasSize(2).allMatch(StoragePool::getUnread);
        assertThat(down.getPools(0).getQueuesList()).isEmpty();
        assertThat(down.getMoversList()).isEmpty();

        dcache = new FakeDcache(null, port).pools("a", "b");
        StorageReport up = site.look();
        assertThat(Site.kinds(up)).isEmpty();
        assertThat(up.getPoolsList()).hasSize(2).noneMatch(StoragePool::getUnread);
    }

    @Test
    void transfersThatEndInTheMiddleCostNamesOnly() throws Exception {
        dcache.on(
                "/api/v1/transfers", exchange -> FakeDcache.cutOff(exchange, Dc.transfers(submitted, ofA(1), ofB(1))));

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("cut-off");
        assertThat(Site.mover(report, "b", 1).hasUser()).isFalse();
        assertThat(report.getMoversCount()).isEqualTo(2);
    }

    @Test
    void endlessTransfersCostNamesOnly() throws Exception {
        dcache.on(
                "/api/v1/transfers",
                exchange -> FakeDcache.endless(exchange, "{\"items\":[" + ofA(1).json(), "," + ofB(2).json()));

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("too-large");
        assertThat(Site.mover(report, "a", 1).getUser()).isEqualTo("alice");
        assertThat(Site.mover(report, "b", 1).hasUser()).isFalse();
    }

    @Test
    void aCollectorThatStoppedIsAnAlarmAndNoEmptyList() throws Exception {
        dcache.json("/api/v1/transfers", Dc.transfers(System.currentTimeMillis() - 630_000, ofA(1)));

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("collector-dead");
        assertThat(Site.text(report, "collector-dead")).contains("10 minutes");
        assertThat(report.getMoversCount()).isEqualTo(2);
        assertThat(Site.mover(report, "b", 1).hasUser()).isFalse();
    }

    @Test
    void aCollectorThatNeverWorkedIsAnAlarmToo() throws Exception {
        dcache.json("/api/v1/transfers", "{\"items\":[],\"timeOfCreation\":0}");

        assertThat(Site.kinds(site.look())).containsExactly("collector-dead");
    }

    @Test
    void aDcacheWithoutPoolsIsATrouble() throws Exception {
        site.look();
        dcache.pools();

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("failed");
        assertThat(report.getPoolsList()).isEmpty();
    }

    @Test
    void hostsOfPoolsAreAllToldAtOnce_andStayWhileTheyAreAskedForAnew() throws Exception {
        String[] names = IntStream.range(0, 12).mapToObj(i -> "p" + i).toArray(String[]::new);
        dcache.pools(names);
        for (int i = 0; i < 12; i++) {
            dcache.json(
                    "/api/v1/pools/p" + i + "/usage",
                    "{\"poolData\":{\"detailsData\":{\"tagMap\":{\"hostname\":\"192.0.2." + i + "\"}}}}");
        }
        assertThat(site.look().getHostsList()).hasSize(12);

        site.time.forward(Duration.ofHours(13));
        dcache.json("/api/v1/transfers", Dc.transfers(System.currentTimeMillis()));
        dcache.status("/api/v1/pools/p3/usage", 500, "{}");

        assertThat(site.look().getHostsList()).hasSize(12);
        assertThat(dcache.askedFor("GET /api/v1/pools/p3/usage")).isEqualTo(2);
    }

    @Test
    void queuesThatCannotBeReadLeaveTheNameOfTheDefaultOne() throws Exception {
        site.look();
        dcache.status("/api/v1/poolgroups/default/queues", 500, "{}");

        StorageReport report = site.look();

        assertThat(Site.kinds(report)).containsExactly("queues-unread");
        assertThat(Site.pool(report, "a").getQueuesList()).isEmpty();
        assertThat(Site.mover(report, "a", 1).getQueue()).isEqualTo("regular");
    }

    @Test
    void publicPagesAreLookedAtWhileTheFrontendTellsNothing() throws Exception {
        site.close();
        site = new Site(folder, dcache.url(), "dcache.public_url", dcache.url());
        dcache.json(
                "/info/pools",
                "<dCache><pools><pool name='a'><queues><named-queues><queue name='regular'>"
                        + "<metric name='active'>3</metric></queue></named-queues>"
                        + "<metric name='default-queue'>regular</metric></queues></pool></pools></dCache>");
        dcache.json("/context/transfers.json", "[" + ofA(1).json() + "]");
        dcache.status("/api/v1/user", 401, "");

        StorageReport report = site.look();

        assertThat(report.getSource()).isEqualTo(StorageReport.Source.PUBLIC_PAGES);
        assertThat(Site.kinds(report)).containsExactly("old-source", "refused-login");
        assertThat(Site.mover(report, "a", 1).getUser()).isEqualTo("alice");

        // Whatever the list has or lacks: it is no list of now.
        dcache.json("/context/transfers.json", "[]");
        assertThat(site.look().getGatheredAtMs())
                .isEqualTo(site.time.instant().minus(Duration.ofMinutes(5)).toEpochMilli());

        dcache.on("/api/v1/user", exchange -> FakeDcache.reply(exchange, 429, "", "Retry-After", "600"));
        Site.secret(site.secret, "yet another");
        assertThat(site.look().getSource()).isEqualTo(StorageReport.Source.PUBLIC_PAGES);
        assertThat(site.pause).isGreaterThanOrEqualTo(Duration.ofSeconds(600));

        dcache.json("/api/v1/user", FakeDcache.ADMIN);
        Site.secret(site.secret, "another");
        assertThat(site.look().getSource()).isEqualTo(StorageReport.Source.REST);
    }

    // ---- what answers say -----------------------------------------------------------------------

    @Test
    void unknownStatesKeepTheirText() throws Exception {
        dcache.json(
                A,
                Dc.movers(
                        Dc.Mover.of(1, submitted).state("LEVITATING"),
                        Dc.Mover.of(2, submitted).state("DONE")));

        StorageReport report = site.look();

        StorageMover mover = Site.mover(report, "a", 1);
        assertThat(mover.getState()).isEqualTo(StorageMover.State.STATE_UNSPECIFIED);
        assertThat(mover.getStateText()).isEqualTo("LEVITATING");
        assertThat(Site.text(report, "unknown-state")).contains("LEVITATING").doesNotContain("DONE");
    }

    @Test
    void timesInTheFutureAreNotBelieved() throws Exception {
        long future = System.currentTimeMillis() + 3_600_000;
        dcache.json(A, Dc.movers(Dc.Mover.of(1, submitted).times(submitted, future)));

        StorageReport report = site.look();

        assertThat(Site.mover(report, "a", 1).hasLastIoAtMs()).isFalse();
        assertThat(Site.mover(report, "a", 1).getStartedAtMs()).isEqualTo(submitted);
        assertThat(Site.kinds(report)).containsExactly("clock-ahead");
    }

    @Test
    void lastInputBeforeTheMoverItselfIsNone() throws Exception {
        dcache.json(A, Dc.movers(Dc.Mover.of(1, submitted).times(submitted, submitted - 1)));

        assertThat(Site.mover(site.look(), "a", 1).hasLastIoAtMs()).isFalse();
    }

    @Test
    void queuesHaveTheirNames() throws Exception {
        dcache.json(
                A,
                Dc.movers(
                        Dc.Mover.of(1, submitted).queue("null"),
                        Dc.Mover.of(2, submitted).queue("\"\""),
                        Dc.Mover.of(0x02000001, submitted).queue("\"lan\""),
                        Dc.Mover.of(0x01000001, submitted).queue("\"p2p\"")));
        StorageReport report = site.look();

        assertThat(Site.mover(report, "a", 1).getQueue()).isEqualTo("regular");
        assertThat(Site.mover(report, "a", 2).getQueue()).isEqualTo("regular");
        assertThat(Site.mover(report, "a", 0x02000001).getQueue()).isEqualTo("lan");
        // A copy between pools is no client's.
        assertThat(report.getMoversCount()).isEqualTo(4);
    }

    @Test
    void theQueueOfAnUnconfirmedMoverIsThatOfItsNumberOrUnknown() throws Exception {
        dcache.json(A, Dc.movers(Dc.Mover.of(0x02000001, submitted).queue("\"lan\"")));
        site.look();
        dcache.status(A, 500, "{}");
        dcache.json(
                "/api/v1/transfers",
                Dc.transfers(System.currentTimeMillis(), ofA(0x02000002), ofA(0x03000001), ofA(5)));

        StorageReport report = site.look();

        assertThat(Site.mover(report, "a", 0x02000002).getQueue()).isEqualTo("lan");
        assertThat(Site.mover(report, "a", 0x03000001).getQueue()).isEmpty();
        assertThat(Site.mover(report, "a", 5).getQueue()).isEqualTo("regular");
    }

    @Test
    void markupAndForeignPathsAreTextsAndLeadNowhere() throws Exception {
        String pool = "../users <b>";
        dcache.json("/api/v1/pools", Dc.pools("..", pool));
        dcache.json("/api/v1/pools/..%2Fusers%20%3Cb%3E/movers", Dc.movers(Dc.Mover.of(1, submitted)));
        String path = "/data/<script>alert(1)</script>\\u2028\\u0000";
        dcache.json(
                "/api/v1/transfers",
                Dc.transfers(
                        System.currentTimeMillis(),
                        Dc.Transfer.of(pool, 1, submitted)
                                .named("<b>eve</b>", path)
                                .from("evil.example.org")));

        StorageReport report = site.look();

        StorageMover mover = Site.mover(report, pool, 1);
        assertThat(mover.getUser()).isEqualTo("<b>eve</b>");
        assertThat(mover.getPath()).startsWith("/data/<script>");
        assertThat(mover.hasClientAddress()).isFalse();
        assertThat(report.getPoolsList()).extracting(StoragePool::getName).containsExactly(pool);
        assertThat(Site.kinds(report)).contains("too-large");
    }

    @Test
    void longTextsAreCutBetweenCharacters() throws Exception {
        dcache.json(
                "/api/v1/transfers",
                Dc.transfers(System.currentTimeMillis(), ofA(1).named("alice", "/" + "\u00e9".repeat(5_000))));

        String path = Site.mover(site.look(), "a", 1).getPath();

        assertThat(path).startsWith("/\u00e9").endsWith("\u00e9").hasSize(500);
    }

    @Test
    void numbersThatAreNoneAreAbsent() throws Exception {
        dcache.json(
                A,
                "[{\"moverId\":1,\"submitTime\":" + submitted + ",\"bytes\":1e99,\"state\":7,"
                        + "\"queue\":{\"a\":[1]},\"startTime\":\"soon\"},{\"moverId\":-1,\"submitTime\":5},17,null]");

        StorageReport report = site.look();

        StorageMover mover = Site.mover(report, "a", 1);
        assertThat(mover.hasBytes()).isFalse();
        assertThat(mover.hasStartedAtMs()).isFalse();
        assertThat(Site.text(report, "mover-unread")).startsWith("3 movers");
    }

    @Test
    void addressesHaveOneSpelling() throws Exception {
        dcache.json(
                "/api/v1/transfers",
                Dc.transfers(System.currentTimeMillis(), ofA(1).from("2001:DB8::7"), ofB(1).from("::ffff:192.0.2.9")));

        StorageReport report = site.look();

        assertThat(Site.mover(report, "a", 1).getClientAddress()).isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(Site.mover(report, "b", 1).getClientAddress()).isEqualTo("192.0.2.9");
    }

    @Test
    void noSecretInAnyTrouble() throws Exception {
        Files.delete(site.secret);

        assertThat(site.look().getTroublesList())
                .allSatisfy(trouble ->
                        assertThat(trouble.getText()).doesNotContain("cm9vd").contains("password"));
    }

    /** Three seconds for an answer, of a program that has looked before: the first look loads it. */
    private void impatient() throws Exception {
        site.look();
        site.close();
        site = new Site(folder, dcache.url(), "dcache.timeout_seconds", "3");
    }

    private void waitForTheEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
