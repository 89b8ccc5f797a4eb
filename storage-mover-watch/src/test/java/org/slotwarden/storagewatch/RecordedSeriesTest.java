package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.storagewatch.replay.Recording;
import org.slotwarden.storagewatch.replay.ReplayServer;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.StorageHost;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StorageQueue;
import org.slotwarden.wire.v1.StorageReport;

/** The whole series of a real dCache, played in time. */
class RecordedSeriesTest {

    private static final Path RECORDED = Path.of("recording");

    @TempDir
    Path folder;

    private final Site.MovedClock time = new Site.MovedClock();

    @Test
    void everyMoverOfEveryMomentIsTold() throws Exception {
        long begin = time.instant().toEpochMilli();
        Recording recording = new Recording(RECORDED, begin);
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = on(dcache, "replay", "true")) {
            for (int second = 0; second < 170; second += 5) {
                StorageReport report = watched.look();

                assertThat(report.getSource()).isEqualTo(StorageReport.Source.REPLAY);
                assertThat(Site.kinds(report)).isEmpty();
                assertThat(report.getMoversCount()).isEqualTo(raw(recording, time));
                assertThat(report.getMoversList()).allSatisfy(mover -> {
                    assertThat(mover.getQueue()).isEqualTo("regular");
                    assertThat(mover.getState()).isIn(StorageMover.State.RUNNING, StorageMover.State.QUEUED);
                    assertThat(mover.hasBytes() && mover.getBytes() < 0).isFalse();
                });
                time.forward(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void aFullQueueAndWhoWaits() throws Exception {
        Recording recording = new Recording(RECORDED, time.instant().toEpochMilli());
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = on(dcache)) {
            time.forward(Duration.ofSeconds(90));

            StorageReport report = watched.look();

            StorageQueue regular = Site.pool(report, "pool_b").getQueuesList().stream()
                    .filter(StorageQueue::getDefaultQueue)
                    .findFirst()
                    .orElseThrow();
            assertThat(regular.getName()).isEqualTo("regular");
            assertThat(regular.getActive()).isEqualTo(6);
            assertThat(regular.getMaxActive()).isEqualTo(6);
            assertThat(regular.getQueued()).isEqualTo(2);
            assertThat(report.getSoftware()).isEqualTo("dCache 12.0.1");

            StorageMover waitingDcap = report.getMoversList().stream()
                    .filter(StorageMover::hasClientProcess)
                    .findFirst()
                    .orElseThrow();
            assertThat(waitingDcap.getState()).isEqualTo(StorageMover.State.QUEUED);
            assertThat(waitingDcap.getClientProcess()).isEqualTo(17498);
            assertThat(waitingDcap.getClientAddress()).isEqualTo("127.0.0.14");
            assertThat(waitingDcap.getProtocol()).isEqualTo("dcap-3");
            assertThat(waitingDcap.hasBytes()).isFalse();
            assertThat(waitingDcap.hasStartedAtMs()).isFalse();
            assertThat(waitingDcap.hasLastIoAtMs()).isFalse();
            assertThat(waitingDcap.hasUid()).isFalse();

            List<StorageMover> ofAlice = report.getMoversList().stream()
                    .filter(mover -> mover.getUser().equals("alice"))
                    .toList();
            assertThat(ofAlice).isNotEmpty().allSatisfy(mover -> {
                assertThat(mover.getUid()).isEqualTo(1001);
                assertThat(mover.getGid()).isEqualTo(2000);
                assertThat(mover.getDirection()).isEqualTo(StorageMover.Direction.READ);
                assertThat(mover.getPath()).startsWith("/public/data");
                assertThat(mover.getLastIoAtMs()).isGreaterThanOrEqualTo(mover.getStartedAtMs());
            });
        }
    }

    @Test
    void doorsAndPoolsAreHosts() throws Exception {
        Recording recording = new Recording(RECORDED, time.instant().toEpochMilli());
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = on(dcache, "storage_hosts", "192.0.2.1:1094, [2001:db8::1]:20")) {
            List<StorageHost> hosts = watched.look().getHostsList();

            assertThat(hosts)
                    .contains(
                            StorageHost.newBuilder()
                                    .setAddress("127.0.0.1")
                                    .setPort(22125)
                                    .setRole(StorageHost.Role.DOOR)
                                    .setName("DCap-vm@dCacheDomain")
                                    .build(),
                            StorageHost.newBuilder()
                                    .setAddress("192.0.2.1")
                                    .setPort(1094)
                                    .setName("192.0.2.1")
                                    .build())
                    .anySatisfy(host -> assertThat(host.getAddress()).isEqualTo("2001:db8:0:0:0:0:0:1"));
        }
    }

    /** Asked for in the recording: clients of today for those of then. */
    @Test
    void clientsOfTheRecordingBecomeOthers() throws Exception {
        Path replace = folder.resolve("replace");
        Files.writeString(replace, "127.0.0.14=192.0.2.77\n17498=4711\nalice=carol\n");
        Recording recording = new Recording(RECORDED, time.instant().toEpochMilli());
        try (ReplayServer dcache = new ReplayServer(0, recording, replace, time.clock());
                Site watched = on(dcache)) {
            time.forward(Duration.ofSeconds(60));
            StorageReport report = watched.look();

            assertThat(report.getMoversList()).anySatisfy(mover -> {
                assertThat(mover.getClientProcess()).isEqualTo(4711);
                assertThat(mover.getClientAddress()).isEqualTo("192.0.2.77");
            });
            assertThat(report.getMoversList())
                    .extracting(StorageMover::getUser)
                    .contains("carol")
                    .doesNotContain("alice");
        }
    }

    @Test
    void publicPagesTellTheSameMoversAndThatTheyAreOld() throws Exception {
        long begin = time.instant().toEpochMilli();
        Recording recording = new Recording(RECORDED, begin);
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = at("", "dcache.public_url", dcache.url())) {
            time.forward(Duration.ofSeconds(90));

            StorageReport report = watched.look();

            assertThat(report.getSource()).isEqualTo(StorageReport.Source.PUBLIC_PAGES);
            assertThat(Site.kinds(report)).containsExactly("old-source");
            assertThat(report.getGatheredAtMs()).isBetween(begin + 60_000, begin + 90_000);
            assertThat(report.getMoversList())
                    .hasSize(10)
                    .noneMatch(StorageMover::hasLastIoAtMs)
                    .allSatisfy(mover -> assertThat(mover.getQueue()).isEqualTo("regular"));
            assertThat(Site.pool(report, "pool_b").getQueuesList())
                    .extracting(StorageQueue::getName)
                    .containsExactly("lan", "regular");
            assertThat(Site.pool(report, "pool_b").getGroupsList()).containsExactly("default");
        }
    }

    @Test
    void whoseMoverWasEndedIsGoneInTheNextLook() throws Exception {
        Recording recording = new Recording(RECORDED, time.instant().toEpochMilli());
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = on(dcache, "may_release", "true")) {
            StorageMover victim = watched.look().getMovers(0);
            watched.portal.behave(report -> new FakePortal.Reply(
                    200, ReleasesTest.order(1, victim, time.instant().toEpochMilli() + 60_000), ""));
            watched.look();
            watched.portal.behave(report -> FakePortal.Reply.ok());

            StorageReport report = watched.look();

            assertThat(report.getReleaseResultsList()).hasSize(1);
            assertThat(report.getMoversList())
                    .isNotEmpty()
                    .noneMatch(mover ->
                            mover.getPool().equals(victim.getPool()) && mover.getMoverId() == victim.getMoverId());
        }
    }

    @Test
    void recordsComeAsMoversEnd() throws Exception {
        Path billing = folder.resolve("billing");
        Files.writeString(billing, "");
        long begin = time.instant().toEpochMilli();
        Recording recording = new Recording(RECORDED, begin);
        try (ReplayServer dcache = new ReplayServer(0, recording, null, time.clock());
                Site watched = on(dcache, "billing", billing.toString())) {
            watched.look();
            Files.write(billing, recording.billing(begin, begin + 140_000));

            List<MoverRecord> records = watched.look().getRecordsList();

            assertThat(records)
                    .isNotEmpty()
                    .allSatisfy(record -> assertThat(record.getPool()).isEqualTo("pool_b"));
        }
    }

    private Site on(ReplayServer dcache, String... settings) throws Exception {
        return at(dcache.url(), settings);
    }

    private Site at(String url, String... settings) throws Exception {
        Path own = Files.createTempDirectory(folder, "watched");
        return new Site(own, url, time, settings);
    }

    private static int raw(Recording recording, Site.MovedClock clock) {
        long now = clock.instant().toEpochMilli();
        int count = 0;
        for (String pool : List.of("pool_a", "pool_b")) {
            String text = Objects.requireNonNull(recording.answer("pools_" + pool + "_movers.json", now));
            count +=
                    (int) Pattern.compile("\"moverId\"").matcher(text).results().count();
        }
        return count;
    }
}
