package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageMover;

/** Orders to end movers. */
class ReleasesTest {

    private static final String KILL = "DELETE /api/v1/pools/a/movers/1";

    private final long submitted = System.currentTimeMillis() - 60_000;
    private final StorageMover mover = StorageMover.newBuilder()
            .setPool("a")
            .setMoverId(1)
            .setSubmittedAtMs(submitted)
            .build();

    @TempDir
    Path folder;

    private FakeDcache dcache;
    private Site site;

    static StorageAnswer order(long id, StorageMover mover, long expiresAtMs) {
        return FakePortal.Reply.accepted()
                .addReleases(ReleaseOrder.newBuilder()
                        .setOrderId(id)
                        .setPool(mover.getPool())
                        .setMoverId(mover.getMoverId())
                        .setSubmittedAtMs(mover.getSubmittedAtMs())
                        .setExpiresAtMs(expiresAtMs)
                        .setAuthor("admin")
                        .setReason("the queue is full"))
                .build();
    }

    @BeforeEach
    void start() throws Exception {
        dcache = new FakeDcache().pools("a");
        dcache.json("/api/v1/pools/a/movers", Dc.movers(Dc.Mover.of(1, submitted)));
        dcache.json("/api/v1/pools/a/movers/1", "{\"status\":\"success\"}");
        site = new Site(folder, dcache.url(), "may_release", "true");
    }

    @AfterEach
    void stop() throws IOException {
        site.close();
        dcache.close();
    }

    private void ordered(long expiresAtMs) {
        site.portal.behave(report -> new FakePortal.Reply(200, order(7, mover, expiresAtMs), ""));
    }

    private List<ReleaseResult> results() throws InterruptedException {
        site.look();
        return site.look().getReleaseResultsList();
    }

    private static long inAMinute() {
        return System.currentTimeMillis() + 60_000;
    }

    @Test
    void aMoverIsEndedOnceAndItsResultTold() throws Exception {
        ordered(inAMinute());

        site.look();
        // Whoever ordered it waits, but for the first result only.
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(1));
        List<ReleaseResult> results = site.look().getReleaseResultsList();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(30));

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.getOrderId()).isEqualTo(7);
            assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.DONE);
        });
        // Told again by the portal, it is not done again, over a restart neither.
        site.restart();
        assertThat(results()).containsExactlyElementsOf(results);
        assertThat(dcache.askedFor(KILL)).isEqualTo(1);
    }

    @Test
    void anOrderOfTheSameNumberForAnotherMoverIsAnotherOne() throws Exception {
        ordered(inAMinute());
        site.look();
        long later = submitted + 1;
        dcache.json("/api/v1/pools/a/movers", Dc.movers(Dc.Mover.of(1, later)));
        StorageMover other = mover.toBuilder().setSubmittedAtMs(later).build();
        site.portal.behave(report -> new FakePortal.Reply(200, order(7, other, inAMinute()), ""));

        site.look();

        assertThat(dcache.askedFor(KILL)).isEqualTo(2);
    }

    @Test
    void anotherMoverWithItsIdStays() throws Exception {
        dcache.json("/api/v1/pools/a/movers", Dc.movers(Dc.Mover.of(1, submitted + 1)));
        ordered(inAMinute());

        assertThat(results()).singleElement().satisfies(result -> {
            assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.GONE);
            assertThat(result.getDetail()).contains("another mover");
        });
        assertThat(dcache.askedFor(KILL)).isZero();
    }

    @Test
    void tooLateIsNotAtAll() throws Exception {
        ordered(System.currentTimeMillis() - 1);

        assertThat(results())
                .singleElement()
                .satisfies(result -> assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.REFUSED));
        assertThat(dcache.askedFor(KILL)).isZero();
    }

    @Test
    void aWatchThatMayNotDoesNot() throws Exception {
        site.close();
        site = new Site(folder, dcache.url());
        ordered(inAMinute());

        assertThat(results()).singleElement().satisfies(result -> {
            assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.REFUSED);
            assertThat(result.getDetail()).contains("may_release");
        });
        assertThat(dcache.askedFor(KILL)).isZero();
    }

    @Test
    void aPoolThatCannotBeReadEndsNothing() throws Exception {
        site.look();
        dcache.status("/api/v1/pools/a/movers", 500, "{}");
        ordered(inAMinute());

        assertThat(results())
                .singleElement()
                .satisfies(result -> assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.FAILED));
        assertThat(dcache.askedFor(KILL)).isZero();
    }

    @Test
    void whatWasBegunWhenTheWatchEndedIsNotBegunAgain() throws Exception {
        Files.writeString(folder.resolve("state/releases"), "7/" + submitted + " BEGUN " + submitted + "  \n");
        site.restart();
        ordered(inAMinute());

        assertThat(results()).singleElement().satisfies(result -> {
            assertThat(result.getOutcome()).isEqualTo(ReleaseResult.Outcome.FAILED);
            assertThat(result.getDetail()).contains("ended while");
        });
        assertThat(dcache.askedFor(KILL)).isZero();
    }

    @Test
    void aResultIsToldUntilThePortalHasIt() throws Exception {
        ordered(inAMinute());
        site.look();
        site.portal.behave(report -> FakePortal.Reply.busy(503, "1"));
        site.lookInVain();
        site.portal.behave(report -> FakePortal.Reply.ok());

        assertThat(site.look().getReleaseResultsList()).hasSize(1);
        assertThat(site.look().getReleaseResultsList()).isEmpty();
    }
}
