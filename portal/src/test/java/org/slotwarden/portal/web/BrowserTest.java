package org.slotwarden.portal.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.http.HttpResponse;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.flag.FlagState;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.policy.Backtests;
import org.slotwarden.portal.policy.Policies;
import org.slotwarden.portal.policy.PolicyTerms;
import org.slotwarden.portal.policy.WorkingHours;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.EvidenceRequest;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** The pages as people see them in Chromium, fed by agents through the real ingest. */
class BrowserTest extends InChromium {
    private static final Viewer ADMIN = new Viewer("admin", true);

    @Autowired
    JobQueries jobs;

    @Autowired
    FlagQueries flags;

    @Autowired
    Policies policies;

    @Autowired
    Backtests backtests;

    @Autowired
    JdbcTemplate jdbc;

    @ParameterizedTest
    @CsvSource({"1400, LIGHT", "1400, DARK", "400, LIGHT", "400, DARK"})
    void everyPageFitsItsWindow(int width, ColorScheme scheme) {
        tellOfABusySite();
        Page page = page("admin", width, scheme);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/");
        pages.put("jobs", "/jobs");
        pages.put("job", "/jobs/" + job("4711"));
        pages.put("job-measured", "/jobs/" + job("4720"));
        pages.put("job-ended", "/jobs/" + job("4712"));
        pages.put("nodes", "/nodes");
        pages.put("node", "/nodes/node01");
        pages.put("flags", "/flags");
        pages.put("evidence", "/flags/" + flag() + "/evidence");
        pages.put("usage", "/usage");
        pages.put("policies", "/policies");
        pages.put("policy", "/policies/" + policy());
        pages.put("channels", "/channels");
        pages.put("channel", "/channels/" + channel());
        pages.put("audit", "/audit?check=true");
        pages.put("portal", "/portal");
        pages.put("account", "/account");
        pages.forEach((name, path) -> {
            page.navigate(path);
            drawn(page);
            fits(page, name, width, scheme);
        });
    }

    @Test
    void ofTheOutputOfAFlaggedJobTheLastLinesAreSeenFirst() {
        tellOfABusySite();
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/flags/" + flag() + "/evidence");

        assertThat(page.evaluate("""
                () => {
                    const output = document.querySelector('pre.output');
                    const seen = output.getBoundingClientRect();
                    const line = (from, to) => {
                        const range = document.createRange();
                        range.setStart(output.firstChild, from);
                        range.setEnd(output.firstChild, to);
                        const place = range.getBoundingClientRect();
                        return place.top >= seen.top && place.bottom <= seen.bottom;
                    };
                    const length = output.firstChild.length;
                    return [line(0, 5), line(length - 5, length)];
                }
                """)).isEqualTo(List.of(false, true));
    }

    @Test
    void theChartsOfAJobShowWhatWasMeasured_andWhatWasNotAsAGap() {
        SlotStory story = site.greedyJob("4711");
        site.node("node01").tell(story);
        awaitFlags(1);
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4711"));
        drawn(page);

        List<Point> memory = points(page, "memory", "resident memory");
        long samples = story.reports().stream()
                .mapToLong(report -> report.getSamplesCount())
                .sum();
        assertThat(measured(memory)).hasSize((int) samples);
        assertThat(memory.stream().filter(point -> point.value() == null))
                .singleElement()
                .satisfies(gap -> assertThat(gap.time()).isBetween(ago(960), ago(720)));
        assertThat(measured(points(page, "memory", "asked for")))
                .containsExactly(2.0 * TestSite.GIB, 2.0 * TestSite.GIB);
        assertThat(measured(points(page, "cores", "cores used")))
                .isNotEmpty()
                .allSatisfy(cores -> assertThat(cores).isBetween(2.79, 2.81));
        assertThat(measured(points(page, "storage", "written")))
                .isNotEmpty()
                .allSatisfy(rate -> assertThat(rate).isBetween(1_099_000.0, 1_101_000.0));
        assertThat(chart(page, "cores", "chart.data.datasets.every((line) => line.spanGaps !== true)"))
                .isEqualTo(true);

        Instant raised =
                flags.search(FlagFilter.ALL, 0, 10, ADMIN).flags().getFirst().raisedAt();
        assertThat(points(page, "cores", "flag raised")).extracting(Point::time).containsExactly(raised.toEpochMilli());

        assertThat(page.getByTestId("latest").getByRole(AriaRole.ROW).filter(has("cores used")))
                .containsText("2.80");
        assertThat(page.getByTestId("latest").getByRole(AriaRole.ROW).filter(has("open sockets")))
                .containsText("5");
        page.getByText("CPU: values over time").click();
        assertThat(page.getByTestId("history-cpu")
                        .getByRole(AriaRole.ROW)
                        .filter(has("–"))
                        .first())
                .isVisible();
        assertThat(page.getByTestId("job-flags")).containsText("More cores than asked for");
    }

    @Test
    void aFlagIsMarkedInTheChartsThatItIsAbout_withWhatItWasJudgedAgainst() {
        site.node("node01").tell(site.greedyJob("4711"));
        awaitFlags(1);
        leak("4711", 900, 300L);
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4711"));
        drawn(page);

        Instant since = flags.search(FlagFilter.STANDING, 0, 10, ADMIN)
                .flags()
                .getFirst()
                .since();
        assertThat(points(page, "cores", "flagged")).extracting(Point::time).satisfies(times -> {
            assertThat(times).hasSize(2).first().isEqualTo(since.toEpochMilli());
            assertThat(times.getLast()).as("it stands").isGreaterThanOrEqualTo(ago(0));
        });
        assertThat(measured(points(page, "cores", "More cores than asked for: threshold")))
                .containsExactly(2.6, 2.6);
        assertThat(points(page, "memory", "flagged")).extracting(Point::time).containsExactly(ago(900), ago(300));
        assertThat(points(page, "memory", "Memory leaks: rose from"))
                .containsExactly(new Point(ago(900), 1.25 * TestSite.GIB), new Point(ago(300), 1.25 * TestSite.GIB));
        assertThat(points(page, "storage", "flagged")).isEmpty();
        // A limit that is far above all that was measured would press the curve flat, and the chart's own is one line.
        assertThat(chart(page, "memory", "chart.data.datasets.filter((line) => line.level).length"))
                .isEqualTo(1);
        assertThat(chart(page, "memory", "chart.legend.legendItems.map((item) => item.text).join()"))
                .asString()
                .contains("flagged", "Memory leaks: rose from")
                .doesNotContain("limit");

        assertThat(page.locator("#memory-flags")).containsText("clears when it rises by less");
        assertThat(page.locator("#memory-flags")).containsText("rose from 1.3 GiB, limit 64 GiB");
        assertThat(page.locator("#cores-flags")).containsText("threshold 2.60 cores");
        page.getByText("Memory: values over time").click();
        assertThat(page.getByTestId("history-ram")
                        .getByRole(AriaRole.COLUMNHEADER)
                        .last())
                .hasText("Flagged");
        assertThat(page.getByTestId("history-ram").getByRole(AriaRole.ROW).last())
                .not()
                .containsText("Memory leaks");
        assertThat(page.getByTestId("history-ram")
                        .getByRole(AriaRole.ROW)
                        .filter(has("Memory leaks"))
                        .first())
                .isVisible();
        assertThat(page.getByTestId("history-io").getByText("Flagged")).hasCount(0);
    }

    @Test
    void whileTheJobRunsNewSamplesAppear_andWhenItEndsThePageSaysHow() {
        TestAgent node = site.node("node01");
        SlotStory story = site.healthyJob("4711");
        node.tell(story);
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4711"));
        drawn(page);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sample every second for 10 minutes"))
                .click();
        assertThat(page.getByText("Sampled every second for 10 minutes, from")).isVisible();
        assertThat(page.locator("#pace")).containsText("sampled every 1 s");
        drawn(page);

        Instant next = site.now.plusSeconds(1);
        story.sample(next, sample -> sample.setMemoryRssBytes(3 * TestSite.GIB).setOpenSockets(77));
        node.send(List.of(story.reports().getLast()));

        eventually(() -> points(page, "sockets", "open sockets").getLast().time() == next.toEpochMilli());
        assertThat(measured(points(page, "sockets", "open sockets")).getLast()).isEqualTo(77);
        assertThat(page.locator("#sockets-latest")).containsText("77");

        story.ended(next.plusSeconds(1), end -> end.setExitCode(3).setBatchState("FAILED"));
        node.send(List.of(story.reports().getLast()));

        assertThat(page.getByTestId("steps")).containsText("failed");
        assertThat(page.getByTestId("steps")).containsText("exit code 3");
        assertThat(page.locator("#pace")).hasCount(0);
    }

    @Test
    void aJobWithoutSamplesHasEmptyChartsAndAWholePage() {
        site.node("node01").tell(site.freshJob("4711"));
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4711"));
        drawn(page);

        assertThat(points(page, "memory", "resident memory")).isEmpty();
        assertThat(page.locator("#trouble")).isHidden();
        assertThat(page.getByTestId("used")).containsText("– of 2 asked for");
    }

    @Test
    void whatWasMeasuredHasAChart_whatNeverWasHasNone_andThinnedStretchesAreShaded() {
        site.node("node01").tell(site.measuredJob("4720"), site.healthyJob("4713"));
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4720"));
        drawn(page);

        assertThat(measured(points(page, "socket-states", "close wait"))).contains(20.0);
        assertThat(measured(points(page, "cpu-parts", "processes nobody saw")))
                .isNotEmpty()
                .allSatisfy(cores -> assertThat(cores).isBetween(0.029, 0.031));
        assertThat(measured(points(page, "io-pressure", "some tasks")))
                .isNotEmpty()
                .allSatisfy(share -> assertThat(share).isBetween(0.109, 0.111));
        assertThat(measured(points(page, "files-share", "of its limit"))).contains(0.800781);
        assertThat(measured(points(page, "traffic", "received")))
                .isNotEmpty()
                .allSatisfy(rate -> assertThat(rate).isBetween(41.9e6, 42.1e6));
        assertThat(measured(points(page, "packets", "packets sent"))).contains(12_000.0);
        assertThat(page.locator("#traffic-latest")).containsText("now received 40");
        assertThat(measured(points(page, "room", "free for the work directory")))
                .isNotEmpty()
                .allSatisfy(free -> assertThat(free).isBetween(9.5e9, 11.9e9));
        assertThat(page.locator("#room-latest")).containsText("free in scratch 40 GiB");
        assertThat(page.getByTestId("latest")).containsText("Room left: free for the work directory");
        assertThat(measured(points(page, "memory", "limit of the control group")))
                .contains(2_357_198_848.0);
        assertThat(points(page, "memory", "proportional (shared pages once)"))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.value()).isNotNull());
        // The portal has 300 fine samples of the last five minutes.
        assertThat(points(page, "memory", "resident memory").stream().filter(point -> point.time() > ago(300)))
                .hasSizeGreaterThan(100);
        assertThat(points(page, "memory", "samples given up"))
                .extracting(Point::time)
                .containsExactly(ago(1000), ago(900));
        assertThat(page.locator("#memory-latest")).containsText("thinned where shaded");
        assertThat(page.getByText("412 samples were given up")).isVisible();
        assertThat(page.getByText("2 processes were killed by the kernel for want of memory"))
                .isVisible();
        assertThat(page.getByTestId("executables")).containsText("<img src=x onerror=alert(4)>");
        assertThat(page.getByTestId("executables")).containsText("processes nobody saw");
        assertThat(page.getByTestId("used")).containsText("<script>alert(3)</script> event");
        assertThat(page.getByTestId("slots")).containsText("cgroup");
        assertThat(page.getByTestId("samples")).containsText("held back on the node, and asked for");

        page.navigate("/jobs/" + job("4713"));
        drawn(page);
        for (String chart :
                List.of("socket-states", "traffic", "packets", "room", "swap", "progress", "io-pressure", "output")) {
            assertThat(page.locator("#" + chart)).hasCount(0);
        }
        assertThat(page.locator("#sockets")).hasCount(1);
    }

    @Test
    void aFigureThatIsMeasuredForTheFirstTimeGetsItsChartByItself() {
        TestAgent node = site.node("node01");
        SlotStory story = site.healthyJob("4713");
        node.tell(story);
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4713"));
        drawn(page);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sample every second for 10 minutes"))
                .click();
        assertThat(page.locator("#pace")).containsText("sampled every 1 s");
        assertThat(page.locator("#directories")).hasCount(0);

        story.sample(site.now.plusSeconds(1), sample -> sample.setScratchBytes(7 * TestSite.GIB));
        node.send(List.of(story.reports().getLast()));

        assertThat(page.locator("#directories")).isVisible();
        assertThat(page.locator("#directories-latest")).containsText("7 GiB");
    }

    @Test
    void theOwnerAsksForFineSamples_andThePageSaysWhatBecameOfIt() {
        TestAgent node = site.node("node01");
        SlotStory story = site.healthyJob("4713");
        node.tell(story);
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4713"));

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Send fine samples of the last 10 minutes"))
                .click();

        assertThat(page.getByText("Asked for; the samples come")).isVisible();
        assertThat(page.getByTestId("samples")).containsText("anna asked for them: the node will be told");
        assertThat(node.send(List.of()).getSendHeldBackOfCount()).isEqualTo(1);
        page.reload();
        assertThat(page.getByTestId("samples")).containsText("none came yet");
    }

    @Test
    void aNodeShowsItsDevicesAndItsAgent() {
        site.measuredNode("node01");
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/nodes/node01");
        drawn(page);

        assertThat(page.getByText("Its clock is 3.2 s ahead")).isVisible();
        assertThat(page.getByTestId("agents")).containsText("<b>portal-away</b> 7");
        assertThat(page.getByTestId("agents")).containsText("after a crash");
        assertThat(page.getByTestId("agents")).containsText("0.07 %");
        assertThat(page.getByTestId("disks").getByRole(AriaRole.ROW).filter(has("sda")))
                .containsText("30 %");
        assertThat(page.getByTestId("power")).containsText("95.0 W");
        assertThat(page.getByTestId("gpus")).containsText("82 %");
        assertThat(page.getByTestId("temperatures").getByRole(AriaRole.ROW).nth(1))
                .containsText("Core 8");
        assertThat(measured(points(page, "power", "package-0")))
                .isNotEmpty()
                .allSatisfy(watts -> assertThat(watts).isBetween(94.9, 95.1));
        assertThat(measured(points(page, "disk-busy", "sda"))).isNotEmpty();
        assertThat(measured(points(page, "agent-memory", "proportional"))).contains(38_000_000.0);

        page.navigate("/nodes?sort=-agent_errors");
        assertThat(page.getByTestId("agents-of-site")).containsText("412");
        assertThat(page.getByTestId("nodes")).containsText("4.5 s");
    }

    @Test
    void whatTheJobWasDoingStandsBeneathItsFlag_andAllOfItOneClickAway() {
        tellOfABusySite();
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs/" + job("4711"));

        Locator kept = page.getByTestId("job-flags").locator(".kept");
        assertThat(kept).containsText("314 processes, 12 open files, 2 remote hosts.");
        assertThat(kept).containsText("fit (4200) 2.79 cores, 1.2 GiB");
        assertThat(kept.locator("pre")).containsText("event 17050: chi2 = 7.142857142857143 <script>alert(5)</script>");

        kept.getByRole(AriaRole.LINK).click();
        assertThat(page.getByTestId("processes").locator("tbody tr")).hasCount(9);
        assertThat(page.getByTestId("processes").locator("tbody tr").nth(2)).containsText("└ fit-helper");
        assertThat(page.getByTestId("open-files")).containsText("deleted, takes its room until it is closed");
        assertThat(page.getByTestId("hosts").locator("tbody tr").nth(1)).containsText("close wait");
        Locator waiting = page.getByTestId("threads").locator("tbody tr");
        assertThat(waiting).hasCount(3);
        assertThat(waiting.first()).containsText("rpc_wait_bit_killable ← nfs_wait_on_request ← vfs_read");
        assertThat(waiting.nth(1)).containsText("worker-0 (4300), worker-1 (4301), worker-2 (4302) and 37 more");
        assertThat(waiting.nth(1)).containsText("futex_wait_queue, system call 202");
        assertThat(page.getByTestId("threads").locator("caption")).containsText("42 of 57 threads");
        assertThat(page.locator("pre.output")).containsText("event 17001");
    }

    @Test
    void anAdminAcknowledgesAFlagWithANote() {
        site.node("node01").tell(site.greedyJob("4711"));
        awaitFlags(1);
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/flags");

        page.locator("summary", new Page.LocatorOptions().setHasText("Acknowledge"))
                .click();
        page.getByLabel("Note (optional)").fill("<b>told</b> anna");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Acknowledge"))
                .click();

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("Acknowledged");
        assertThat(page.getByTestId("flags")).containsText("acknowledged by admin");
        assertThat(page.getByTestId("flags")).containsText("<b>told</b> anna");
        assertThat(page.locator("summary")).hasCount(0);
    }

    @Test
    void anAdminWritesARule_seesWhereItIsWrong_triesIt_andSwitchesItOn() {
        site.node("node01").tell(site.greedyJob("4711"));
        awaitFlags(1);
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/rules");
        page.getByLabel("Name, as flags show it").fill("Busy and big");
        page.getByLabel("Condition (CEL)").fill("cores > 2\n  && memry > 1000");
        assertThat(page.locator("#check")).containsText("  && memry > 1000\n     ^\nexpression: undeclared reference");
        TestBrowser.screenshot(page, "rules-wrong");
        page.getByText("Save as a draft").click();
        assertThat(page.getByTestId("place")).hasText("  && memry > 1000\n     ^");

        page.getByLabel("Condition (CEL)").fill("cores > 2\n  && memory > 1000");
        assertThat(page.locator("#check")).hasText("The condition can be saved.");
        page.getByLabel("Hint for admins").fill("<b>Ask</b> the user");
        page.getByText("Save as a draft").click();
        assertThat(page.getByTestId("live")).containsText("Switched off");
        assertThat(page.getByTestId("versions")).containsText("not tried");

        page.getByText("Try version 1 on history").click();
        assertThat(page.getByTestId("trial")).containsText("1 of 1 jobs would have been flagged");
        assertThat(page.getByTestId("would")).containsText("Busy and big: cores 2.8");
        page.getByText("Switch version 1 on").click();
        assertThat(page.getByTestId("live")).containsText("Version 1 judges jobs");
        assertThat(page.getByTestId("audit")).containsText("tried version 1 on history");
        assertThat(page.getByTestId("versions")).containsText("<b>Ask</b> the user");
        TestBrowser.screenshot(page, "rule-live");
        page.getByText("Switch version 1 off").click();
        assertThat(page.getByTestId("live")).containsText("Switched off");
    }

    @Test
    void anAdminWritesAPolicy_seesWhatItWouldHaveDone_andLetsItAct() {
        site.node("node01").tell(site.greedyJob("4711"));
        awaitFlags(1);
        leak("4711", 900, 300L);
        Page page = page("admin");
        page.navigate("/policies");
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("Leaks");
        page.getByLabel("Kinds, one a line").fill("memory_leak");
        page.locator("#dwell").fill("1");
        page.locator("#stage-0").selectOption("notify");
        page.locator("#stage-1").selectOption("kill");
        page.getByText("Save in dry run").click();
        assertThat(page.getByTestId("wrong")).containsText("stages must warn the owner before a kill");
        TestBrowser.screenshot(page, "policies-wrong");

        page.locator("#stage-1").selectOption("warn");
        page.locator("#after-1").fill("1");
        page.locator("#stage-2").selectOption("kill");
        page.locator("#after-2").fill("1.5");
        page.locator("#grace-2").fill("20");
        page.locator("#not_users").fill("<b>operator</b>\nroot*");
        page.getByText("Save in dry run").click();
        assertThat(page.getByTestId("state")).containsText("dry run");
        assertThat(page.getByTestId("terms").first()).containsText("notify → warn after 1 min → kill after 90 s, 20 s");
        assertThat(page.getByTestId("terms").first()).containsText("users <b>operator</b>, root*");
        assertThat(page.getByText("It can be switched on after a back-test of the last week or more."))
                .isVisible();

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Back-test"))
                .click();
        assertThat(page.getByTestId("backtest")).containsText("1 job was flagged as this version asks.");
        assertThat(page.getByTestId("backtest")).containsText("It would have killed 0 jobs");
        assertThat(page.getByTestId("backtest-acts")).containsText("4711");
        page.getByText("Switch version 1 on").click();
        assertThat(page.getByTestId("state")).containsText("version 1 acts");
        page.getByText("To dry run").click();
        assertThat(page.getByTestId("state")).containsText("dry run");

        page.getByText("Who did what with it").click();
        assertThat(page.getByTestId("audit").getByRole(AriaRole.ROW)).hasCount(5);
        page.getByText("Check that all are there").click();
        assertThat(page.getByTestId("checked")).containsText("All 4 entries are there");
        page.getByLabel("What was done").fill("policy-on");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();
        assertThat(page.getByTestId("audit").getByRole(AriaRole.ROW)).hasCount(2);
        page.getByLabel("Job (the portal").fill("x");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("The job is a number");
    }

    @Test
    void theOwnerSeesWhatWasSaidOfTheJob() {
        site.node("node01").tell(site.greedyJob("4711"));
        awaitFlags(1);
        policy();
        Page page = page("anna");
        page.navigate("/jobs/" + job("4711"));
        assertThat(page.getByTestId("notices")).containsText("<i>it</i> leaks");
        assertThat(page.getByTestId("notices").locator("li")).hasCount(1);
        assertThat(page.getByText("Policies")).hasCount(0);
    }

    /** A channel with a message that was sent, one that waits and one that was given up; and silences. */
    private long channel() {
        HttpVisitor admin = HttpVisitor.loggedIn(port, "admin", TestSite.PASSWORD);
        HttpResponse<String> made = admin.send("POST", "/api/v1/channels", """
                {"name": "ops", "terms": {"owners": true, "quiet": {"from": "22:00", "to": "06:00",
                  "zone": "Europe/Berlin"}, "mail": {"host": "mx.example.org", "port": 587, "security": "starttls",
                  "user": "slotwarden", "from": "slotwarden@example.org", "to": ["ops@example.org"]}},
                 "secrets": {"password": "x"}}
                """);
        if (made.statusCode() == 201) {
            admin.send("POST", "/api/v1/channels", """
                    {"name": "chat of the night shift", "enabled": false, "terms": {"webhook": {"form": "chat"}},
                     "secrets": {"url": "https://chat.example.org/hooks/secret", "token": "x"}}
                    """);
            for (String what : List.of("all", "job", "flag")) {
                admin.send("POST", "/api/v1/silences", """
                        {"what": "%s", "name": "%s", "until": "%s", "why": "new switches"}
                        """.formatted(
                                what, what.equals("all") ? "" : "memory_leak", Instant.ofEpochMilli(ago(-7200))));
            }
        }
        jdbc.update(("INSERT INTO notice_message (message_id, channel_id, recipient, notices, made_at, state, attempts,"
                        + " next_at, done_at, detail) SELECT UUID(), id, '', 17, :at, 'SENT', 1, :at, :at, '250 OK' FROM"
                        + " channel WHERE name = 'ops' UNION SELECT UUID(), id, '', 3, :at, 'FAILED', 34, :at, :at,"
                        + " 'Could not connect to SMTP host: mx.example.org, port: 587' FROM channel WHERE name = 'ops'"
                        + " UNION SELECT UUID(), id, 'anna', 1, :at, 'WAITING', 2, :at, NULL, '451 4.7.1 greylisted,"
                        + " come back later' FROM channel WHERE name = 'ops'")
                .replace(":at", "UTC_TIMESTAMP(3)"));
        return Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM channel WHERE name = 'ops'", Long.class));
    }

    @Test
    void anAdminMakesAChannelAndSeesWhyItsTestFailed() {
        site.node("node01");
        Page page = page("admin");
        page.navigate("/channels");
        page.getByText("Mail", new Page.GetByTextOptions().setExact(true)).click();
        page.locator("#mail-name").fill("ops");
        page.locator("#mail-host").fill("127.0.0.1");
        page.locator("#mail-port").fill("1");
        page.locator("#mail-security").selectOption("none");
        page.locator("#mail-sender").fill("slotwarden@example.org");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save the mail channel"))
                .click();
        assertThat(page.getByTestId("wrong")).containsText("terms.mail.to must have an address");
        page.locator("#mail-to").fill("ops@example.org");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save the mail channel"))
                .click();
        assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("Saved. Send a test");
        page.getByTestId("test").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("The test failed: Couldn't connect to host");
        page.navigate("/channels");
        page.locator("#what").selectOption("user");
        page.locator("#silence-name").fill("anna");
        page.locator("#until").fill("2026-01-01T00:00");
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Silence").setExact(true))
                .click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("until must be a time to come");
    }

    private void act(String wanted, String done, int stage, @Nullable String whyNot) {
        jdbc.update(
                "INSERT INTO policy_act (case_id, policy_id, version_id, job_id, flag_id, flag_kind, severity, user_name,"
                        + " at, stage, wanted, done, dry_run, why_not) SELECT id, policy_id, version_id, job_id, 1,"
                        + " 'memory_leak', 'WARN', 'anna', ?, ?, ?, ?, ?, ? FROM policy_case",
                new Timestamp(ago(900 - 100 * stage)),
                stage,
                wanted,
                done,
                stage == 2,
                whyNot);
    }

    /** A policy of two versions that acts, and what it did and would have done to a job of anna. */
    private long policy() {
        PolicyTerms terms = new PolicyTerms(
                List.of("memory_leak", "cpu_overuse"),
                "info",
                60,
                new PolicyTerms.Jobs(List.of("short", "long*"), List.of(), List.of(), List.of(), List.of()),
                new PolicyTerms.Exempt(
                        List.of("operator"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("*-keep-" + "x".repeat(80)),
                        true),
                List.of(
                        new PolicyTerms.Stage("notify", 0, null),
                        new PolicyTerms.Stage("warn", 60, null),
                        new PolicyTerms.Stage("kill", 300, 30)),
                new PolicyTerms.Caps(20, 5, 10),
                new WorkingHours(List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00", "23:59", "UTC"));
        long policy = policies.create("Leaks and overuse", terms, ADMIN).id();
        policies.addVersion(policy, terms, ADMIN);
        long job = job("4711");
        jdbc.update(
                "UPDATE flag SET severity = 'KILL', raised_at = raised_at - INTERVAL 10 MINUTE WHERE job_id = ?", job);
        backtests.make(policy, 2, null, null, ADMIN);
        policies.switchOn(policy, 2, ADMIN);
        jdbc.update(
                "INSERT INTO policy_case (policy_id, version_id, dry_run, job_id, flag_id, began_at, stage)"
                        + " SELECT ?, MAX(id), FALSE, ?, 1, ?, 3 FROM policy_version",
                policy,
                job,
                new Timestamp(ago(900)));
        act("NOTIFY", "NOTIFY", 1, null);
        act("WARN", "WARN", 2, null);
        act("KILL", "NOTIFY", 3, "above the cap of a user, 5 of kill an hour");
        jdbc.update(
                "INSERT INTO notice (user_name, job_id, kind, subject, text, author, created_at) VALUES"
                        + " ('anna', ?, 'WARN', 'Job 4711: Memory leaks', '<i>it</i> leaks. If that does not end, the job will be"
                        + " killed, not before 5 min from now.', 'policy Leaks and overuse', ?),"
                        + " (NULL, ?, 'NOTIFY', 'Job 4711: Memory leaks', 'Nothing was done.', 'policy Leaks and overuse', ?)",
                job,
                new Timestamp(ago(800)),
                job,
                new Timestamp(ago(860)));
        return policy;
    }

    @Test
    void aTokenIsShownOnceAndCanBeRevoked() {
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/account");
        page.getByLabel("Label").fill("dashboard");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Make a token"))
                .click();

        assertThat(page.getByTestId("secret")).containsText(Pattern.compile("^swt_.{40,}"));
        assertThat(page.getByTestId("tokens")).containsText("dashboard");
        page.reload();
        assertThat(page.getByTestId("secret")).hasCount(0);
        assertThat(page.getByTestId("accounts")).hasCount(0);

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Revoke dashboard"))
                .click();
        assertThat(page.getByText("No tokens yet")).isVisible();
    }

    @Test
    void anAdminMakesAccountsAndNodeTokens_andWhoChangesThePasswordLogsInAnew() {
        Page page = page("admin", 1400, ColorScheme.LIGHT);
        page.navigate("/account");
        page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("carl");
        page.locator("#account-password").fill(TestSite.PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Make an account"))
                .click();
        assertThat(page.getByTestId("accounts")).containsText("carl");
        page.getByLabel("Node, as the batch system spells it").fill("node07");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Issue a token"))
                .click();
        assertThat(page.getByTestId("secret")).containsText(Pattern.compile("^swn_"));

        page.getByLabel("Current password").fill("something else");
        page.getByLabel("New password").fill("battery staple horse");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Change password"))
                .click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("The current password is another");
        page.getByLabel("Current password").fill(TestSite.PASSWORD);
        page.getByLabel("New password").fill("battery staple horse");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Change password"))
                .click();
        page.waitForURL("**/login*");
    }

    @Test
    void withoutJavaScriptListsAreFilteredAndJobsRead() {
        TestAgent node = site.node("node01");
        node.tell(site.healthyJob("4711"), site.greedyJob("4712"));
        Page page = browser.loggedIn(
                port, "admin", TestBrowser.window(1400, ColorScheme.LIGHT).setJavaScriptEnabled(false));
        page.navigate("/jobs");
        page.getByLabel("Job id").fill("4712");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();

        assertThat(page.url()).contains("job=4712");
        assertThat(page.getByTestId("jobs").getByRole(AriaRole.ROW)).hasCount(2);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("4712"))
                .click();
        assertThat(page.getByTestId("latest")).containsText("cores used");
        assertThat(page.content()).contains("The charts need JavaScript");
    }

    @Test
    void theKeyboardReachesTheContentFirst() {
        Page page = page("anna", 1400, ColorScheme.LIGHT);
        page.navigate("/jobs");
        page.keyboard().press("Tab");

        Locator skip = page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Skip to the content"));
        assertThat(skip).isFocused();
        assertThat(skip).isInViewport();
        page.keyboard().press("Enter");
        assertThat(page.locator("main")).isFocused();
    }

    private void tellOfABusySite() {
        TestAgent node = site.measuredNode("node01");
        SlotStory ended = site.healthyJob("4712")
                .ended(site.now, end -> end.setExitCode(0).setBatchState("COMPLETED"));
        SlotStory hostile = SlotStory.slot("hostile", "4799")
                .facts(facts ->
                        TestSite.ask(facts).setName(TestSite.HOSTILE_NAME).setCommand("y".repeat(4000)))
                .started(site.now.minusSeconds(300));
        node.tell(
                site.greedyJob("4711"),
                ended,
                hostile,
                site.healthyJob("4713"),
                site.freshJob("4714"),
                site.measuredJob("4720"));
        site.node("node02.a-rather-long-domain.cluster.example.org");
        awaitFlags(1);
        tellWhatItWasDoing(node);
        leak("4720", 800, null);
        leak("4720", 1100, 950L);
        for (int hour = 200; hour > 0; hour--) {
            jdbc.update(
                    "INSERT INTO disk_use (time, class, bytes) VALUES (?, 'rows', ?), (?, 'blocks', ?)",
                    new Timestamp(ago(3600 * hour)),
                    12L << 30,
                    new Timestamp(ago(3600 * hour)),
                    (40L << 30) - hour * (40L << 20));
        }
    }

    /**
     * A flag as the judge stores it.
     *
     * @param from seconds ago
     * @param to the same; null: it stands
     */
    private void leak(String batchId, long from, @Nullable Long to) {
        String evidence =
                """
                {"unit": "B", "value": 1.4e9, "baseline": %.0f, "limit": %.0f, "from": "%s", "to": "%s"}""".formatted(1.25 * TestSite.GIB, 64.0 * TestSite.GIB, Instant.ofEpochMilli(ago(from)), site.now);
        String why = "Memory rose from 1.3 GiB to 1.4 GiB in 10 min (12 blocks, tau 0.97);"
                + " clears when it rises by less than 3 MiB a minute for 10 min";
        jdbc.update(
                """
                INSERT INTO flag (job_id, kind, severity, state, since, raised_at, cleared_at, sentence, first_sentence,
                    evidence)
                VALUES (?, 'memory_leak', 'WARN', ?, ?, ?, ?, ?, ?, ?)
                """,
                job(batchId),
                to == null ? "OPEN" : "CLEARED",
                new Timestamp(ago(from)),
                new Timestamp(ago(from - 120)),
                to == null ? null : new Timestamp(ago(to)),
                why,
                why,
                evidence);
    }

    private void tellWhatItWasDoing(TestAgent node) {
        List<EvidenceRequest> requests = new ArrayList<>();
        await().until(() -> {
            requests.addAll(node.send(List.of()).getSendEvidenceOfList());
            return !requests.isEmpty();
        });
        node.send(List.of(SlotReport.newBuilder()
                .setSlotId(requests.getFirst().getSlotId())
                .setSequence(9000)
                .setEvidence(site.evidence(requests.getFirst().getRequestId()))
                .build()));
    }

    private void awaitFlags(int count) {
        await().untilAsserted(() -> assertThat(
                        flags.search(FlagFilter.STANDING, 0, 10, ADMIN).total())
                .isEqualTo(count));
    }

    private long flag() {
        return flags.search(new FlagFilter(FlagState.STANDING, FlagKind.CPU_OVERUSE, null, null), 0, 10, ADMIN)
                .flags()
                .getFirst()
                .id();
    }

    private long job(String batchId) {
        return jobs.search(
                        new JobListQuery("any", null, null, null, null, batchId, null, null).filter(),
                        JobSort.NEWEST_FIRST,
                        0,
                        1,
                        ADMIN)
                .jobs()
                .getFirst()
                .id();
    }

    private long ago(long seconds) {
        return site.now.minusSeconds(seconds).toEpochMilli();
    }

    /** @param value null: a gap */
    private record Point(long time, @Nullable Double value) {}

    private static List<Point> points(Page page, String figure, String label) {
        List<?> points = (List<?>) chart(
                page,
                figure,
                "chart.data.datasets.find((line) => line.label === '%s').data.map(({ x, y }) => [x, y])"
                        .formatted(label));
        return points.stream()
                .map(point -> (List<?>) point)
                .map(point -> new Point(
                        ((Number) point.get(0)).longValue(),
                        point.get(1) instanceof Number value ? value.doubleValue() : null))
                .toList();
    }

    private static List<Double> measured(List<Point> points) {
        return points.stream().map(Point::value).filter(Objects::nonNull).toList();
    }
}
