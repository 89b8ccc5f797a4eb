package org.slotwarden.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** From the prologue of a real Slurm to what the portal tells, and nothing of it to be seen in the jobs. */
@TestInstance(Lifecycle.PER_CLASS)
class SlurmTest {

    private static final String BUSY_FOR = "timeout %d sh -c 'while :; do :; done'";

    private Path directory;
    private Portal portal;
    private Installation installation;
    private Slurm slurm;

    @BeforeAll
    void startTheSite() throws IOException {
        directory = Files.createTempDirectory("slotwarden-e2e-");
        // The jobs' user must reach hooks and job directory.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        portal = new Portal(
                directory.resolve("portal"),
                "--slotwarden.flags.time-scale=0.02",
                "--slotwarden.batch.slurm.run-by=agent");
        installation = new Installation(directory.resolve("opt"));
        installation.configure(
                portal,
                Slurm.NODES,
                "$SLURMD_NODENAME",
                "testcluster",
                "sample_interval_seconds=1",
                "idle_exit_seconds=600",
                "orders.batch_commands=/usr/bin",
                "orders.batch_environment=SLURM_CONF=" + directory.resolve("slurm/etc/slurm.conf"));
        slurm = new Slurm(directory.resolve("slurm"), installation);
    }

    @AfterAll
    void endTheSite() {
        try {
            if (slurm != null) {
                try (Slurm ending = slurm) {
                    assertThat(ending.nodeStates())
                            .as("no hook drained a node")
                            .allMatch(state -> state.endsWith("idle"));
                }
            }
        } finally {
            if (installation != null) {
                installation.endAgents(Slurm.NODES);
            }
            if (portal != null) {
                portal.close();
            }
        }
    }

    @Test
    void aJobIsSeenWhileItRunsAndFlaggedWhenItTakesMoreThanItAskedFor() throws IOException {
        String id = slurm.submit(
                "(" + BUSY_FOR.formatted(40) + ") & " + BUSY_FOR.formatted(40) + "; wait; echo the result; exit 0",
                "--job-name=over \"use\" <b>näme</b>",
                "--cpus-per-task=1",
                "--mem=150M",
                "--time=5",
                "--output=overuse.out");

        JsonNode running = awaitJob(id, job -> job.path("cores_used").asDouble(0) > 1.3);
        assertThat(running.path("state").asString()).isEqualTo("RUNNING");
        assertThat(running.path("name").asString()).isEqualTo("over \"use\" <b>näme</b>");
        assertThat(running.path("user").asString()).isEqualTo(slurm.user());
        assertThat(running.path("queue").asString()).isEqualTo("main");
        assertThat(running.path("requested_cores").asInt()).isEqualTo(1);
        assertThat(running.path("requested_memory_bytes").asLong()).isEqualTo(150L << 20);
        assertThat(running.path("wall_time_limit_seconds").asLong()).isEqualTo(300);
        assertThat(running.path("cores_used").asDouble()).as("two loops").isBetween(1.3, 2.1);
        assertThat(running.path("processes").asInt())
                .as("script and two shells")
                .isBetween(2, 6);

        JsonNode flagged = awaitJob(id, job -> job.path("open_flags").toString().contains("cpu_overuse"));
        JsonNode flag = portal.get("/api/v1/jobs/" + flagged.path("id").asLong() + "/flags")
                .path("items")
                .path(0);
        assertThat(flag.path("kind").asString()).isEqualTo("cpu_overuse");
        String evidence = flag.path("sentence").asString();
        assertThat(evidence).contains("asked for");
        try (Browser browser = new Browser(portal)) {
            browser.page().navigate(portal.url() + "/jobs/" + flagged.path("id").asLong());
            com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(browser.page())
                    .hasTitle(java.util.regex.Pattern.compile(id));
            com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
                            browser.page().locator("#flags"))
                    .containsText("asked for");
            browser.page()
                    .screenshot(new com.microsoft.playwright.Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(Path.of("target/screenshots/flagged-slurm-job.png")));
            assertThat(browser.complaints()).isEmpty();
        }

        slurm.awaitState(id, "COMPLETED");
        JsonNode done = awaitJob(id, job -> job.path("state").asString().equals("COMPLETED"));
        assertThat(done.path("cpu_seconds").asDouble()).as("two loops of 40 s").isBetween(35.0, 84.0);
        assertThat(done.path("open_flags")).isEmpty();
        assertThat(details(done).path("exit_code").asInt(-1)).isZero();
        assertThat(Files.readString(slurm.jobDirectory().resolve("overuse.out")))
                .isEqualTo("the result\n");
    }

    @Test
    void aFlagTellsWhatTheJobIsDoing() throws IOException {
        flagAtOnce("job_name == \"evidence\" && processes > 1");
        InetAddress remote = InetAddress.getByName("127.0.0.2");
        try (ServerSocket server = new ServerSocket(0, 10, remote)) {
            String id = slurm.submit(
                    """
                    for i in $(seq 1 60); do echo "step $i"; done
                    sleep 90 & perl -MIO::Socket::INET -e '
                        $s = IO::Socket::INET->new(PeerAddr => "127.0.0.2", PeerPort => %d) or die;
                        open(F, ">", "evidence.data"); syswrite(F, "x" x 300000); sleep 90' -- --password=hunter2
                    """.formatted(server.getLocalPort()),
                    "--job-name=evidence",
                    "--mem=150M",
                    "--time=5",
                    "--output=evidence.out");
            JsonNode job = awaitJob(id, one -> one.path("open_flags").toString().contains("site_rule"));
            JsonNode flag = portal.get("/api/v1/jobs/" + job.path("id").asLong() + "/flags")
                    .path("items")
                    .path(0);
            String path = "/api/v1/flags/" + flag.path("id").asLong() + "/evidence";
            await("evidence of " + flag)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() ->
                            portal.get(path).path(0).path("state").asString().equals("stored"));
            JsonNode stored = portal.get(path).path(0);
            JsonNode found = stored.path("evidence");
            Path data = slurm.jobDirectory().resolve("evidence.data").toRealPath();

            assertThat(stored.path("node").asString()).isIn(Slurm.NODES);
            assertThat(found.path("processes")
                            .valueStream()
                            .map(one -> one.path("name").asString()))
                    .contains("perl", "sleep");
            assertThat(found.path("processes").valueStream())
                    .filteredOn(one -> one.path("name").asString().equals("perl"))
                    .singleElement()
                    .satisfies(perl -> assertThat(perl.path("command_line").asString())
                            .contains("IO::Socket::INET")
                            .endsWith("--password=***"));
            assertThat(found.path("files").valueStream())
                    .filteredOn(one -> one.path("path").asString().equals(data.toString()))
                    .singleElement()
                    .satisfies(
                            file -> assertThat(file.path("size_bytes").asLong()).isEqualTo(300_000));
            assertThat(found.path("hosts").valueStream())
                    .filteredOn(one -> one.path("host").asString().equals("127.0.0.2"))
                    .singleElement()
                    .satisfies(host -> assertThat(host.path("port").asInt()).isEqualTo(server.getLocalPort()));
            assertThat(found.path("standard_output").path("lines").valueStream().map(JsonNode::asString))
                    .hasSize(50)
                    .endsWith("step 59", "step 60");
            assertThat(Duration.between(moment(stored, "asked_at"), moment(stored, "stored_at")))
                    .as("with a sample each second")
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(30));

            try (Browser browser = new Browser(portal)) {
                browser.page()
                        .navigate(portal.url() + "/flags/" + flag.path("id").asLong() + "/evidence");
                com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
                                browser.page().getByTestId("open-files"))
                        .containsText("evidence.data");
                browser.page()
                        .screenshot(new com.microsoft.playwright.Page.ScreenshotOptions()
                                .setFullPage(true)
                                .setPath(Path.of("target/screenshots/evidence-of-a-slurm-job.png")));
                assertThat(browser.complaints()).isEmpty();
            }
            slurm.asAdmin("scancel", id);
        }
    }

    /** A rule of the site, of which the second sample of a job can raise a flag. */
    private void flagAtOnce(String expression) {
        long rule = portal.post("/api/v1/rules", """
                        {"name": "At once", "expression": "%s", "dwell_seconds": 60, "clear_seconds": 60,
                         "severity": "warn", "hint": ""}
                        """.formatted(expression.replace("\"", "\\\"")))
                .path("id")
                .asLong();
        String version = "/api/v1/rules/" + rule + "/versions/1/trial";
        portal.post(version, "{\"hours\": 1}");
        await("the rule to be tried")
                .atMost(Duration.ofMinutes(1))
                .until(() -> !portal.get(version).path("state").asString().equalsIgnoreCase("running"));
        portal.put("/api/v1/rules/" + rule + "/live", "{\"version\": 1}");
    }

    private static Instant moment(JsonNode node, String field) {
        return Instant.parse(node.path(field).asString());
    }

    @Test
    void aJobOnTwoNodesIsOneJobOfTwoSlots() {
        String id = slurm.submit("srun sleep 5", "--nodes=2", "--ntasks=2", "--mem=100M", "--output=/dev/null");

        JsonNode done = awaitJob(id, job -> job.path("state").asString().equals("COMPLETED"));

        assertThat(jobsOf(id).path("items")).hasSize(1);
        assertThat(details(done).path("slots")).hasSize(2);
        assertThat(done.path("nodes")).extracting(JsonNode::asString).containsExactlyInAnyOrder("n1", "n2");
        assertThat(done.path("requested_cores").asInt()).isEqualTo(2);
    }

    @Test
    void elementsOfAnArrayKnowTheirArray() {
        String array = slurm.submit("sleep 3", "--array=3,7", "--mem=50M", "--output=/dev/null");

        await("both elements to be known with their indices")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(
                                portal.get("/api/v1/jobs?array_id=" + array).path("items"))
                        .extracting(job -> job.path("array_index").asInt())
                        .containsExactlyInAnyOrder(3, 7));
    }

    @Test
    void eachWayToEndIsToldAsItWas() throws IOException {
        String overTime = slurm.submit("sleep 600", "--time=1", "--mem=50M", "--output=/dev/null");
        String failed = slurm.submit("echo out; echo err >&2; exit 3", "--mem=50M", "--output=failed.out");
        String killed = slurm.submit("kill -SEGV $$", "--mem=50M", "--output=/dev/null");
        String cancelled = slurm.submit("sleep 600", "--mem=50M", "--output=/dev/null");
        awaitJob(cancelled, job -> job.path("state").asString().equals("RUNNING"));
        slurm.asAdmin("scancel", cancelled);

        JsonNode failedJob =
                awaitJob(failed, job -> job.path("state").asString().equals("FAILED"));
        assertThat(details(failedJob).path("exit_code").asInt()).isEqualTo(3);
        assertThat(Files.readString(slurm.jobDirectory().resolve("failed.out"))).isEqualTo("out\nerr\n");
        JsonNode killedJob =
                awaitJob(killed, job -> job.path("state").asString().equals("FAILED"));
        assertThat(details(killedJob).path("signal").asInt()).isEqualTo(11);
        awaitJob(cancelled, job -> job.path("state").asString().equals("CANCELLED"));
        awaitJob(overTime, job -> job.path("state").asString().equals("TIMEOUT"));
    }

    @Test
    void anOrderTellsAJobsOutputAndAnotherEndsItAndNobodyElse() throws IOException {
        String neighbour = slurm.submit("sleep 45; echo well", "--nodelist=n1", "--mem=50M", "--output=neighbour.out");
        String id = slurm.submit(
                "echo at work; trap '' TERM; (setsid sh -c 'sleep 600; :' &); sleep 600; :",
                "--nodelist=n1",
                "--mem=50M",
                "--output=ordered.out");
        JsonNode job = awaitJob(id, told -> told.path("processes").asInt(0) >= 4);

        JsonNode tail = order(job, "{\"kind\":\"tail\",\"lines\":5,\"reason\":\"end to end\"}");
        assertThat(state(tail)).as(tail.toString()).isEqualTo("done");
        assertThat(portal.get(orders(job) + "/" + tail.path("id").asLong() + "/output")
                        .path("parts")
                        .valueStream()
                        .map(part -> part.path("text").asString()))
                .containsExactly("at work\n");

        JsonNode kill = order(job, "{\"kind\":\"kill\",\"grace_seconds\":2,\"reason\":\"end to end\"}");
        assertThat(state(kill)).as(kill.toString()).isEqualTo("done");
        slurm.awaitState(id, "FAILED");
        JsonNode over = awaitJob(id, told -> told.path("state").asString().equals("FAILED"));
        assertThat(details(over).path("signal").asInt()).isEqualTo(9);
        slurm.awaitState(neighbour, "COMPLETED");
        assertThat(Files.readString(slurm.jobDirectory().resolve("neighbour.out")))
                .isEqualTo("well\n");
    }

    @Test
    void slurmHoldsRequeuesAndCancelsAsOrdered_andShowsWhy() {
        String held = slurm.submit("sleep 600", "--requeue", "--nodes=2", "--mem=50M", "--output=/dev/null");
        JsonNode job = awaitJob(held, told -> details(told).path("slots").size() == 2);
        slurm.asAdmin("scontrol", "update", "JobId=" + held, "AdminComment=of the site");
        JsonNode hold = order(job, "{\"kind\":\"hold\",\"reason\":\"memory leak; --all\"}");
        assertThat(state(hold)).as(hold.toString()).isEqualTo("done");
        assertThat(hold.path("slots")).as("one agent is enough").hasSize(1);
        assertThat(hold.path("slots").path(0).path("evidence").asBoolean()).isTrue();
        slurm.awaitState(held, "PENDING");
        assertThat(slurm.asAdmin("scontrol", "show", "job", held))
                .contains(
                        "AdminComment=of the site; slotwarden: memory leak --all, admin",
                        "Reason=job_requeued_in_held_state");
        awaitJob(held, told -> told.path("state").asString().equals("REQUEUED"));
        slurm.asAdmin("scancel", held);

        String stubborn = slurm.submit("sleep 600", "--no-requeue", "--mem=50M", "--output=/dev/null");
        JsonNode once = awaitJob(stubborn, told -> told.path("state").asString().equals("RUNNING"));
        JsonNode requeue = order(once, "{\"kind\":\"requeue\",\"reason\":\"end to end\"}");
        assertThat(state(requeue)).isEqualTo("failed");
        assertThat(requeue.toString()).contains("cannot be requeued");
        assertThat(slurm.state(stubborn)).isEqualTo("RUNNING");
        try (Browser browser = new Browser(portal)) {
            browser.page().navigate(portal.url() + "/jobs/" + once.path("id").asLong() + "/orders");
            com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
                            browser.page().getByTestId("batch"))
                    .isVisible();
            com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
                            browser.page().getByTestId("orders"))
                    .containsText("cannot be requeued");
            browser.page()
                    .screenshot(new com.microsoft.playwright.Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(Path.of("target/screenshots/orders-through-slurm.png")));
            assertThat(browser.complaints()).isEmpty();
        }
        JsonNode cancel = order(once, "{\"kind\":\"cancel\",\"reason\":\"end to end\"}");
        assertThat(state(cancel)).as(cancel.toString()).isEqualTo("done");
        slurm.awaitState(stubborn, "CANCELLED");
        assertThat(slurm.asAdmin("scontrol", "show", "job", stubborn))
                .contains("AdminComment=slotwarden: end to end, admin");
        awaitJob(stubborn, told -> told.path("state").asString().equals("CANCELLED"));
    }

    private static String orders(JsonNode job) {
        return "/api/v1/jobs/" + job.path("id").asLong() + "/orders";
    }

    /** Orders something, and waits for what comes of it. */
    private JsonNode order(JsonNode job, String wish) {
        String order =
                orders(job) + "/" + portal.post(orders(job), wish).path("id").asLong();
        await("the end of " + order)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> Set.of("done", "failed", "refused", "expired", "too_late")
                        .contains(state(portal.get(order))));
        return portal.get(order);
    }

    /** On the only node of the job. */
    private static String state(JsonNode order) {
        return order.path("slots").path(0).path("state").asString();
    }

    @Test
    void aRequeuedJobIsTwoRuns() {
        String id = slurm.submit(
                "[ \"${SLURM_RESTART_COUNT:-0}\" != 0 ] || sleep 600", "--requeue", "--mem=50M", "--output=/dev/null");
        awaitJob(id, job -> job.path("state").asString().equals("RUNNING"));
        slurm.asAdmin("scontrol", "requeue", id);

        await("two runs of job " + id)
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(jobsOf(id).path("items"))
                        .extracting(job -> job.path("state").asString())
                        .containsExactlyInAnyOrder("REQUEUED", "COMPLETED"));
    }

    @Test
    void whatThePortalMissedIsToldWhenItIsBack() throws IOException {
        portal.stop();
        String id;
        try {
            id = slurm.submit("echo begin; sleep 8; echo end; exit 7", "--mem=50M", "--output=away.out");
            slurm.awaitState(id, "FAILED");
        } finally {
            portal.startAgain();
        }

        JsonNode job = awaitJob(id, told -> told.path("state").asString().equals("FAILED"));
        assertThat(details(job).path("exit_code").asInt()).isEqualTo(7);
        assertThat(Files.readString(slurm.jobDirectory().resolve("away.out"))).isEqualTo("begin\nend\n");
        await("the samples taken meanwhile")
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(measured(job, "processes")).hasSizeBetween(5, 12));
    }

    @Test
    void aKilledAgentIsReplacedAndTheStoryIsWhole() throws IOException {
        String id = slurm.submit(
                "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 1; done",
                "--nodelist=n1",
                "--mem=50M",
                "--output=killed.out");
        JsonNode job = awaitJob(id, told -> measured(told, "processes").size() >= 2);
        installation.agent("n1").orElseThrow().destroyForcibly();
        slurm.awaitState(id, "COMPLETED");

        awaitJob(id, told -> told.path("state").asString().equals("COMPLETED"));
        assertThat(Files.readString(slurm.jobDirectory().resolve("killed.out"))).isEqualTo("1\n2\n3\n4\n5\n6\n7\n8\n");
        assertThat(jobsOf(id).path("items"))
                .as("one job, one slot, whoever watched it")
                .hasSize(1);
        assertThat(details(job).path("slots")).hasSize(1);
    }

    private JsonNode jobsOf(String batchJobId) {
        return portal.get("/api/v1/jobs?job_id=" + batchJobId);
    }

    private JsonNode details(JsonNode job) {
        return portal.get("/api/v1/jobs/" + job.path("id").asLong());
    }

    private List<Double> measured(JsonNode job, String metric) {
        JsonNode points = portal.get("/api/v1/jobs/" + job.path("id").asLong() + "/series?points=2000&metric=" + metric)
                .path("series")
                .path(0)
                .path("points");
        return points.valueStream()
                .map(point -> point.path(1))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .toList();
    }

    private JsonNode awaitJob(String batchJobId, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        await("job " + batchJobId + " as expected")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    last[0] = jobsOf(batchJobId).path("items").path(0);
                    return last[0].isObject() && condition.test(last[0]);
                });
        return last[0];
    }
}
