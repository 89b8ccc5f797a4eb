package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageReport;

/** How reports reach the portal. */
class SendTest {

    private final long submitted = System.currentTimeMillis() - 60_000;

    @TempDir
    Path folder;

    private FakeDcache dcache;
    private Site site;

    @BeforeEach
    void start() throws Exception {
        dcache = new FakeDcache().pools("a");
        site = new Site(folder, dcache.url());
    }

    @AfterEach
    void stop() throws IOException {
        site.close();
        dcache.close();
    }

    @Test
    void aReportSaysWhoseAndWhatItIs() throws Exception {
        StorageReport report = site.look();

        assertThat(report.getStorage()).isEqualTo("dcache");
        assertThat(report.getContractVersion()).isEqualTo(1);
        assertThat(report.getPollIntervalSeconds()).isEqualTo(30);
        assertThat(report.getSource()).isEqualTo(StorageReport.Source.REST);
        assertThat(report.getMayRelease()).isFalse();
        assertThat(report.getLookedAtMs()).isBetween(report.getStartedAtMs(), report.getSentAtMs());
        assertThat(site.portal.authorizations()).containsExactly("Bearer token-of-the-watch");
    }

    @Test
    void onlyTheNewestPictureIsSent() throws Exception {
        dcache.json("/api/v1/pools/a/movers", Dc.movers(Dc.Mover.of(1, submitted)));
        site.portal.behave(report -> FakePortal.Reply.busy(503, "7"));
        site.lookInVain();
        site.portal.behave(report -> FakePortal.Reply.ok());
        dcache.json("/api/v1/pools/a/movers", Dc.movers(Dc.Mover.of(2, submitted)));

        StorageReport report = site.look();

        assertThat(report.getMoversList())
                .singleElement()
                .satisfies(mover -> assertThat(mover.getMoverId()).isEqualTo(2));
        assertThat(site.portal.reports()).hasSize(2);
    }

    @Test
    void aBusyPortalIsLeftAloneForAsLongAsItWants() throws Exception {
        site.portal.behave(report -> FakePortal.Reply.busy(429, "400"));
        site.lookInVain();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(400));

        site.portal.behave(report -> FakePortal.Reply.busy(503, "999999"));
        site.lookInVain();
        assertThat(site.pause).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aPortalThatRefusesIsAskedLessAndLess() throws Exception {
        site.portal.behave(report -> FakePortal.Reply.busy(403, ""));
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            site.lookInVain();
            pauses.add(site.pause);
        }

        assertThat(pauses.getFirst()).isEqualTo(Duration.ofSeconds(30));
        assertThat(pauses.getLast()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
        site.portal.behave(report -> FakePortal.Reply.ok());
        site.look();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void thePortalMayAskForASoonerLookAndForNoLaterOne() throws Exception {
        site.portal.behave(report -> next(5_000));
        site.look();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(5));
        site.portal.behave(report -> next(0));
        site.look();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(1));
        site.portal.behave(report -> next(3_600_000));
        site.look();
        assertThat(site.pause).isEqualTo(Duration.ofSeconds(30));
    }

    private static FakePortal.Reply next(int ms) {
        StorageAnswer answer = FakePortal.Reply.accepted().setNextLookInMs(ms).build();
        return new FakePortal.Reply(200, answer, "");
    }

    @Test
    void aTokenThatOthersCanReadIsNotSent() throws Exception {
        Files.setPosixFilePermissions(folder.resolve("token"), PosixFilePermissions.fromString("rw-r--r--"));

        site.lookInVain();

        assertThat(site.portal.reports()).isEmpty();
    }

    @Test
    void anAnswerThatIsNoneIsAFailureAndNoEnd() throws Exception {
        site.portal.behave(report -> new FakePortal.Reply(404, StorageAnswer.getDefaultInstance(), ""));
        site.lookInVain();
        site.portal.behave(report -> FakePortal.Reply.ok());

        assertThat(site.look().getPoolsCount()).isEqualTo(1);
    }

    /** 50,000 movers with paths that do not compress. */
    @Test
    void whatIsTooLargeGoesWithoutPaths() throws Exception {
        Random random = new Random(7);
        List<Dc.Mover> movers = new ArrayList<>();
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            movers.add(Dc.Mover.of(i, submitted));
            StringBuilder path = new StringBuilder("/");
            random.ints(400, 33, 127).filter(c -> c != '"' && c != '\\').forEach(c -> path.append((char) c));
            items.append(i == 0 ? "" : ",")
                    .append(Dc.Transfer.of("a", i, submitted)
                            .named("alice", path.toString())
                            .json());
        }
        dcache.json("/api/v1/pools/a/movers", Dc.movers(movers));
        dcache.json("/api/v1/transfers", "{\"items\":[" + items + "],\"timeOfCreation\":" + submitted + "}");

        StorageReport report = site.look();

        assertThat(report.getMoversCount()).isEqualTo(20_000);
        assertThat(report.getMoversList()).noneMatch(mover -> mover.hasPath()).allMatch(mover -> mover.hasUser());
        assertThat(Site.text(report, "too-large")).contains("without their paths");
    }
}
