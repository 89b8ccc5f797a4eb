package org.slotwarden.portal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.jayway.jsonpath.JsonPath;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSettings;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.batch.RunBy;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.notice.Notices;
import org.slotwarden.portal.order.Orders;
import org.slotwarden.portal.order.SiteOrders;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.JobFacts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Policies from what an admin saves to what is done about flags that are stored, by a clock that the tests turn. Each
 * look is one of an engine that has just been started: nothing is remembered but in the database.
 */
@PortalTest
class PolicyTest {

    private final Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private Instant now = begin;

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    PolicyStore policyStore;

    @Autowired
    CaseStore cases;

    @Autowired
    Orders orders;

    @Autowired
    SiteOrders siteOrders;

    @Nullable
    Orders batchOrders;

    @Autowired
    Notices notices;

    @Autowired
    Audit audit;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JdbcTemplate template;

    @LocalServerPort
    int port;

    @SuppressWarnings("NullAway.Init")
    TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    HttpVisitor admin;

    @SuppressWarnings("NullAway.Init")
    HttpVisitor anna;

    @BeforeEach
    void people() {
        agent = new TestAgent(port, "gpu01", tokens.issue("gpu01"));
        admin = visitor("root", Role.ADMIN);
        anna = visitor("anna", Role.USER);
    }

    @Test
    void eachStageComesAtItsTime_andNoneTwice() {
        long job = job("7");
        long policy = on("leaks", Terms.killing());
        kill(job);

        look(0);
        assertThat(acts()).isEmpty();
        look(119);
        assertThat(acts()).isEmpty();
        look(120);
        look(120);
        assertThat(acts()).containsExactly("notify");
        look(179);
        look(180);
        look(181);
        assertThat(acts()).containsExactly("notify", "warn");
        assertThat(orders()).isEmpty();
        assertThat(JsonPath.<List<String>>read(
                        anna.get("/api/v1/jobs/" + job + "/notices").body(), "$[*].text"))
                .containsExactly("Memory leaks: Memory +240 MB/h. If that does not end, the job will be killed, not"
                        + " before 5 min from now.");

        look(479);
        assertThat(orders()).isEmpty();
        look(480);
        assertThat(orders()).as("nobody has heard of it since").isEmpty();
        heard(job, 480);
        look(481);
        look(490);
        assertThat(orders()).containsExactly("leaks {\"kind\":\"kill\",\"grace_seconds\":7}");
        look(100_000);
        assertThat(acts()).containsExactly("notify", "warn", "kill");
        String shown = admin.get("/api/v1/policies/" + policy + "/acts").body();
        assertThat(JsonPath.<List<String>>read(shown, "$.items[*].done")).containsExactly("kill", "warn", "notify");
        assertThat(JsonPath.<List<String>>read(
                        admin.get("/api/v1/audit?job=" + job).body(), "$.items[*].action"))
                .containsExactly("policy-kill", "order-kill", "policy-warn", "policy-notify");
        assertThat(admin.get("/api/v1/audit/check").body()).doesNotContain("first_wrong");
        assertThat(visitor("bert", Role.USER)
                        .get("/api/v1/jobs/" + job + "/notices")
                        .statusCode())
                .isEqualTo(404);
        assertThat(anna.get("/api/v1/jobs/" + job + "/notices").body()).doesNotContain("Nothing was done");
        assertThat(admin.get("/api/v1/jobs/" + job + "/notices").body()).contains("Nothing was done");
    }

    @Test
    void timeInWhichThePortalWasAwayIsNoGrace() {
        long job = job("7");
        on("leaks", Terms.killing());
        kill(job);
        look(0);
        heard(job, 9000);
        look(9000);
        look(9001);
        look(9060);
        assertThat(acts()).containsExactly("notify", "warn");
        heard(job, 9359);
        look(9359);
        assertThat(orders())
                .as("the warning came late, and the kill comes five minutes after it")
                .isEmpty();
        heard(job, 9360);
        look(9360);
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aSilentJobIsNotKilled() {
        long job = job("7");
        on("leaks", Terms.killing());
        kill(job);
        lookUntil(480);
        heard(job, 600);
        jdbc.sql("UPDATE job SET state = 'SILENT'").update();
        look(601);
        assertThat(orders()).isEmpty();
        jdbc.sql("UPDATE job SET state = 'RUNNING'").update();
        look(602);
        assertThat(orders()).hasSize(1);
    }

    @Test
    void oneSignalIsNeverEnoughForAKill_andASecondOneHasToStandForTheDwellToo() {
        long job = job("7");
        on("leaks", Terms.killing());
        long flag = FlagRow.of(job, begin).store(template);
        lookUntil(3000);
        heard(job, 3000);
        look(3001);
        assertThat(acts()).containsExactly("notify", "warn");

        jdbc.sql("UPDATE flag SET severity = 'KILL' WHERE id = ?").param(flag).update();
        look(3010);
        heard(job, 3129);
        look(3129);
        assertThat(orders()).isEmpty();
        heard(job, 3130);
        look(3130);
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aFlagThatIsClearedEndsIt_andTheNextOneBeginsAnew() {
        long job = job("7");
        on("leaks", Terms.killing());
        long flag = kill(job);
        lookUntil(480);
        jdbc.sql("UPDATE flag SET state = 'CLEARED' WHERE id = ?").param(flag).update();
        heard(job, 490);
        look(490);
        assertThat(acts()).containsExactly("notify", "warn");
        assertThat(cases.open()).isEmpty();

        kill(job);
        look(500);
        assertThat(cases.open()).hasSize(1);
        heard(job, 970);
        look(619);
        assertThat(acts()).hasSize(2);
        look(620);
        look(680);
        assertThat(acts()).containsExactly("notify", "warn", "notify", "warn");
        heard(job, 979);
        look(979);
        assertThat(orders()).isEmpty();
    }

    @Test
    void aFlagThatIsClearedAtTheLastMomentSavesTheJob() {
        long job = job("7");
        on("leaks", Terms.killing());
        long flag = kill(job);
        lookUntil(480);
        heard(job, 490);
        now = begin.plusSeconds(490);
        CaseStore.Open open = cases.open().getFirst();
        jdbc.sql("UPDATE flag SET state = 'CLEARED' WHERE id = ?").param(flag).update();

        step().take(open);

        assertThat(orders()).isEmpty();
        assertThat(cases.open()).isEmpty();
    }

    @Test
    void aGraverFlagIsFollowed_andHasToStandItself() {
        long job = job("7");
        on("leaks", Terms.killing().with("flags", List.of("memory_leak", "hang")));
        FlagRow.of(job, begin).store(template);
        lookUntil(470);
        FlagRow.of(job, now).kind("hang").worthAKill(now).store(template);
        look(471);
        heard(job, 590);
        look(590);
        assertThat(orders()).isEmpty();
        heard(job, 591);
        look(591);
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aJobThatEndsEndsIt() {
        long job = job("7");
        on("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        agent.tell(slot("slot-7", "7").known().ended(begin, 0));

        look(1000);

        assertThat(acts()).containsExactly("notify", "warn");
        assertThat(cases.open()).isEmpty();
    }

    @Test
    void aboveACapItOnlyTells_andWhoWasNotWarnedIsNotKilled() {
        long policy = on("all", Terms.killing().with("caps", Map.of("site", 4, "user", 2, "policy", 3)));
        List<Long> jobs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String user = i < 4 ? "anna" : "user" + i;
            long job = job("j" + i, facts -> facts.setUser(user));
            kill(job);
            jobs.add(job);
        }
        lookUntil(180);
        assertThat(count("done = 'WARN'")).isEqualTo(3);
        assertThat(count("done = 'WARN' AND user_name = 'anna'")).isEqualTo(2);
        assertThat(reasons("wanted = 'WARN'"))
                .containsExactlyInAnyOrder(
                        "above the cap of a user, 2 of warn an hour",
                        "above the cap of a user, 2 of warn an hour",
                        "above the cap of the policy, 3 of warn an hour",
                        "above the cap of the policy, 3 of warn an hour",
                        "above the cap of the policy, 3 of warn an hour");
        jobs.forEach(job -> heard(job, 500));
        look(500);
        assertThat(orders()).hasSize(3);
        assertThat(reasons("wanted = 'KILL'")).hasSize(5).containsOnly("its owner was not warned");
        assertThat(admin.get("/api/v1/policies/" + policy + "/acts").body())
                .contains("above the cap of a user, 2 of warn an hour");
        look(90_000);
        assertThat(orders()).as("what was only told is not done later").hasSize(3);
    }

    @Test
    void theCapOfTheSiteIsOverAllPolicies_ofAnyHour() {
        long job = job("7");
        Terms terms = Terms.of("warn").with("caps", Map.of("site", 3, "user", 10, "policy", 10));
        for (String name : List.of("a", "b", "c", "d")) {
            on(name, terms);
        }
        long flag = FlagRow.of(job, begin).store(template);
        lookUntil(180);
        assertThat(count("done = 'WARN'")).isEqualTo(3);
        assertThat(reasons("done = 'NOTIFY'")).containsExactly("above the cap of the site, 3 of warn an hour");

        jdbc.sql("UPDATE flag SET state = 'CLEARED' WHERE id = ?").param(flag).update();
        look(3700);
        FlagRow.of(job, now).store(template);
        look(3710);
        look(3890);
        assertThat(count("done = 'WARN'")).as("an hour later").isEqualTo(6);
    }

    @Test
    void twoPoliciesGoTheirWays_andAKillThatIsUnderWayIsNotOrderedAgain() {
        long job = job("7");
        on("a", Terms.killing());
        on("b", Terms.killing().with("flags", List.of("memory_leak", "hang")).with("dwell_seconds", 150));
        kill(job);
        for (int second = 0; second <= 520; second += 10) {
            heard(job, second);
            look(second);
        }
        assertThat(orders()).hasSize(1);
        assertThat(count("done = 'WARN'")).isEqualTo(2);
        assertThat(reasons("wanted = 'KILL'")).containsExactly("a kill is under way already");
    }

    @Test
    void eachExemptionAndEachListOfJobsIsKept() {
        job(
                "7",
                facts -> facts.setGroup("physics")
                        .setAccount("hep")
                        .setName("reco_17")
                        .setComment("please: slotwarden:no-kill"));
        FlagRow.of(jobId("7"), begin).store(template);
        Map<String, Boolean> expected = new TreeMap<>();
        for (String field : List.of("queues", "users", "groups", "accounts", "nodes")) {
            String right = Map.of(
                            "queues", "sh*t",
                            "users", "anna",
                            "groups", "phys*",
                            "accounts", "hep",
                            "nodes", "gpu*")
                    .getOrDefault(field, "");
            on("only-" + field, Terms.of("notify").with("jobs", Map.of(field, List.of("other", right))));
            on("not-of-other-" + field, Terms.of("notify").with("jobs", Map.of(field, List.of("other"))));
            expected.put("only-" + field, true);
        }
        Map<String, String> names =
                Map.of("queues", "short", "users", "an*", "groups", "physics", "accounts", "*", "job_names", "reco_*");
        names.forEach((field, right) -> {
            on("not-" + field, Terms.of("notify").with("exempt", Map.of(field, List.of(right))));
            on("but-" + field, Terms.of("notify").with("exempt", Map.of(field, List.of("other"))));
            expected.put("but-" + field, true);
        });
        on("opt-out", Terms.of("notify").with("exempt", Map.of("opt_out", true)));
        on("no-opt-out", Terms.of("notify").with("exempt", Map.of("opt_out", false)));
        expected.put("no-opt-out", true);

        look(0);

        assertThat(jdbc.sql("SELECT p.name FROM policy_case c JOIN policy p ON p.id = c.policy_id WHERE c.open")
                        .query((row, number) -> row.getString(1))
                        .list())
                .containsExactlyInAnyOrderElementsOf(expected.keySet());
    }

    @Test
    void whatIsNotKnownOfAJobMayBeExempt_andIsOnNoList() {
        job("7");
        FlagRow.of(jobId("7"), begin).store(template);
        on("only-hep", Terms.of("notify").with("jobs", Map.of("accounts", List.of("*"))));
        on("not-ops", Terms.of("notify").with("exempt", Map.of("accounts", List.of("ops"))));

        look(0);

        assertThat(cases.open()).isEmpty();
    }

    @Test
    void outsideWorkingHoursItOnlyTells() {
        long job = job("7");
        kill(job);
        String yesterday =
                begin.atZone(ZoneOffset.UTC).minusDays(2).getDayOfWeek().name().substring(0, 3);
        on(
                "office",
                Terms.killing()
                        .with(
                                "working_hours",
                                Map.of("days", List.of(yesterday), "from", "00:00", "to", "23:59", "zone", "UTC")));
        lookUntil(180);
        heard(job, 500);
        look(500);

        assertThat(count("done = 'NOTIFY'")).isEqualTo(3);
        assertThat(reasons("TRUE"))
                .containsExactly("outside the working hours of the policy", "outside the working hours of the policy");
        assertThat(orders()).isEmpty();
    }

    @Test
    void inDryRunItIsRecordedWhatWouldHaveBeenDone_andNothingIs() {
        long job = job("7");
        long policy = create("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        heard(job, 500);
        look(500);

        assertThat(acts()).containsExactly("notify", "warn", "kill");
        assertThat(count("dry_run")).isEqualTo(3);
        assertThat(orders()).isEmpty();
        assertThat(admin.get("/api/v1/jobs/" + job + "/notices").body()).isEqualTo("[]");
        assertThat(admin.get("/api/v1/audit?job=" + job).body()).contains("\"total\":0");
        assertThat(admin.get("/api/v1/policies/" + policy).body())
                .contains("\"state\":\"dry_run\"", "\"open_cases\":1");
    }

    @Test
    void whatAPolicyIsAtEndsWithoutAnActWhenItIsSwitchedOffOrChanged() {
        long job = job("7");
        long policy = on("leaks", Terms.killing());
        kill(job);
        lookUntil(480);
        heard(job, 490);
        CaseStore.Open open = cases.open().getFirst();
        assertThat(post(policy, "off", "{}").statusCode()).isEqualTo(200);
        now = begin.plusSeconds(490);
        step().take(open);
        look(491);
        assertThat(cases.open()).isEmpty();
        assertThat(orders()).isEmpty();

        admin.send(
                "POST",
                "/api/v1/policies/" + policy + "/versions",
                Terms.killing().json());
        look(500);
        assertThat(cases.open()).as("in dry run again").hasSize(1);
        assertThat(cases.open().getFirst().dryRun()).isTrue();
        backtest(policy);
        assertThat(post(policy, "on", "{\"version\": 2}").statusCode()).isEqualTo(200);
        assertThat(cases.open()).isEmpty();
        look(510);
        assertThat(cases.open().getFirst().dryRun()).isFalse();
        heard(job, 2000);
        look(2000);
        assertThat(orders()).as("it begins with the first stage").isEmpty();
        assertThat(post(policy, "off", "{\"dry_run\": true}").statusCode()).isEqualTo(200);
        look(2010);
        assertThat(cases.open().getFirst().dryRun()).isTrue();
    }

    @Test
    void aNewVersionDoesNothingWhileAnotherOneActs() {
        long job = job("7");
        long policy = on("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        admin.send(
                "POST",
                "/api/v1/policies/" + policy + "/versions",
                Terms.of("notify").json());
        heard(job, 480);
        look(480);
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aJobOfWhichNobodyKnowsTheOwnerIsNotKilled_asNobodyCanBeWarned() {
        long job = job("7", JobFacts.Builder::clearUser);
        on("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        heard(job, 500);
        look(500);
        assertThat(orders()).isEmpty();
        assertThat(reasons("wanted = 'WARN'")).containsExactly("nobody knows whose job it is");
        assertThat(reasons("wanted = 'KILL'")).containsExactly("its owner was not warned");
    }

    @Test
    void inDryRunANewVersionBeginsAnew() {
        long job = job("7");
        long policy = create("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        assertThat(acts()).containsExactly("notify", "warn");
        admin.send(
                "POST",
                "/api/v1/policies/" + policy + "/versions",
                Terms.of("notify").json());
        heard(job, 480);
        look(480);
        look(490);
        assertThat(cases.open()).hasSize(1).allMatch(open -> open.stage() == 0);
        assertThat(acts()).as("the kill of the version before").containsExactly("notify", "warn");
    }

    @Test
    void aKillThatCannotBeOrderedIsTold() {
        long job = job("7");
        on("leaks", Terms.killing());
        kill(job);
        lookUntil(180);
        heard(job, 480);
        jdbc.sql("UPDATE slot SET ended_at = started_at").update();
        look(480);
        look(490);
        assertThat(acts()).containsExactly("notify", "warn", "notify");
        assertThat(reasons("TRUE")).containsExactly("No agent looks after this job");
        assertThat(admin.get("/api/v1/jobs/" + job + "/notices").body())
                .contains("Nothing was done, as No agent looks after this job");
    }

    @Test
    void whereNobodySpeaksToTheBatchSystemItIsOnlyTold() {
        long job = job("7");
        on("hold", Terms.of("warn", "hold"));
        kill(job);
        lookUntil(180);
        heard(job, 240);
        look(240);
        assertThat(acts()).containsExactly("warn", "notify");
        assertThat(reasons("TRUE"))
                .containsExactly("Nobody runs commands of Slurm at this site (slotwarden.batch.slurm.run-by)");
        assertThat(orders()).isEmpty();
    }

    @Test
    void whatTheBatchSystemDoesIsOrderedUnderTheTermsOfAKill() {
        batchOrders = ordersOf(RunBy.AGENT);
        long held = job("7");
        on("hold", Terms.of("warn", "hold").with("jobs", Map.of("users", List.of("anna"))));
        FlagRow.of(held, begin).store(template);
        lookUntil(240);
        heard(held, 300);
        look(300);
        assertThat(orders()).as("one signal").isEmpty();
        jdbc.sql("UPDATE flag SET severity = 'KILL', kill_at = raised_at").update();
        look(310);
        look(420);
        assertThat(orders()).as("two signals, but not for the dwell").isEmpty();
        look(430);
        look(440);
        assertThat(orders()).containsExactly("hold {\"kind\":\"hold\"}");
        assertThat(acts()).containsExactly("warn", "hold");
        assertThat(anna.get("/api/v1/jobs/" + held + "/notices").body())
                .contains("the job will be held, not before 1 min from now", "A hold was ordered.");
    }

    @Test
    void capsCountTogetherWhatStopsJobs() {
        batchOrders = ordersOf(RunBy.AGENT);
        Map<String, Integer> caps = Map.of("site", 1, "user", 100, "policy", 100);
        long first = job("7");
        on(
                "a",
                Terms.of("warn", "hold")
                        .with("jobs", Map.of("queues", List.of("short")))
                        .with("caps", caps));
        on("b", Terms.killing().with("jobs", Map.of("queues", List.of("long"))));
        long other = job("8");
        jdbc.sql("UPDATE job SET queue = IF(id = ?, 'short', 'long')")
                .param(first)
                .update();
        kill(first);
        kill(other);
        for (int second = 0; second <= 240; second += 10) {
            heard(first, second);
            heard(other, second);
            look(second);
        }
        assertThat(orders()).containsExactly("a {\"kind\":\"hold\"}");
        jdbc.sql("UPDATE policy_version SET terms = JSON_SET(terms, '$.caps.site', 1)")
                .update();
        for (int second = 250; second <= 600; second += 10) {
            heard(other, second);
            look(second);
        }
        assertThat(orders()).hasSize(1);
        assertThat(reasons("wanted = 'KILL'")).containsExactly("above the cap of the site, 1 of kill an hour");
    }

    @Test
    void cancelAndRequeueAreOrdersToo_andNoneWhileAnotherIsUnderWay() {
        batchOrders = ordersOf(RunBy.AGENT);
        long job = job("7");
        on("a", Terms.of("warn", "cancel"));
        on("b", Terms.of("warn", "requeue").with("dwell_seconds", 150));
        kill(job);
        for (int second = 0; second <= 400; second += 10) {
            heard(job, second);
            look(second);
        }
        assertThat(orders()).containsExactly("a {\"kind\":\"cancel\"}");
        assertThat(reasons("wanted = 'REQUEUE'")).containsExactly("a cancel is under way already");
    }

    @Test
    void twoPortalsOnOneDatabaseDoNothingTwice() throws Exception {
        on("leaks", Terms.killing());
        List<Long> jobs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            jobs.add(job("j" + i));
            kill(jobs.getLast());
        }
        CyclicBarrier together = new CyclicBarrier(3);
        try (ExecutorService portals = Executors.newFixedThreadPool(3)) {
            for (int second : List.of(0, 120, 180, 480, 481)) {
                now = begin.plusSeconds(second);
                jobs.forEach(job -> heard(job, second));
                List<Future<?>> looks = new ArrayList<>();
                for (int portal = 0; portal < 3; portal++) {
                    PolicyEngine engine = engine();
                    looks.add(portals.submit(() -> {
                        meet(together);
                        engine.look();
                    }));
                }
                for (Future<?> look : looks) {
                    look.get();
                }
            }
        }
        look(482);
        assertThat(count("TRUE")).isEqualTo(30);
        assertThat(orders()).hasSize(10);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM policy_case")
                        .query(Integer.class)
                        .single())
                .isEqualTo(10);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM notice").query(Integer.class).single())
                .isEqualTo(10 + 10 + 20);
    }

    @Test
    void aCapHoldsWhenTwoPortalsActAtOnce() throws Exception {
        on("warns", Terms.of("warn").with("caps", Map.of("site", 4, "user", 100, "policy", 100)));
        for (int i = 0; i < 12; i++) {
            FlagRow.of(job("j" + i), begin).store(template);
        }
        look(0);
        now = begin.plusSeconds(180);
        List<CaseStore.Open> open = cases.open();
        try (ExecutorService portals = Executors.newFixedThreadPool(4)) {
            List<Future<?>> steps = new ArrayList<>();
            open.forEach(one -> steps.add(portals.submit(() -> step().take(one))));
            for (Future<?> one : steps) {
                one.get();
            }
        }
        assertThat(count("done = 'WARN'")).isEqualTo(4);
        assertThat(count("done = 'NOTIFY'")).isEqualTo(8);
    }

    @Test
    void aVersionActsOnlyAfterItsBacktest() {
        long policy = create("leaks", Terms.killing());
        HttpResponse<String> answer = post(policy, "on", "{\"version\": 1}");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("No back-test of version 1 was made yet");
        backtest(policy);
        admin.send(
                "POST",
                "/api/v1/policies/" + policy + "/versions",
                Terms.killing().json());
        assertThat(post(policy, "on", "{\"version\": 2}").statusCode()).isEqualTo(409);
        assertThat(post(policy, "on", "{\"version\": 1}").statusCode()).isEqualTo(200);
        assertThat(post(policy, "on", "{\"version\": 3}").statusCode()).isEqualTo(404);
        assertThat(post(policy, "approve", "{\"version\": 1}").statusCode()).isEqualTo(409);
    }

    @Test
    void whereTheSiteWantsItAnotherAdminApproves() {
        long policy = create("leaks", Terms.killing());
        backtest(policy);
        Policies strict = new Policies(
                policyStore, cases, audit, new PolicySettings(true, 50, Duration.ofSeconds(10)), Clock.systemUTC());
        Viewer ada = new Viewer("ada", true);
        Viewer bea = new Viewer("bea", true);

        Policy asked = done(() -> strict.switchOn(policy, 1, ada));
        assertThat(asked.state()).isEqualTo(PolicyState.DRY_RUN);
        assertThat(asked.askedVersion()).isEqualTo(1);
        assertThatThrownBy(() -> done(() -> strict.approve(policy, 1, ada)))
                .isInstanceOf(PolicyConflict.class)
                .hasMessageContaining("another admin has to approve");
        assertThatThrownBy(() -> done(() -> strict.approve(policy, 2, bea))).isInstanceOf(Exception.class);
        assertThat(done(() -> strict.switchOff(policy, true, bea)).askedVersion())
                .as("taken back")
                .isNull();
        assertThatThrownBy(() -> done(() -> strict.approve(policy, 1, bea))).isInstanceOf(PolicyConflict.class);
        done(() -> strict.switchOn(policy, 1, ada));
        Policy on = done(() -> strict.approve(policy, 1, bea));
        assertThat(on.state()).isEqualTo(PolicyState.ON);
        assertThat(on.askedVersion()).isNull();
        assertThat(JsonPath.<List<String>>read(
                        admin.get("/api/v1/audit?text=leaks").body(), "$.items[*].action"))
                .containsExactly(
                        "policy-on",
                        "policy-asked",
                        "policy-dry-run",
                        "policy-asked",
                        "policy-backtest",
                        "policy-saved");
    }

    @Test
    void aBacktestOfADayOrOfLongAgoSwitchesNothingOn() {
        long policy = create("leaks", Terms.killing());
        Instant now = Instant.now();
        for (Duration[] stretch : new Duration[][] {
            {Duration.ofDays(2), Duration.ZERO},
            {Duration.ofDays(60), Duration.ofDays(30)},
            {Duration.ofDays(7).minusMinutes(1), Duration.ZERO},
            {Duration.ofDays(30), Duration.ofDays(1).plusMinutes(1)}
        }) {
            assertThat(admin.get("/api/v1/policies/" + policy + "/backtest?from=" + now.minus(stretch[0]) + "&to="
                                    + now.minus(stretch[1]))
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused = post(policy, "on", "{\"version\": 1}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("covers the last week");
        }
        assertThat(admin.get("/api/v1/policies/" + policy + "/backtest?from=" + now.minus(Duration.ofDays(8)) + "&to="
                                + now.minus(Duration.ofHours(23)))
                        .statusCode())
                .isEqualTo(200);
        assertThat(post(policy, "on", "{\"version\": 1}").statusCode()).isEqualTo(200);
    }

    @Test
    void whoApprovesAnOlderVersionReadsItsTerms() {
        long policy = create("leaks", Terms.killing());
        backtest(policy);
        transaction.executeWithoutResult(status -> policyStore.asked(policy, 1, "ada", Instant.now()));
        visitor("bea", Role.ADMIN);
        HttpVisitor bea = HttpVisitor.loggedIn(port, "bea", "correct horse battery");
        assertThat(bea.get("/policies/" + policy).body())
                .contains("Approve: let version 1 act")
                .doesNotContain("asked-terms");
        admin.send(
                "POST",
                "/api/v1/policies/" + policy + "/versions",
                Terms.of("notify").json());
        assertThat(bea.get("/policies/" + policy).body())
                .containsPattern(
                        "(?s)asked-terms.*Version 1, which is not the newest.*kill.*Approve: let version 1 act");
    }

    @Test
    void whatCannotBeAPolicyIsRefusedWithTheReason() {
        Map<Terms, String> wrong = new LinkedHashMap<>();
        wrong.put(Terms.of(), "stages must be 1 to 10");
        wrong.put(Terms.of("melt"), "stages[0].kind must be notify, warn, hold, requeue, cancel or kill");
        wrong.put(Terms.of("notify").stage("kill", 600, 5), "must warn the owner before a kill");
        wrong.put(Terms.of("warn").stage("kill", 59, 5), "a minute or more between the warning and the kill");
        wrong.put(Terms.of("kill", "warn"), "may have nothing after a kill");
        wrong.put(Terms.of("warn", "hold", "kill"), "may have nothing after a hold");
        wrong.put(Terms.of("cancel"), "must warn the owner before a cancel");
        wrong.put(Terms.of("warn", "requeue").with("dwell_seconds", 59), "must be 60 or more with a requeue");
        wrong.put(Terms.of("warn").stage("kill", 60, 5).stage("notify", 1, null), "may have nothing after a kill");
        wrong.put(Terms.of("warn").stage("kill", 60, 3601), "stages[1].grace_seconds must be 0 to 3600");
        wrong.put(Terms.of("warn").stage("warn", 60, 5), "is for a kill");
        wrong.put(Terms.of("warn").stage("warn", -1, null), "stages[1].after_seconds must be 0 to 604800");
        wrong.put(Terms.killing().with("dwell_seconds", 59), "dwell_seconds must be 60 or more with a kill");
        wrong.put(Terms.of("warn").with("dwell_seconds", -1), "dwell_seconds must be 0 to 604800");
        wrong.put(Terms.of("warn").with("flags", List.of()), "flags must be 1 to 50");
        wrong.put(Terms.of("warn").with("flags", List.of("boredom")), "flags has a kind that there is not");
        wrong.put(Terms.of("warn").with("flags", List.of("site_rule")), "rule:NAME");
        wrong.put(Terms.of("warn").with("flags", List.of("rule:None")), "flags has a rule that there is not");
        wrong.put(Terms.of("warn").with("severity", "dire"), "severity must be info, warn or kill");
        wrong.put(Terms.of("warn").with("caps", Map.of("user", 0)), "caps.user must be 1 to 10000");
        wrong.put(Terms.of("warn").with("jobs", Map.of("users", List.of(" "))), "jobs.users must be names");
        wrong.put(Terms.of("warn").with("jobs", Map.of("users", List.of("a\nb"))), "jobs.users must be names");
        wrong.put(
                Terms.of("warn").with("exempt", Map.of("job_names", List.of("x".repeat(256)))),
                "exempt.job_names must be names");
        wrong.put(
                Terms.of("warn")
                        .with(
                                "jobs",
                                Map.of(
                                        "nodes",
                                        IntStream.range(0, 201)
                                                .mapToObj(i -> "n" + i)
                                                .toList())),
                "jobs.nodes may have at most 200");
        wrong.put(
                Terms.of("warn")
                        .with(
                                "working_hours",
                                Map.of("days", List.of("someday"), "from", "08:00", "to", "18:00", "zone", "UTC")),
                "working_hours.days must be");
        wrong.put(
                Terms.of("warn")
                        .with(
                                "working_hours",
                                Map.of("days", List.of("mon"), "from", "8", "to", "18:00", "zone", "UTC")),
                "working_hours.from must be");
        wrong.put(
                Terms.of("warn")
                        .with(
                                "working_hours",
                                Map.of("days", List.of("mon"), "from", "08:00", "to", "18:00", "zone", "Mars")),
                "working_hours.zone must be");
        wrong.put(Terms.of("warn").with("whatever", 1), "whatever is not known here");
        wrong.put(Terms.of("warn").with("dwell_seconds", "soon"), "dwell_seconds is not known here or has a value");
        wrong.forEach((terms, why) -> {
            HttpResponse<String> answer = admin.send("POST", "/api/v1/policies", terms.json("x"));
            assertThat(answer.statusCode()).as(why).isEqualTo(400);
            assertThat(answer.body()).contains(why).contains("\"parameter\":");
        });
        for (String name : List.of("", "<b>", "x".repeat(61), "a\\nb")) {
            assertThat(admin.send("POST", "/api/v1/policies", Terms.of("warn").json(name))
                            .statusCode())
                    .as(name)
                    .isEqualTo(400);
        }
        assertThat(admin.send("POST", "/api/v1/policies", "{\"name\":\"x\"}").body())
                .contains("terms are missing");
        assertThat(admin.get("/api/v1/policies").body()).isEqualTo("[]");
    }

    @Test
    void aRuleOfTheSiteIsNeverWorthAKill() {
        assertThat(admin.send(
                                "POST",
                                "/api/v1/rules",
                                "{\"name\":\"Many sockets\",\"expression\":\"sockets > 100\",\"severity\":\"warn\"}")
                        .statusCode())
                .isEqualTo(201);
        Terms rule = Terms.of("warn").with("flags", List.of("memory_leak", "rule:Many sockets"));
        assertThat(admin.send("POST", "/api/v1/policies", rule.json("a")).statusCode())
                .isEqualTo(201);
        assertThat(admin.send(
                                "POST",
                                "/api/v1/policies",
                                rule.stage("kill", 60, 5).json("b"))
                        .body())
                .contains("may have no kill for rules of the site");
        assertThat(admin.send(
                                "POST",
                                "/api/v1/policies",
                                Terms.of("warn")
                                        .with("flags", List.of("rule:Many sockets"))
                                        .with("severity", "kill")
                                        .json("c"))
                        .body())
                .contains("severity must be info or warn for rules");
    }

    @Test
    void aRuleThatIsRetiredIsNotSaved_andOneThatIsRetiredLaterIsWarnedOf() {
        String made = admin.send(
                        "POST",
                        "/api/v1/rules",
                        "{\"name\":\"Many sockets\",\"expression\":\"sockets > 100\",\"severity\":\"warn\"}")
                .body();
        Terms rule = Terms.of("warn").with("flags", List.of("memory_leak", "rule:Many sockets"));
        long policy = create("a", rule);
        String path = "/api/v1/policies/" + policy;
        assertThat(admin.get(path).body()).contains("\"retired_rules\":[]");

        int id = JsonPath.read(made, "$.id");
        assertThat(admin.send("DELETE", "/api/v1/rules/" + id, "").statusCode()).isEqualTo(200);

        assertThat(admin.get(path).body()).contains("\"retired_rules\":[\"Many sockets\"]");
        for (HttpResponse<String> refused : List.of(
                admin.send("POST", "/api/v1/policies", rule.json("b")),
                admin.send("POST", path + "/versions", rule.json()))) {
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("flags has a rule that there is not");
        }
        assertThat(admin.send("POST", path + "/versions", Terms.of("warn").json())
                        .statusCode())
                .isEqualTo(201);
        assertThat(admin.get(path).body()).contains("\"retired_rules\":[]");
    }

    @Test
    void oneNameIsForOnePolicy() {
        create("leaks", Terms.of("warn"));
        assertThat(admin.send("POST", "/api/v1/policies", Terms.of("warn").json("leaks"))
                        .statusCode())
                .isEqualTo(409);
    }

    // ------------------------------------------------------------------------------------------------ what is around

    private Policy done(Supplier<Optional<Policy>> what) {
        return Objects.requireNonNull(transaction.execute(status -> what.get().orElseThrow()));
    }

    private long create(String name, Terms terms) {
        HttpResponse<String> answer = admin.send("POST", "/api/v1/policies", terms.json(name));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JsonPath.<Integer>read(answer.body(), "$.id");
    }

    private void backtest(long policy) {
        assertThat(admin.get("/api/v1/policies/" + policy + "/backtest").statusCode())
                .isEqualTo(200);
    }

    private long on(String name, Terms terms) {
        long policy = create(name, terms);
        backtest(policy);
        assertThat(post(policy, "on", "{\"version\": 1}").statusCode()).isEqualTo(200);
        return policy;
    }

    private HttpResponse<String> post(long policy, String what, String json) {
        return admin.send("POST", "/api/v1/policies/" + policy + "/" + what, json);
    }

    private long job(String id) {
        return job(id, facts -> {});
    }

    private long job(String id, Consumer<JobFacts.Builder> facts) {
        agent.tell(slot("slot-" + id, id).facts(facts).started(begin.minusSeconds(600)));
        return jobId(id);
    }

    private long jobId(String id) {
        return jdbc.sql("SELECT id FROM job WHERE batch_job_id = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    /** A flag that is worth a kill. */
    private long kill(long job) {
        return FlagRow.of(job, now).worthAKill(now).store(template);
    }

    private static void meet(CyclicBarrier others) {
        try {
            others.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    private CaseStep step() {
        return new CaseStep(
                policyStore,
                cases,
                batchOrders == null ? orders : batchOrders,
                notices,
                audit,
                new PolicySettings(false, 50, Duration.ofSeconds(10)),
                transaction,
                Clock.fixed(now, ZoneOffset.UTC));
    }

    /** Where a batch system is spoken to. */
    private Orders ordersOf(RunBy by) {
        BatchSettings.Commands none = BatchSettings.Commands.NONE;
        BatchSettings.Commands slurm = new BatchSettings.Commands(by, Path.of("/nonexistent"), List.of(), "");
        return siteOrders.of(new BatchSystems(new BatchSettings(slurm, none, none)));
    }

    private PolicyEngine engine() {
        return new PolicyEngine(policyStore, cases, step(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private void look(int second) {
        now = begin.plusSeconds(second);
        engine().look();
    }

    /** As the portal does. */
    private void lookUntil(int second) {
        for (int at = 0; at <= second; at += 10) {
            look(at);
        }
    }

    private void heard(long job, int second) {
        jdbc.sql("UPDATE job SET last_report_at = ? WHERE id = ?")
                .params(begin.plusSeconds(second), job)
                .update();
    }

    private List<String> acts() {
        return jdbc.sql("SELECT LOWER(done) FROM policy_act ORDER BY id")
                .query((row, number) -> row.getString(1))
                .list();
    }

    private int count(String where) {
        return jdbc.sql("SELECT COUNT(*) FROM policy_act WHERE " + where)
                .query(Integer.class)
                .single();
    }

    private List<String> reasons(String where) {
        return jdbc.sql("SELECT why_not FROM policy_act WHERE why_not IS NOT NULL AND " + where + " ORDER BY id")
                .query((row, number) -> row.getString(1))
                .list();
    }

    private List<String> orders() {
        return jdbc.sql("SELECT CONCAT(author, ' ', wish) FROM job_order WHERE by_policy ORDER BY id")
                .query((row, number) -> row.getString(1))
                .list();
    }

    private HttpVisitor visitor(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return HttpVisitor.withToken(port, apiTokens.issue(name, "t", null).token());
    }
}
