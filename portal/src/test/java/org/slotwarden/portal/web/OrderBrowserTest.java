package org.slotwarden.portal.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.OrderResult.State;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.TailPart;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Orders, evidence, output and notes of a job as people see them in Chromium; the test is the agent. */
class OrderBrowserTest extends InChromium {

    private static final String SLOT = "healthy-4711";

    @Autowired
    JdbcTemplate jdbc;

    @SuppressWarnings("NullAway.Init")
    TestAgent node;

    private long job;
    private long sequence = 9000;

    @BeforeEach
    void aJobThatRuns() {
        node = site.node("node01");
        node.tell(site.healthyJob("4711"));
        job = Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM job", Long.class));
    }

    @Test
    void theOwnerAsksWhatItIsDoing_seesItComeBack_andReadsIt() {
        Page page = page("anna");
        page.navigate("/jobs/" + job);
        page.getByText("Stop it, follow its output").click();
        assertThat(page.getByTestId("orders")).containsText("Nothing yet.");
        assertThat(page.getByText("The agent's own log")).hasCount(0);
        page.locator("#look-reason").fill("<b>does</b> it hang?");
        button(page, "Say what it is doing").click();

        assertThat(page.getByRole(AriaRole.STATUS).first()).containsText("Ordered.");
        assertThat(page.getByTestId("orders")).containsText("<b>does</b> it hang?");
        assertThat(page.getByTestId("orders")).containsText("node01: the agent has not been told yet");
        long order = told().getOrderId();
        assertThat(page.getByTestId("orders")).containsText("node01: the agent was told");
        assertThat(button(page, "Take back")).isVisible();
        come(order, State.BEGUN);
        assertThat(page.getByTestId("orders")).containsText("node01: the agent is at it");
        assertThat(button(page, "Take back")).hasCount(0);
        come(result(order, State.DONE).setEvidence(site.evidence(0)));
        assertThat(page.getByTestId("orders")).containsText("node01: done");

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("What it was doing on node01"))
                .click();
        assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("What job 4711 was doing");
        assertThat(page.locator(".head")).containsText("by anna: <b>does</b> it hang?");
        assertThat(page.getByTestId("processes").locator("tbody tr")).hasCount(9);
        assertThat(page.getByTestId("open-files")).containsText("part-00000.root");
        assertThat(page.getByTestId("hosts")).containsText("10.1.20.31");
        assertThat(page.getByTestId("threads").locator("tbody tr")).hasCount(3);
        assertThat(page.locator("pre.output")).containsText("event 17050");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("All orders"))
                .click();
        assertThat(page.getByTestId("orders").getByRole(AriaRole.ROW)).hasCount(2);
        page.navigate("/jobs/" + job);
        assertThat(page.getByTestId("orders")).containsText("node01: done");
        assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("What it was doing on node01")))
                .isVisible();
    }

    @Test
    void theOutputIsFollowedAsTheJobWritesIt() {
        Page page = page("anna");
        page.navigate("/jobs/" + job + "/orders");
        button(page, "Follow").click();
        assertThat(page.getByRole(AriaRole.HEADING).first()).hasText("Standard output of job 4711");
        assertThat(page.locator("#output-state")).hasText("Waiting for the agent.");

        long order = told().getOrderId();
        come(order, State.BEGUN);
        StringBuilder first = new StringBuilder();
        for (int i = 1; i <= 200; i++) {
            first.append("step ").append(i).append('\n');
        }
        int written = part(order, 0, first.toString());
        assertThat(page.locator("#output")).containsText("step 200");
        assertThat(page.locator("#output-state")).hasText("Live.");
        assertThat(page.getByTestId("outcomes")).containsText("the agent is at it");
        written = part(order, written, "<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m\u202e\n");
        assertThat(page.locator("#output")).containsText("<img src=x onerror=alert(1)> red");
        assertThat(page.locator("#output img")).hasCount(0);
        assertThat(atEnd(page)).as("what comes is seen").isTrue();

        page.locator("#output").evaluate("element => { element.scrollTop = 0; }");
        written = part(order, written, "step 201\n");
        assertThat(page.locator("#output")).containsText("step 201");
        assertThat(atEnd(page)).as("who reads further up is left there").isFalse();

        come(order, State.DONE);
        assertThat(page.locator("#output-state")).hasText("No longer followed.");
        assertThat(page.getByTestId("outcomes")).containsText("node01: done");
        assertThat(page.locator("#trouble")).isHidden();
        assertThat(page.locator("#output").textContent())
                .as("no part twice, none left out")
                .isEqualTo(first + "<img src=x onerror=alert(1)> red\nstep 201\n");
        button(page, "Follow again").click();
        assertThat(page.locator("#output-state")).hasText("Waiting for the agent.");
        assertThat(page.locator("#output")).isEmpty();
    }

    private static boolean atEnd(Page page) {
        return (boolean) page.locator("#output")
                .evaluate("element => element.scrollTop + element.clientHeight >= element.scrollHeight - 8");
    }

    @Test
    void whoStopsAJobSaysThatItIsMeant_andAnAdminSeesWhatBecameOfIt() {
        Page page = page("admin");
        page.navigate("/jobs/" + job + "/orders");
        page.locator("#kill-reason").fill("leaks");
        page.getByTestId("kill").click();
        assertThat(page.getByTestId("orders")).containsText("Nothing yet.");
        page.getByLabel("I mean job 4711").check();
        page.getByTestId("kill").click();
        assertThat(page.getByTestId("orders")).containsText("Stop it, SIGKILL after 30 s");
        button(page, "Take back").click();
        assertThat(page.getByTestId("orders")).containsText("Taken back by admin.");

        page.locator("#kill-reason").fill("leaks");
        page.getByLabel("I mean job 4711").check();
        page.locator("#grace").selectOption("10");
        page.getByTestId("kill").click();
        assertThat(page.getByTestId("orders").getByRole(AriaRole.ROW)).hasCount(3);
        ended(told().getOrderId());
        assertThat(page.getByTestId("orders")).containsText("3 processes ended in 10 s (2 by SIGTERM, 1 by SIGKILL)");

        node.tell(site.healthyJob("4711").ended(site.now, 143));
        page.locator("#look-reason").fill("x");
        button(page, "Say what it is doing").click();
        assertThat(page.getByRole(AriaRole.ALERT)).hasCount(1);
        assertThat(page.getByRole(AriaRole.ALERT)).hasText("Not ordered: The job has ended.");
    }

    @Test
    void anAdminNotesSomethingAboutAJob_andTheOwnerSeesWhatIsForTheOwner() {
        Page owner = page("anna");
        owner.navigate("/jobs/" + job);
        assertThat(owner.getByText("Add a note")).hasCount(0);
        Page page = page("admin");
        page.navigate("/jobs/" + job);
        page.getByText("Add a note").click();
        page.locator("#note-text").fill("<script>alert(1)</script>\nsecond line");
        button(page, "Keep the note").click();
        assertThat(page.getByTestId("notes")).containsText("<script>alert(1)</script>");
        assertThat(page.getByTestId("notes")).containsText("for admins only");
        page.getByText("Add a note").click();
        page.locator("#note-text").fill("please use the scratch disk");
        page.getByLabel("The job's owner sees it, too").check();
        button(page, "Keep the note").click();
        assertThat(page.getByTestId("notes").locator("li")).hasCount(2);

        owner.reload();
        assertThat(owner.getByTestId("notes")).containsText("please use the scratch disk");
        assertThat(owner.getByTestId("notes").locator("li")).hasCount(1);
    }

    @Test
    void anAdminLetsTheAgentLogMore() throws InvalidProtocolBufferException {
        Page page = page("admin");
        page.navigate("/jobs/" + job + "/orders");
        page.getByText("The agent's own log").click();
        page.locator("#log-reason").fill("no samples");
        page.locator("#level").selectOption("trace");
        button(page, "Write more").click();

        assertThat(page.getByTestId("orders")).containsText("The agent's log: trace for 10 min");
        assertThat(told().getLogLevel().getForSeconds()).isEqualTo(600);
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "1280, DARK", "400, LIGHT", "400, DARK"})
    void everyPageFitsItsWindow(int width, ColorScheme scheme) {
        for (String account : List.of("anna", "admin")) {
            Page page = page(account, width, scheme);
            Map<String, String> pages = new LinkedHashMap<>();
            page.navigate("/jobs/" + job + "/orders");
            button(page, "Follow").click();
            pages.put("output", page.url());
            long tail = told().getOrderId();
            part(tail, 0, "a line that is long ".repeat(30) + "\n" + "step\n".repeat(40));
            page.navigate("/jobs/" + job + "/orders");
            page.locator("#look-reason").fill("why does it wait? ".repeat(10));
            button(page, "Say what it is doing").click();
            long look = told().getOrderId();
            come(result(look, State.DONE).setEvidence(site.evidence(0)));
            page.locator("#kill-reason").fill("reads the same file for ever");
            page.getByLabel("I mean job 4711").check();
            page.getByTestId("kill").click();
            ended(told().getOrderId());
            if (account.equals("admin")) {
                page.navigate("/jobs/" + job);
                page.getByText("Add a note").click();
                page.locator("#note-text").fill("a-long-word-".repeat(40) + "\nsecond line");
                button(page, "Keep the note").click();
                page.getByText("Add a note").click();
                pages.put("job-note", "/jobs/" + job);
            }
            pages.put("orders", "/jobs/" + job + "/orders");
            page.navigate("/jobs/" + job + "/orders");
            Locator link = page.getByRole(
                            AriaRole.LINK, new Page.GetByRoleOptions().setName("What it was doing on node01"))
                    .first();
            pages.put("order-evidence", link.getAttribute("href"));
            pages.forEach((name, path) -> {
                page.navigate(path);
                if (name.equals("output")) {
                    assertThat(page.locator("#output")).containsText("step");
                }
                fits(page, name + "-" + account, width, scheme);
            });
        }
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The next order that the agent is told. */
    private Order told() {
        List<SignedOrder> told = new ArrayList<>();
        await().pollInSameThread().atMost(Duration.ofSeconds(30)).until(() -> {
            told.addAll(node.send(List.of()).getOrdersList());
            return !told.isEmpty();
        });
        assertThat(told).hasSize(1);
        try {
            return Order.parseFrom(told.getFirst().getOrder());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void come(long order, State state) {
        come(result(order, state));
    }

    private OrderResult.Builder result(long order, State state) {
        return OrderResult.newBuilder()
                .setOrderId(order)
                .setTimeMs(System.currentTimeMillis())
                .setState(state);
    }

    private void come(OrderResult.Builder result) {
        node.send(List.of(SlotReport.newBuilder()
                .setSlotId(SLOT)
                .setSequence(sequence++)
                .addOrderResults(result)
                .build()));
    }

    /** @return where the next part begins */
    private int part(long order, int offset, String text) {
        ByteString data = ByteString.copyFromUtf8(text);
        come(result(order, State.BEGUN)
                .setTail(TailPart.newBuilder().setOffset(offset).setData(data)));
        return offset + data.size();
    }

    private void ended(long order) {
        come(result(order, State.BEGUN).setEvidence(site.evidence(0)));
        come(result(order, State.DONE)
                .setKill(KillResult.newBuilder()
                        .setProcesses(3)
                        .setEndedByTerm(2)
                        .setKilled(1)
                        .setTookSeconds(10)));
    }
}
