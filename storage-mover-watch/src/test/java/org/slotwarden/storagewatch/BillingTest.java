package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.wire.v1.MoverRecord;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StorageReport;

/** Records of ended movers. */
class BillingTest {

    private static final Path RECORDED = Path.of("recording/billing.json");

    @TempDir
    Path folder;

    private FakeDcache dcache;
    private Path billing;
    private Site site;

    @BeforeEach
    void start() throws Exception {
        dcache = new FakeDcache().pools("a");
        billing = folder.resolve("billing");
        site = new Site(folder, dcache.url());
    }

    @AfterEach
    void stop() throws IOException {
        site.close();
        dcache.close();
    }

    private void reading(Path source) throws Exception {
        site.close();
        site = new Site(folder, dcache.url(), "billing", source.toString());
    }

    private List<MoverRecord> records() throws InterruptedException {
        return site.look().getRecordsList();
    }

    private static String record(int number) {
        return """
                {"date":"2026-11-21T19:42:33.028Z","msgType":"transfer","cellName":"pool_b","session":"s-%d",\
                "isP2p":false,"transferTime":532,"isWrite":"read","status":{"msg":"","code":0}}
                """.formatted(number);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> sessions(List<MoverRecord> records) {
        return records.stream().map(MoverRecord::getSession).toList();
    }

    @Test
    void whatDcacheWrites() throws Exception {
        Files.writeString(billing, "");
        reading(billing);
        assertThat(records()).isEmpty();
        append(billing, Files.readString(RECORDED));

        List<MoverRecord> records = records();

        // Of 17 lines, those of pools.
        assertThat(records).hasSize(10);
        assertThat(records.getFirst())
                .isEqualTo(MoverRecord.newBuilder()
                        .setPool("pool_b")
                        .setEndedAtMs(1795290153028L)
                        .setSession("pool:pool_b@dCacheDomain:1795290153028-1")
                        .setHeldSeconds(0.532)
                        .setQueuedSeconds(0)
                        .setBytes(1_000_000)
                        .setDirection(StorageMover.Direction.READ)
                        .setProtocol("Http-1.1")
                        .setClientAddress("127.0.0.11")
                        .setClientPort(35378)
                        .setStorageEndpoint("127.0.0.1:20436")
                        .setUser("alice")
                        .setUid(1001)
                        .setGid(2000)
                        .setPath("/public/data7.root")
                        .setFileId("00001D8AFD083FB54C24A1DCA0984A0ED261")
                        .setStatus(0)
                        .build());
        // A dcap mover that never began: held since 1970, with -1 bytes.
        assertThat(records.getLast().getSession()).isEqualTo("pool:pool_b@dCacheDomain:1795290378568-20");
        assertThat(records.getLast().hasHeldSeconds()).isFalse();
        assertThat(records.getLast().hasBytes()).isFalse();
        assertThat(records()).isEmpty();
    }

    @Test
    void itBeginsAtTheEndAndReadsWholeLines() throws Exception {
        append(billing, record(1));
        reading(billing);
        assertThat(records()).isEmpty();

        String two = record(2);
        append(billing, two.substring(0, 50));
        assertThat(records()).isEmpty();
        append(billing, two.substring(50));
        assertThat(sessions(records())).containsExactly("s-2");
    }

    @Test
    void recordsAreToldUntilThePortalHasThemAlsoOverARestart() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        append(billing, record(1));
        site.portal.behave(report -> FakePortal.Reply.busy(503, "1"));
        site.lookInVain();
        site.restart();
        site.portal.behave(report -> FakePortal.Reply.ok());

        assertThat(sessions(records())).containsExactly("s-1");
        append(billing, record(2));
        site.restart();
        assertThat(sessions(records())).containsExactly("s-2");
        assertThat(records()).isEmpty();
    }

    @Test
    void aRenamedFileIsReadToItsEndFirst() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        append(billing, record(1));
        Files.move(billing, folder.resolve("billing.1"));
        append(billing, record(2));

        assertThat(sessions(records())).containsExactly("s-1", "s-2");
    }

    @Test
    void anEmptiedFileIsReadFromItsBegin() throws Exception {
        append(billing, record(1) + record(2));
        reading(billing);
        site.look();
        Files.writeString(billing, record(3));

        assertThat(sessions(records())).containsExactly("s-3");
    }

    @Test
    void dailyFilesFollowEachOther() throws Exception {
        Path month = Files.createDirectories(billing.resolve("2026/11"));
        append(month.resolve("billing-2026.11.30"), record(1));
        append(month.resolve("billing-error-2026.11.30"), "text\n");
        reading(billing);
        assertThat(records()).isEmpty();

        append(month.resolve("billing-2026.11.30"), record(2));
        Path next = Files.createDirectories(billing.resolve("2026/12"));
        append(next.resolve("billing-2026.12.01"), record(3));
        assertThat(sessions(records())).containsExactly("s-2", "s-3");

        append(next.resolve("billing-2026.12.01"), record(4));
        assertThat(sessions(records())).containsExactly("s-4");
    }

    @Test
    void twiceCountsOnceAlsoWithWhatKafkasConsumerWritesBefore() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        append(billing, "NO_HEADERS\tnull\t" + record(1) + "NO_HEADERS\tnull\t" + record(1));
        assertThat(sessions(records())).containsExactly("s-1");
        append(billing, record(1) + record(2));
        assertThat(sessions(records())).containsExactly("s-2");
    }

    @Test
    void copiesBetweenPoolsAreNoClients() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        append(billing, record(1).replace("\"isP2p\":false", "\"isP2p\":true"));

        assertThat(records()).isEmpty();
    }

    @Test
    void textInsteadOfJsonIsSaid() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        append(billing, "11.21 19:33:11 [door:WebDAV@d:request] [\"a\":1:2:h]\n" + record(2) + "{\"date\":\n");

        StorageReport report = site.look();

        assertThat(sessions(report.getRecordsList())).containsExactly("s-2");
        assertThat(Site.text(report, "billing-unread")).startsWith("2 lines").contains("billing.format.json");
        assertThat(Site.kinds(site.look())).isEmpty();
    }

    @Test
    void oneReportHasSoManyAndTheOthersComeNext() throws Exception {
        append(billing, "");
        reading(billing);
        site.look();
        StringBuilder all = new StringBuilder();
        IntStream.range(0, 12_000).forEach(number -> all.append(record(number)));
        append(billing, all.toString());

        StorageReport first = site.look();
        assertThat(first.getRecordsCount()).isEqualTo(10_000);
        assertThat(Site.kinds(first)).containsExactly("billing-unread");
        StorageReport second = site.look();
        assertThat(second.getRecordsCount()).isEqualTo(2_000);
        assertThat(second.getRecords(0).getSession()).isEqualTo("s-10000");
        assertThat(Site.kinds(second)).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsSaidAndReadWhenItComes() throws Exception {
        reading(billing);
        assertThat(Site.kinds(site.look())).containsExactly("billing-unread");
        append(billing, record(1));
        site.look();
        append(billing, record(2));
        assertThat(sessions(records())).containsExactly("s-2");
    }

    @Test
    void aPipeIsReadAsItIsFilled() throws Exception {
        Process made = new ProcessBuilder("mkfifo", billing.toString()).start();
        assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
        reading(billing);
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "{ head -c 3000000 /dev/zero | tr '\\0' x; echo; cat recording/billing.json; } > " + billing)
                .start();
        assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();

        Awaitility.await().untilAsserted(() -> {
            site.look();
            assertThat(site.portal.reports().stream()
                            .mapToInt(StorageReport::getRecordsCount)
                            .sum())
                    .isEqualTo(10);
        });
    }
}
