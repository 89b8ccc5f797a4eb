package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.job.JobFilter;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSort;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The pages as the portal sends them: what stands in them without any script. */
@PortalTest
class PagesTest {
    @Autowired
    Accounts accounts;

    @Autowired
    NodeTokens tokens;

    @Autowired
    JobQueries jobs;

    final Map<String, HttpVisitor> visitors = new HashMap<>();

    @LocalServerPort
    int port;

    @SuppressWarnings("NullAway.Init")
    TestSite site;

    @BeforeEach
    void site() {
        site = new TestSite(port, accounts, tokens);
    }

    @Test
    void aSiteWithoutJobsSaysWhatWillStandHere() {
        for (String account : List.of("admin", "anna")) {
            assertThat(page(account, "/")).contains("No jobs run now").contains("Nothing: no flag stands");
            assertThat(page(account, "/jobs")).contains("No jobs run now");
            assertThat(page(account, "/jobs?user=nobody&state=any")).contains("No job matches this filter");
            assertThat(page(account, "/nodes")).contains("No nodes yet");
            assertThat(page(account, "/flags")).contains("No such flag").contains("How jobs are judged");
            assertThat(page(account, "/usage")).contains("No job ran in this month");
            assertThat(page(account, "/account")).contains("No tokens yet");
        }
    }

    @Test
    void everyPageShowsWhatTheAgentsTold() {
        TestAgent node = site.node("node01");
        node.tell(site.healthyJob("4711"));

        assertThat(page("admin", "/")).contains("4711", "reconstruction", "1 reporting");
        assertThat(page("admin", "/jobs")).contains("1 live job", "4711", "node01", "running", "anna");
        assertThat(page("admin", "/jobs/" + idOf("4711")))
                .contains("0.97 of 2 asked for", "Memory at most", "2 h allowed", "/home/anna/run", "open sockets");
        assertThat(page("admin", "/nodes")).contains("node01", "reporting", "1 blind spot");
        assertThat(page("admin", "/nodes/node01"))
                .contains("AMD EPYC 7452", "not root: open files of other users", "4711", "8 logical, 4 physical");
        assertThat(page("admin", "/usage"))
                .contains("anna")
                .containsPattern("0\\.3[3-9] h"); // 20 min, and what the test takes
    }

    @Test
    void usersSeeTheirOwnJobsAndNobodyElses() {
        site.node("node01").tell(site.healthyJob("4711"));
        String path = "/jobs/" + idOf("4711");

        assertThat(page("anna", "/jobs")).contains("4711");
        assertThat(page("anna", path)).contains("reconstruction");
        // What all admins see is made once for them, and for nobody else.
        assertThat(page("admin", "/")).contains("4711");
        for (String list : List.of("/", "/jobs?state=any", "/nodes/node01", "/flags?state=any", "/usage")) {
            assertThat(page("bert", list)).doesNotContain("4711").doesNotContain("reconstruction");
        }
        HttpResponse<String> foreign = as("bert").get(path);
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(foreign.body()).contains("not yours to see").doesNotContain("reconstruction");
    }

    @Test
    void aListOfManyPagesKeepsItsFilterAndOrder() {
        site.node("node01").tell(site.freshJobs(53));

        String first = page("admin", "/jobs?queue=short&sort=user");
        assertThat(first)
                .contains("53 live jobs", "Page 1 of 2")
                .contains("/jobs?queue=short&amp;sort=user&amp;page=1")
                .contains("/jobs?queue=short&amp;sort=-user")
                .containsPattern("aria-sort=\"ascending\"[^>]*>\\s*<a[^>]*>\\s*<span>User");
        assertThat(page("admin", "/jobs?queue=short&sort=user&page=1")).contains("Page 2 of 2", "Previous");
        assertThat(page("admin", "/jobs?queue=long")).contains("No job matches");
        assertThat(page("admin", "/jobs?sort=-open_sockets"))
                .containsPattern("aria-sort=\"descending\"[^>]*>\\s*<a[^>]*>\\s*<span>Sockets");
    }

    @Test
    void aFilterThatMeansNothingIsSaidAndLeftOut() {
        assertThat(page("admin", "/jobs?state=sleeping")).contains("state must be one of");
        assertThat(page("admin", "/jobs?sort=size")).contains("sort must be one of");
        assertThat(page("admin", "/usage?month=soon")).contains("The month must look like 2026-11");
    }

    @Test
    void namesOfOthersAreTextAndNeverMarkup() {
        SlotStory hostile = SlotStory.slot("hostile", "47\"><b>11")
                .facts(facts ->
                        TestSite.ask(facts).setName(TestSite.HOSTILE_NAME).setQueue("<i>queue</i>"))
                .started(site.now.minusSeconds(60));
        site.node("node01").tell(hostile);
        long id = idOf("47\"><b>11");

        for (String path : List.of("/", "/jobs", "/jobs/" + id, "/nodes/node01", "/usage?by=queue")) {
            assertThat(page("admin", path))
                    .doesNotContain("<script>alert")
                    .doesNotContain("<img src=x")
                    .doesNotContain("<i>queue")
                    .doesNotContain("<b>11")
                    .doesNotContain("\u202e");
        }
        assertThat(page("admin", "/jobs")).contains("&lt;script&gt;alert(1)&lt;/script&gt;\\n\\u202e", "…");
    }

    @Test
    void aRunawayJobIsFlaggedOnEveryPageThatShowsIt() {
        site.node("node01").tell(site.greedyJob("4711"));
        String path = "/jobs/" + idOf("4711");

        await().untilAsserted(() -> assertThat(page("admin", path)).contains("More cores than asked for"));
        assertThat(page("admin", "/")).contains("More cores than asked for", "greedy-fit");
        assertThat(page("anna", "/flags")).contains("More cores than asked for").doesNotContain("/acknowledge\"");
        assertThat(page("admin", "/flags")).contains("/acknowledge\"");
        assertThat(page("admin", "/jobs?flag=cpu_overuse")).contains("4711");
        assertThat(page("admin", "/jobs?flag=hang")).contains("No job matches");
    }

    @Test
    void anAdminSaysWhetherAFlagWasRight_andItIsCounted() {
        site.node("node01").tell(site.greedyJob("4711"));
        String job = "/jobs/" + idOf("4711");
        await().untilAsserted(() -> assertThat(page("admin", job)).contains("There was a problem", "Not a problem"));
        assertThat(page("anna", job)).doesNotContain("/verdict\"");
        String flag = "/flags/" + page("admin", job).replaceAll("(?s).*?id=\"flag-(\\d+)\".*", "$1");
        assertThat(page("admin", "/flags")).contains("not judged yet");

        assertThat(as("anna")
                        .send("POST", flag + "/verdict?verdict=not_a_problem", "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(as("bert")
                        .send("POST", flag + "/verdict?verdict=not_a_problem", "")
                        .statusCode())
                .isEqualTo(404);
        as("admin").send("POST", flag + "/verdict?verdict=not_a_problem&at=job", "");

        assertThat(page("admin", job)).contains("<strong>Not a problem</strong>", "Take back");
        assertThat(page("admin", "/flags")).contains("0 % (0 to 79 %)");
        String rest = as("admin").get("/api/v1/flags/precision").body();
        assertThat(rest)
                .contains(
                        "\"kind\":\"cpu_overuse\"",
                        "\"raised\":1",
                        "\"problems\":0",
                        "\"false_alarms\":1",
                        "\"precision\":0.0",
                        "\"at_least\":0.0",
                        "\"at_most\":0.793");

        String verdict = "/api/v1" + flag + "/verdict";
        assertThat(as("admin")
                        .send("PUT", verdict, "{\"verdict\": \"problem\"}")
                        .body())
                .contains("\"verdict\":\"problem\"", "\"verdict_by\":\"admin\"");
        assertThat(page("admin", "/flags")).contains("100 % (21 to 100 %)");
        assertThat(as("admin")
                        .send("PUT", verdict, "{\"verdict\": \"perhaps\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(as("admin").send("DELETE", verdict, "").body()).doesNotContain("\"verdict\"");
        assertThat(page("admin", "/flags")).contains("not judged yet");
        assertThat(as("anna").get("/api/v1/flags/precision").statusCode()).isEqualTo(403);
    }

    @Test
    void whoJudgesAFlagComesBackToTheFilterAndThePageWhereItStood_andNowhereElse() {
        site.node("node01").tell(site.greedyJob("4711"));
        await().untilAsserted(() -> assertThat(page("admin", "/flags")).contains("/verdict\""));
        String list = page("admin", "/flags?state=any&kind=cpu_overuse&user=anna");
        assertThat(list)
                .contains("name=\"state\" value=\"any\"")
                .contains("name=\"kind\" value=\"cpu_overuse\"")
                .contains("name=\"user\" value=\"anna\"")
                .contains("name=\"page\" value=\"0\"");
        String flag = "/flags/" + list.replaceAll("(?s).*?id=\"flag-(\\d+)\".*", "$1");

        assertThat(back(flag + "/verdict?verdict=problem&state=any&kind=rule:7&user=a%26b%20c&page=3"))
                .containsExactlyInAnyOrder("/flags", "kind=rule%3A7", "page=3", "state=any", "user=a%26b+c");
        assertThat(back(flag + "/acknowledge?state=&kind=hang&user=&page=0")).containsExactly("/flags", "kind=hang");
        assertThat(back(flag + "/verdict?verdict=")).containsExactly("/flags");
        assertThat(back(flag + "/verdict?verdict=&state=//evil.example/{x}&page=-2"))
                .containsExactly("/flags", "state=%2F%2Fevil.example%2F%7Bx%7D");
        assertThat(back(flag + "/verdict?verdict=&state=any&user=" + "%C3%A4".repeat(400)))
                .as("what is too long for the head of an answer is left out")
                .containsExactly("/flags", "state=any");
        assertThat(as("admin")
                        .send("POST", flag + "/verdict?verdict=&page=x", "")
                        .statusCode())
                .isEqualTo(400);
    }

    /** Where a form leads: the path on this portal, and the parts of the query. */
    private List<String> back(String form) {
        HttpResponse<String> answer =
                as("admin").send("POST", form.replace("{", "%7B").replace("}", "%7D"), "");
        assertThat(answer.statusCode()).isEqualTo(302);
        String to = answer.headers().firstValue("Location").orElse("nowhere");
        return List.of(to.replaceFirst("^http://127.0.0.1:" + port, "").split("[?&]"));
    }

    @Test
    void whatIsNotThereIsAPageThatSaysSo() {
        for (String path : List.of("/jobs/999999", "/nodes/nowhere", "/nonsense")) {
            HttpResponse<String> answer = as("admin").get(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("To the overview").doesNotContain("Exception");
        }
        assertThat(as("admin").get("/jobs/abc").statusCode()).isEqualTo(400);
    }

    @Test
    void strangersAreSentToTheLogIn_andOthersFormsAreRefused() {
        for (String path : List.of("/", "/jobs", "/jobs/1", "/nodes", "/flags", "/usage", "/account")) {
            HttpResponse<String> answer = HttpVisitor.anonymous(port).get(path);
            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().firstValue("Location"))
                    .hasValueSatisfying(to -> assertThat(to).endsWith("/login"));
        }
        HttpVisitor forger = as("admin").forgettingCsrf();
        for (String path : List.of(
                "/jobs/1/sampling",
                "/jobs/1/held-back",
                "/flags/1/acknowledge",
                "/flags/1/verdict",
                "/rules",
                "/rules/1",
                "/rules/1/trial",
                "/rules/1/trial/cancel",
                "/rules/1/live",
                "/rules/1/retire",
                "/account/tokens",
                "/account/accounts")) {
            assertThat(forger.send("POST", path, "").statusCode()).isEqualTo(403);
        }
        for (String path : List.of("/account/accounts", "/account/accounts/state", "/account/node-tokens")) {
            String form = path + "?name=x&password=correct-horse-battery&role=ADMIN&enabled=false&node=n1";
            assertThat(as("anna").send("POST", form, "").statusCode()).isEqualTo(403);
        }
    }

    private long idOf(String batchId) {
        return jobs.search(
                        new JobFilter(Set.of(), null, null, null, null, batchId, null, null, null),
                        JobSort.NEWEST_FIRST,
                        0,
                        1,
                        new Viewer("admin", true))
                .jobs()
                .getFirst()
                .id();
    }

    private HttpVisitor as(String account) {
        return visitors.computeIfAbsent(account, name -> HttpVisitor.loggedIn(port, name, TestSite.PASSWORD));
    }

    private String page(String account, String path) {
        HttpResponse<String> answer = as(account).get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("script-src 'self'"));
        return answer.body();
    }
}
