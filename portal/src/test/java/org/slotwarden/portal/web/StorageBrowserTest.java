package org.slotwarden.portal.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.storage.NodeAddresses;
import org.slotwarden.portal.storage.StorageWatches;
import org.slotwarden.portal.storage.TestWatch;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageMover;
import org.slotwarden.wire.v1.StorageReport;
import org.slotwarden.wire.v1.StorageTrouble;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The pages of the storage as people see them in Chromium, fed by a watch and an agent through the real ingest: a job of
 * anna opens file after file, bert waits.
 */
class StorageBrowserTest extends InChromium {
    private static final int MOST = 12;
    private static final long ANNAS_UID = 1001;
    private static final long BERTS_UID = 1002;

    /** What somebody may call a file. */
    private static final String HOSTILE = "/data/<img src=x onerror=alert(1)>\u202egpj.\"'><script>alert(2)</script>";

    @Autowired
    StorageWatches watches;

    @Autowired
    NodeAddresses addresses;

    @Autowired
    JdbcTemplate jdbc;

    @SuppressWarnings("NullAway.Init")
    TestWatch watch;

    @BeforeEach
    void aQueueThatFills() {
        watch = new TestWatch(port, "dcache", watches.issue("dcache", new Viewer("admin", true)));
        TestAgent node = site.node("node01");
        SlotStory reader = SlotStory.slot("reader", "4711")
                .facts(facts -> TestSite.ask(facts).setName("read-all-runs").setUid(ANNAS_UID))
                .started(site.now.minusSeconds(1200));
        for (int age = 1170; age >= 150; age -= 30) {
            sampled(reader, age);
        }
        node.tell(
                reader,
                SlotStory.slot("other", "4712")
                        .facts(facts -> TestSite.ask(facts).setUser("bert").setUid(BERTS_UID))
                        .started(site.now.minusSeconds(1300))
                        .sample(site.now.minusSeconds(200), 1, 1 << 20));
        TestWatch.learn(addresses);
        for (int age = 900; age >= 0; age -= 60) {
            watch.tell(site.now.minusSeconds(age), looks(age));
        }
        // Movers are counted with what is sampled now.
        for (int age = 120; age >= 0; age -= 30) {
            sampled(reader, age);
        }
        node.tell(reader);
    }

    /** A socket more for each file. */
    private void sampled(SlotStory reader, int age) {
        reader.sample(
                site.now.minusSeconds(age),
                sample -> sample.setCpuUserSeconds(1).setCpuSystemSeconds(0).setOpenSockets(3 + (1200 - age) / 100));
    }

    /** Since 15 min anna's job opens a file each 100 s; bert holds two, and one of nobody known is open. */
    private Consumer<StorageReport.Builder> looks(int age) {
        return report -> {
            List<StorageMover> movers = new ArrayList<>();
            for (int i = 0; i < 9 && 900 - age >= 100 * i; i++) {
                movers.add(annas(i + 1, site.now.minusSeconds(900 - 100L * i)));
            }
            movers.add(berts(21, 1250, "/home/bert/secret-name.root"));
            movers.add(berts(22, 1240, HOSTILE));
            movers.add(mover(31, site.now.minusSeconds(1000))
                    .setClientAddress("192.0.2.77")
                    .setProtocol("dcap-3")
                    .build());
            int active = Math.min(MOST, movers.size());
            report.addPools(TestWatch.pool("pool_b", active, MOST, active == MOST ? 3 : 0))
                    .addPools(TestWatch.pool("pool_a", 2, MOST, 0))
                    .addAllMovers(movers);
        };
    }

    private static StorageMover.Builder mover(long id, Instant since) {
        return TestWatch.mover("pool_b", id, since)
                .setClientAddress("127.0.0.1")
                .setProtocol("HTTP-1.1")
                .setDoor("WebDAV@dCacheDomain")
                .setLastIoAtMs(since.plusSeconds(10).toEpochMilli())
                .setBytes(1_048_576 * id)
                .setPath("/data/run-7/events-" + id + ".root");
    }

    private static StorageMover annas(long id, Instant since) {
        return mover(id, since).setUser("anna").setUid(ANNAS_UID).build();
    }

    private StorageMover berts(long id, int age, String path) {
        return mover(id, site.now.minusSeconds(age))
                .setUser("bert")
                .setUid(BERTS_UID)
                .setPath(path)
                .build();
    }

    @Test
    void theQueueIsFull_oneSeesWhoHoldsIt_andStopsTheJob() {
        Page page = page("admin");
        page.navigate("/");
        page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName("Pages"))
                .getByText("Storage")
                .click();
        Locator first = page.getByTestId("queues").locator("tbody tr").first();
        assertThat(first).containsText("pool_b");
        assertThat(first).containsText("full");
        assertThat(first).containsText("12 / 12");
        drawn(page);
        assertThat(values(page, "all-queues", "in use")).startsWith(6.0).endsWith(14.0);
        assertThat(values(page, "all-queues", "at most")).containsOnly(24.0);
        assertThat(values(page, "all-queues", "waiting")).endsWith(3.0);
        assertThat(page.getByTestId("holders").locator("tbody tr").first()).containsText("4711");
        page.getByRole(
                        AriaRole.LINK,
                        new Page.GetByRoleOptions().setName("pool_b").setExact(true))
                .first()
                .click();

        assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("Queue regular of pool pool_b");
        drawn(page);
        assertThat(values(page, "queue", "in use")).startsWith(4.0).endsWith(12.0);
        assertThat(values(page, "queue", "at most")).containsOnly(12.0);
        assertThat(values(page, "queue", "waiting")).endsWith(3.0);
        assertThat(values(page, "sockets", "open sockets")).isSorted().endsWith(15.0);
        assertThat(values(page, "movers", "movers")).isNotEmpty().containsOnly(9.0);
        assertThat(left(page, "queue")).as("one time axis: the same left edge").isEqualTo(left(page, "sockets"));
        assertThat(range(page, "queue")).as("one time axis").isEqualTo(range(page, "sockets"));
        Locator holder = page.getByTestId("holders").locator("tbody tr").first();
        assertThat(holder).containsText("4711");
        assertThat(holder).containsText("75 %");
        assertThat(holder).containsText("certain");
        assertThat(page.getByTestId("chosen")).containsText("It holds 9 of the 12 in use (75 %)");
        assertThat(page).hasURL(Pattern.compile(".*[?&]job=" + job("4711")));
        assertThat(page.getByTestId("holders")).containsText("192.0.2.77");
        assertThat(page.getByTestId("holders")).containsText("no job known");

        page.locator("#kill-reason").fill("holds the whole queue");
        page.getByLabel("I mean job 4711").check();
        page.getByTestId("kill").click();
        assertThat(page.getByTestId("orders")).containsText("Stop it, SIGKILL after 30 s");
        assertThat(page.getByTestId("orders")).containsText("holds the whole queue");
    }

    @Test
    void theCurveThatIsDrawnAndTheTableSayTheSame_andAPictureThatIsOldIsCalledSo() {
        watch.tell(
                site.now.plusMillis(1),
                report -> report.setGatheredAtMs(site.now.minusSeconds(7200).toEpochMilli())
                        .addPools(TestWatch.pool("pool_b", 12, MOST, 3)));
        Page page = page("admin");
        page.navigate("/storage");
        assertThat(page.getByTestId("system")).containsText("An old picture.");
        page.getByTestId("figures").locator("summary").click();
        assertThat(page.getByTestId("history")
                        .locator("tbody tr")
                        .filter(has("14"))
                        .first())
                .isVisible();
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("10 min"))
                .click();
        drawn(page);
        assertThat(values(page, "all-queues", "in use"))
                .isSorted()
                .doesNotContain(6.0)
                .endsWith(14.0);
        page.navigate(queue());
        page.getByText("The queue over time").click();
        assertThat(page.getByTestId("history")
                        .first()
                        .locator("tbody tr")
                        .filter(has("12"))
                        .first())
                .isVisible();
        drawn(page);
    }

    @Test
    void anAdminEndsOneMover_saysThatItIsMeant_andSeesWhatBecameOfIt() {
        Page page = page("admin");
        page.navigate(queue());
        page.getByText("/data/run-7/events-3.root").click();
        assertThat(page.getByTestId("facts")).containsText("/data/run-7/events-3.root");
        assertThat(page.getByTestId("whose")).containsText("4711");
        page.locator("#reason").fill("frees the queue <b>now</b>");
        page.getByTestId("release").click();
        assertThat(page.getByTestId("releases")).isEmpty();
        page.getByLabel("I mean this mover of anna").check();
        page.getByTestId("release").click();
        assertThat(page.getByTestId("releases")).containsText("Ordered, the watch will be told");
        assertThat(page.getByTestId("release")).hasCount(0);

        StorageAnswer answer = watch.tell(site.now.plusMillis(1), looks(0));
        ReleaseOrder order = answer.getReleases(0);
        assertThat(order.getMoverId()).isEqualTo(3);
        assertThat(order.getReason()).isEqualTo("frees the queue <b>now</b>");
        assertThat(order.getAuthor()).isEqualTo("admin");
        page.reload();
        assertThat(page.getByTestId("releases")).containsText("Ordered, the watch was told");
        watch.tell(
                site.now.plusMillis(2),
                report -> looks(0).andThen(more -> more.addReleaseResults(ReleaseResult.newBuilder()
                                .setOrderId(order.getOrderId())
                                .setOutcome(ReleaseResult.Outcome.DONE)
                                .setDoneAtMs(site.now.toEpochMilli())))
                        .accept(report));
        page.reload();
        assertThat(page.getByTestId("releases")).containsText("Ended");
        assertThat(page.getByTestId("releases")).containsText("frees the queue <b>now</b>");
    }

    @Test
    void aUserSeesTheQueuesAndWhatIsTheirOwn_andEndsNothing() {
        Page page = page("anna");
        page.navigate("/storage");
        assertThat(page.getByTestId("queues")).containsText("12 / 12");
        assertThat(page.getByTestId("holders").locator("tbody tr")).hasCount(1);
        assertThat(page.getByTestId("alarms")).hasCount(0);
        assertThat(page.getByText("Issue a token")).hasCount(0);
        page.navigate(queue());
        drawn(page);
        assertThat(page.getByTestId("movers").locator("tbody tr")).hasCount(9);
        page.navigate("/storage/holders?list=movers");
        assertThat(page.getByTestId("movers").locator("tbody tr")).hasCount(9);
        assertThat(page.locator("body")).not().containsText("secret-name");
        page.getByText("/data/run-7/events-3.root").click();
        assertThat(page.getByTestId("release")).hasCount(0);
        assertThat(page.request().get("/storage/movers/" + mover(21)).status())
                .as("another's mover does not exist for a user")
                .isEqualTo(404);
    }

    @Test
    void aJobsPageTellsItsMovers() {
        Page page = page("admin");
        page.navigate("/jobs/" + job("4711"));
        assertThat(page.getByTestId("holdings")).containsText("Queue regular of pool_b: 9 of the 12 in use (75 %)");
        assertThat(page.getByTestId("movers").locator("tbody tr")).hasCount(9);
        page.getByTestId("holdings").getByRole(AriaRole.LINK).click();
        assertThat(page.getByTestId("chosen")).containsText("4711");
        drawn(page);
    }

    @Test
    void whatAPathSaysIsShownAndNeverDone() {
        Page page = page("admin");
        page.navigate("/storage/movers/" + mover(22));
        assertThat(page.getByTestId("facts")).containsText("<img src=x onerror=alert(1)>\\u202egpj.");
        page.navigate("/jobs/" + job("4712"));
        assertThat(page.getByTestId("movers")).containsText("\\u202egpj.");
        assertThat(page.locator("main img")).hasCount(0);
        page.navigate("/storage?q=" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        assertThat(page.locator("#q")).hasValue("<script>alert(1)</script>");
        assertThat(page.getByText("No pool or queue has this in its name.")).isVisible();
    }

    @Test
    void oneOfTwoHundredPoolsIsFoundByItsName_andTheFullestStandFirst() {
        watch.tell(site.now.plusMillis(1), manyPools());
        Page page = page("admin");
        page.navigate("/storage");
        assertThat(page.getByTestId("queues").locator("tbody tr")).hasCount(50);
        assertThat(page.getByTestId("queues").locator("tbody tr").first()).containsText("pool-0199");
        page.locator("#q").fill("pool-0042");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();
        assertThat(page.getByTestId("queues").locator("tbody tr")).hasCount(1);
        assertThat(page.getByTestId("queues")).containsText("42 / 200");
    }

    private Consumer<StorageReport.Builder> manyPools() {
        return report -> {
            for (int i = 0; i < 200; i++) {
                report.addPools(TestWatch.pool("pool-%04d".formatted(i), i, i == 199 ? 199 : 200, i == 199 ? 17 : 0));
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "1280, DARK", "400, LIGHT", "400, DARK"})
    void everyPageFitsItsWindow(int width, ColorScheme scheme) {
        watch.tell(
                site.now.plusMillis(1),
                looks(0).andThen(report -> report.setSource(StorageReport.Source.REPLAY)
                        .addTroubles(StorageTrouble.newBuilder()
                                .setKind("pool-unread")
                                .setText("The pool <b>" + "pool_c".repeat(20) + "</b> does not answer.")
                                .setSinceMs(site.now.minusSeconds(300).toEpochMilli()))));
        for (String account : List.of("admin", "anna")) {
            Page page = page(account, width, scheme);
            Map<String, String> pages = new LinkedHashMap<>();
            pages.put("overview", "/");
            pages.put("storage", "/storage");
            pages.put("queue", queue());
            pages.put("holders", "/storage/holders");
            pages.put("movers", "/storage/holders?list=movers");
            pages.put("mover", "/storage/movers/" + mover(account.equals("admin") ? 22 : 3));
            pages.put("job", "/jobs/" + job("4711"));
            pages.forEach((name, path) -> {
                page.navigate(path);
                drawn(page);
                fits(page, "storage-" + name + "-" + account, width, scheme);
            });
        }
    }

    private String queue() {
        return "/storage/queues/"
                + jdbc.queryForObject(
                        "SELECT q.id FROM storage_queue q JOIN storage_pool p ON p.id = q.pool_id WHERE p.name = 'pool_b'",
                        Long.class);
    }

    private long mover(long id) {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT id FROM storage_mover WHERE mover_id = ?", Long.class, id));
    }

    private long job(String id) {
        return Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM job WHERE batch_job_id = ?", Long.class, id));
    }

    private static List<Double> values(Page page, String figure, String label) {
        return ((List<?>) chart(
                        page,
                        figure,
                        "chart.data.datasets.find((line) => line.label === '%s').data.map(({ y }) => y).filter((y) => y !== null)"
                                .formatted(label)))
                .stream().map(value -> ((Number) value).doubleValue()).toList();
    }

    private static Object left(Page page, String figure) {
        return chart(page, figure, "chart.chartArea.left");
    }

    private static Object range(Page page, String figure) {
        return chart(page, figure, "[chart.options.scales.x.min, chart.options.scales.x.max].join()");
    }
}
