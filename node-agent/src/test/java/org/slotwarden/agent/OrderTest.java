package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.agent.FakePortal.Reply;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.BatchOrder;
import org.slotwarden.wire.v1.ErrorCount;
import org.slotwarden.wire.v1.IntervalOrder;
import org.slotwarden.wire.v1.KillOrder;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.LookOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.OrderResult.State;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.TailOrder;
import org.slotwarden.wire.v1.TailPart;
import org.slotwarden.wire.v1.ThreadEvidence;

/** The real agent with real jobs, and a portal that orders. Who attacks has all but the portal's key. */
@ExtendWith(Patience.class)
class OrderTest {

    private static final String NAME = "SLOTWARDEN_TEST_ORDERS";

    private final Path root;
    private final FakePortal portal = new FakePortal();
    private final OrderSigner signer = new OrderSigner();
    private final AgentProcess agent;
    private final List<Load> jobs = new ArrayList<>();
    private final List<String> marks = new ArrayList<>();
    private final long run = System.nanoTime();

    OrderTest(@TempDir Path root) throws Exception {
        this.root = root;
        this.agent = new AgentProcess(root, portal.url());
        agent.with("orders.key_file", signer.write(root.resolve("keys")));
    }

    @BeforeEach
    void clockIsKnown() {
        portal.behave(batch -> Reply.of(answer(batch).build()));
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        portal.close();
        jobs.forEach(Load::close);
        for (String variable : marks) {
            Load.endMarked(variable);
        }
    }

    private static ReportAnswer.Builder answer(ReportBatch batch) {
        return FakePortal.acknowledge(batch).toBuilder().setAnsweredAtMs(System.currentTimeMillis());
    }

    /** A job whose processes carry a mark, as those of real batch systems do. */
    private Load job(String id, String script) throws IOException {
        Load job = Load.shell(script, Map.of(NAME, mark(id)));
        marks.add(NAME + "=" + mark(id));
        jobs.add(job);
        agent.prologue(id, job, "environment_mark=" + NAME + "=" + mark(id), "uid=0");
        return job;
    }

    private String mark(String job) {
        return run + "." + job;
    }

    private List<Integer> processes(String job) throws IOException {
        return Load.marked(NAME + "=" + mark(job));
    }

    /** Waits until a job's slot was heard of. */
    private String slot(String job) {
        return await().until(
                        () -> portal.reports().stream()
                                .filter(report -> report.getJob().getJobId().equals(job))
                                .map(SlotReport::getSlotId)
                                .findFirst()
                                .orElse(""),
                        slot -> !slot.isEmpty());
    }

    private static Order.Builder kill(String slot, String job, int grace) {
        return OrderSigner.to(slot, job).setKill(KillOrder.newBuilder().setGraceSeconds(grace));
    }

    private List<OrderResult> results(Order.Builder order) {
        return portal.results().stream()
                .filter(result -> result.getOrderId() == order.getOrderId())
                .toList();
    }

    private OrderResult last(Order.Builder order) {
        return await().until(
                        () -> results(order).stream()
                                .reduce((one, next) -> next)
                                .orElse(OrderResult.getDefaultInstance()),
                        result -> result.getState() != State.BEGUN && result.getState() != State.STATE_UNSPECIFIED);
    }

    @Test
    void endsAJobWithAllThatHidesFromItAndNobodyElse() throws Exception {
        String program = """
                (setsid sh -c 'sleep 1000; :' &)
                sh -c 'sleep 1000; :' & kill -STOP $!
                trap '' TERM
                setsid sh -c '(sh -c "sleep 1000; :" &) ; sleep 1000; :' &
                sleep 1000; :""";
        Load job = job("1", program);
        Load neighbour = job("2", program);
        agent.start();
        String slot = slot("1");
        await().until(() -> processes("1").size() >= 9 && processes("2").size() >= 9);
        List<Integer> neighbours = processes("2");

        Order.Builder order = kill(slot, "1", 1);
        portal.order(signer.sign(order));
        OrderResult end = last(order);

        assertThat(end.getState()).as(end.getDetail()).isEqualTo(State.DONE);
        KillResult kill = end.getKill();
        assertThat(kill.getProcesses()).isGreaterThanOrEqualTo(9);
        assertThat(kill.getEndedByTerm()).as("those that did not ignore it").isPositive();
        assertThat(kill.getKilled()).as("those that did").isPositive();
        assertThat(kill.getEndedByTerm() + kill.getKilled()).isEqualTo(kill.getProcesses());
        assertThat(kill.getLeft()).isZero();
        assertThat(kill.getTookSeconds()).isBetween(1.0, 3.0);
        assertThat(processes("1")).isEmpty();
        assertThat(job.alive()).isFalse();

        assertThat(processes("2")).containsExactlyInAnyOrderElementsOf(neighbours);
        assertThat(neighbour.alive()).isTrue();
        long samples = portal.samples().count();
        await().until(() -> portal.samples().count() > samples + 2);

        OrderResult begun = results(order).getFirst();
        assertThat(begun.getState()).isEqualTo(State.BEGUN);
        assertThat(begun.getEvidence().getProcessesFound())
                .as("what was going on, before anything was done")
                .isGreaterThanOrEqualTo(9);
        assertThat(agent.log()).contains("order").contains("ada").doesNotContain("ERROR");
    }

    @Test
    void carriesOutOnceWhatIsToldManyTimesOverAlsoAfterARestart() throws Exception {
        job("3", "trap 'echo x >>%s' TERM; while :; do sleep 0.1; done".formatted(root.resolve("terms")));
        agent.start();
        String slot = slot("3");
        Order.Builder order = logLevel(slot, "3", LogLevelOrder.Level.DEBUG, 1);
        SignedOrder signed = signer.sign(order);
        portal.behave(batch ->
                Reply.of(answer(batch).addOrders(signed).addOrders(signed).build()));
        for (int i = 0; i < 20; i++) {
            portal.order(signed);
        }
        assertThat(last(order).getState()).isEqualTo(State.DONE);
        agent.kill();
        agent.start();
        int batches = portal.batches().size();
        await().until(() -> portal.batches().size() > batches + 3);

        assertThat(results(order)).extracting(OrderResult::getState).containsExactly(State.BEGUN, State.DONE);
    }

    @Test
    void writesMoreIntoItsLogForSomeTimeAndThenNoMore() throws Exception {
        job("40", "sleep 1000; :");
        job("41", "sleep 1000; :");
        agent.start();
        Order.Builder order = logLevel(slot("40"), "40", LogLevelOrder.Level.TRACE, 3);
        assertThat(agent.log()).doesNotContain(" DEBUG ").doesNotContain(" TRACE ");
        portal.order(signer.sign(order));
        await().until(() -> agent.log().contains(" TRACE SlotSampling - "));
        await().until(() -> agent.log().contains(" DEBUG Sampling - sampled 2 slots"));

        assertThat(last(order).getState()).isEqualTo(State.DONE);
        await().until(() -> agent.log().contains("(log-level) is over: DONE"));
        int batches = portal.batches().size();
        await().until(() -> portal.batches().size() > batches + 1);
        int length = agent.log().length();
        await().until(() -> portal.batches().size() > batches + 4);
        assertThat(agent.log().substring(length))
                .as("it goes back by itself")
                .doesNotContain(" DEBUG ")
                .doesNotContain(" TRACE ");

        Order.Builder until = logLevel(slot("41"), "41", LogLevelOrder.Level.DEBUG, 3600);
        portal.order(signer.sign(until));
        await().until(() -> !results(until).isEmpty());
        agent.epilogue("41", "exit_code=0");
        assertThat(last(until).getDetail()).isEqualTo("The job has ended");
    }

    private static Order.Builder logLevel(String slot, String job, LogLevelOrder.Level level, int seconds) {
        return OrderSigner.to(slot, job)
                .setLogLevel(LogLevelOrder.newBuilder().setLevel(level).setForSeconds(seconds));
    }

    @Test
    void anOrderThatThePortalsKeyDidNotSignIsPassedOver() throws Exception {
        Load job = job("4", "sleep 1000; :");
        agent.start();
        String slot = slot("4");
        Order.Builder order = kill(slot, "4", 0);
        SignedOrder genuine = signer.sign(order);
        SignedOrder changed = genuine.toBuilder()
                .setOrder(kill(slot, "4", 0).build().toByteString())
                .build();
        SignedOrder large = signer.sign(kill(slot, "4", 0).setReason("x".repeat(WireContract.MAX_ORDER_BYTES)));
        portal.order(
                new OrderSigner().sign(kill(slot, "4", 0)),
                signer.sign("", kill(slot, "4", 0).build().toByteString()),
                signer.sign("another context\n", kill(slot, "4", 0).build().toByteString()),
                genuine.toBuilder().clearSignature().build(),
                genuine.toBuilder()
                        .setSignature(ByteString.copyFrom(new byte[64]))
                        .build(),
                changed,
                large,
                signer.sign(WireContract.ORDER_CONTEXT, ByteString.copyFromUtf8("no order at all \u00ff")));
        await().until(() -> portal.batches().stream()
                .flatMap(batch -> batch.getAgentStatus().getErrorsList().stream())
                .anyMatch(error -> error.equals(ErrorCount.newBuilder()
                        .setKind("order-forged")
                        .setCount(8)
                        .build())));

        assertThat(portal.results()).isEmpty();
        assertThat(job.alive()).isTrue();
        assertThat(agent.log().lines().filter(line -> line.contains("did not sign")))
                .as("said once a minute at most")
                .hasSize(1);
    }

    @Test
    void saysWhyItDoesNotCarryOutAGenuineOrder() throws Exception {
        Load job = job("5", "sleep 1000; :");
        agent.start();
        String slot = slot("5");
        long now = System.currentTimeMillis();
        Order.Builder unheardOf = OrderSigner.to("n1.1.1", "5").setKill(KillOrder.getDefaultInstance());
        portal.order(signer.sign(unheardOf));
        refused(kill(slot, "5", 0).setExpiresAtMs(now - 1), "the order has expired");
        refused(kill(slot, "5", 0).setIssuedAtMs(now + 30_000), "the order is from the future");
        refused(kill(slot, "5", 0).setNode("n2"), "the order is for another node");
        refused(kill(slot, "5", 0).setJobId("6"), "the order is for another job than the one that runs in this slot");
        refused(
                kill(slot, "5", 0).setBatchSystem("slurm"),
                "the order is for another job than the one that runs in this slot");
        refused(OrderSigner.to(slot, "5"), "this agent does not know that kind of order");
        refused(kill(slot, "5", 3601), "the order's grace is out of bounds");
        refused(kill(slot, "5", -1), "the order's grace is out of bounds");
        refused(
                OrderSigner.to(slot, "5")
                        .setInterval(IntervalOrder.newBuilder().setSeconds(1).setForSeconds(1)),
                "this agent does not know that kind of order");
        refused(
                OrderSigner.to(slot, "5").setTail(TailOrder.newBuilder().setLines(1001)),
                "the order's number of lines, or of seconds is out of bounds");
        String badLevel = "the order's level, or its time is out of bounds";
        refused(logLevel(slot, "5", LogLevelOrder.Level.LEVEL_UNSPECIFIED, 60), badLevel);
        refused(logLevel(slot, "5", LogLevelOrder.Level.DEBUG, 0), badLevel);
        refused(logLevel(slot, "5", LogLevelOrder.Level.DEBUG, 3601), badLevel);

        assertThat(job.alive()).isTrue();
        assertThat(results(unheardOf)).isEmpty();
    }

    private void refused(Order.Builder order, String why) {
        portal.order(signer.sign(order));
        OrderResult result = last(order);
        assertThat(result.getState()).isEqualTo(State.REFUSED);
        assertThat(result.getDetail()).isEqualTo(why);
    }

    @Test
    void aKillThatWasBegunGoesOnAfterTheAgentDiedAndItsGraceIsNotBegunAnew() throws Exception {
        Path terms = root.resolve("terms");
        Load job = job("7", "trap 'echo x >>%s' TERM; while :; do sleep 0.1; done".formatted(terms));
        agent.start();
        String slot = slot("7");
        Order.Builder order = kill(slot, "7", 12);
        portal.order(signer.sign(order));
        await().until(() -> Files.exists(terms));
        long heard = portal.samples().count();
        await().until(() -> portal.samples().count() > heard + 5); // one a second
        agent.kill();
        agent.start();

        OrderResult end = last(order);
        assertThat(end.getState()).as(end.getDetail()).isEqualTo(State.DONE);
        assertThat(end.getKill().getTookSeconds()).as("since it was told").isBetween(12.0, 17.0);
        assertThat(job.alive()).isFalse();
        assertThat(Files.readAllLines(terms)).as("told once").hasSize(1);
    }

    @Test
    void aKillThatWasTakenAndExpiredWhileTheAgentWasAwayIsNotBegun() throws Exception {
        Load job = job("16", "sleep 1000; :");
        agent.start();
        String slot = slot("16");
        Order.Builder order = kill(slot, "16", 0);
        agent.kill();
        Path book;
        try (Stream<Path> files = Files.walk(agent.state())) {
            book = files.filter(file -> file.endsWith(slot))
                    .findFirst()
                    .orElseThrow()
                    .resolve("orders");
        }
        // As an agent leaves it that died while it looked at the job: valid until a second ago, remembered an hour
        // more.
        long remembered = System.currentTimeMillis() - 1000 + 3_600_000;
        Files.writeString(book, order.getOrderId() + " kill begun " + remembered + " 0 0\n");
        agent.start();

        OrderResult end = last(order);
        assertThat(end.getState()).isEqualTo(State.FAILED);
        assertThat(end.getDetail()).isEqualTo("Nothing was done: the agent was away until the order had expired");
        assertThat(job.alive()).isTrue();
    }

    @Test
    void whoFollowsMuchOutputDoesNotKeepTheJobFromBeingKilled() throws Exception {
        Load job = job("17", "sleep 1000; :");
        agent.start();
        String slot = slot("17");
        List<Order.Builder> others = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            others.add(logLevel(slot, "17", LogLevelOrder.Level.DEBUG, 600));
        }
        portal.order(others.stream().map(signer::sign).toArray(SignedOrder[]::new));
        await().until(() -> others.stream().noneMatch(order -> results(order).isEmpty()));
        assertThat(results(others.getLast()).getFirst().getState()).isEqualTo(State.REFUSED);
        Order.Builder order = kill(slot, "17", 0);
        portal.order(signer.sign(order));
        assertThat(last(order).getState()).as(last(order).getDetail()).isEqualTo(State.DONE);
        assertThat(job.alive()).isFalse();
    }

    @Test
    void whatElseWasBegunWhenTheAgentDiedHasFailed() throws Exception {
        job("8", "sleep 1000; :");
        agent.start();
        String slot = slot("8");
        Order.Builder order = logLevel(slot, "8", LogLevelOrder.Level.DEBUG, 3600);
        portal.order(signer.sign(order));
        await().until(() -> !results(order).isEmpty());
        agent.kill();
        agent.start();

        OrderResult end = last(order);
        assertThat(end.getState()).isEqualTo(State.FAILED);
        assertThat(end.getDetail()).isEqualTo("The agent was started anew in between");
    }

    @Test
    void aJobThatHasEndedIsLeftAlone() throws Exception {
        job("9", "sleep 1000; :");
        agent.start();
        String slot = slot("9");
        portal.behave(batch -> Reply.of(ReportAnswer.newBuilder()
                .setAnsweredAtMs(System.currentTimeMillis())
                .build()));
        agent.epilogue("9", "exit_code=0");
        await().until(() -> !portal.ends().isEmpty());
        refused(kill(slot, "9", 0), "the job has ended");
    }

    @Test
    void aNodeThatMayOnlyLookKillsNothing() throws Exception {
        Load job = job("10", "sleep 1000; :");
        agent.with("orders", "look").start();
        String slot = slot("10");
        refused(kill(slot, "10", 0), "this node carries out no kill, as its admins chose");
        Order.Builder look =
                OrderSigner.to(slot, "10").setLook(LookOrder.newBuilder().setStacks(true));
        portal.order(signer.sign(look));
        OrderResult found = last(look);
        assertThat(found.getState()).isEqualTo(State.DONE);
        assertThat(found.getEvidence().getProcessesFound()).isEqualTo(2);
        assertThat(found.getEvidence().getThreadsList())
                .extracting(ThreadEvidence::getName)
                .containsExactlyInAnyOrder("sh", "sleep");
        assertThat(found.getEvidence().getThreadsList())
                .as("both sleep in the kernel")
                .allMatch(ThreadEvidence::hasSystemCall);
        assertThat(job.alive()).isTrue();
    }

    /** A job as of Slurm, and Slurm's commands as scripts that write down how they were called. */
    private Path slurm(String id, String scancel) throws IOException {
        Path commands = Files.createDirectory(root.resolve("commands"));
        Path calls = root.resolve("calls");
        for (Map.Entry<String, String> one : Map.of(
                        "squeue",
                        "case \"$*\" in *admin_comment*) ;; *) echo " + id + " " + id + " RUNNING root 1 1;; esac",
                        "scontrol",
                        ":",
                        "scancel",
                        scancel)
                .entrySet()) {
            Path file = Files.writeString(
                    commands.resolve(one.getKey()),
                    "#!/bin/sh\necho \"${0##*/} $*\" >>" + calls + "\n" + one.getValue() + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        agent.with("orders.batch_commands", commands.toString()).with("scontrol", "off");
        Load job = Load.shell("sleep 1000; :", Map.of(NAME, mark(id)));
        marks.add(NAME + "=" + mark(id));
        jobs.add(job);
        agent.prologue(
                id, job, "batch_system=slurm", "environment_mark=" + NAME + "=" + mark(id), "uid=0", "user=root");
        return calls;
    }

    private static Order.Builder batch(String slot, String job, BatchOrder.Act act) {
        return OrderSigner.to(slot, job)
                .setBatchSystem("slurm")
                .setReason("memory leak; rm -rf")
                .setBatch(BatchOrder.newBuilder().setAct(act));
    }

    @Test
    void tellsTheBatchSystemAfterItToldWhatTheJobWasDoing() throws Exception {
        Path calls = slurm("30", "sleep 1");
        agent.start();
        String slot = slot("30");
        Order.Builder order = batch(slot, "30", BatchOrder.Act.CANCEL);
        portal.order(signer.sign(order));
        OrderResult done = last(order);
        assertThat(done.getState()).as(done.getDetail()).isEqualTo(State.DONE);
        assertThat(done.getDetail()).isEqualTo("scancel 30");
        assertThat(results(order).getFirst().getState()).isEqualTo(State.BEGUN);
        assertThat(results(order).getFirst().getEvidence().getProcessesFound()).isEqualTo(2);
        portal.order(signer.sign(order));
        Order.Builder comment = batch(slot, "30", BatchOrder.Act.COMMENT);
        portal.order(signer.sign(comment));
        assertThat(last(comment).getState()).isEqualTo(State.DONE);
        assertThat(Files.readAllLines(calls))
                .filteredOn(call -> !call.startsWith("squeue"))
                .containsExactly(
                        "scontrol update JobId=30 AdminComment=slotwarden: memory leak rm -rf, ada",
                        "scancel 30",
                        "scontrol update JobId=30 AdminComment=slotwarden: memory leak rm -rf, ada");
    }

    @Test
    void whatExpiresWhileItWaitsForASlowBatchSystemIsNotDone() throws Exception {
        Path calls = slurm("33", "sleep 8");
        agent.start();
        String slot = slot("33");
        Order.Builder slow = batch(slot, "33", BatchOrder.Act.CANCEL);
        portal.order(signer.sign(slow));
        await().until(() -> !results(slow).isEmpty());
        Order.Builder late = batch(slot, "33", BatchOrder.Act.REQUEUE);
        late.setExpiresAtMs(late.getIssuedAtMs() + 4000);
        portal.order(signer.sign(late));
        assertThat(last(slow).getState()).isEqualTo(State.DONE);
        assertThat(last(late).getState()).isEqualTo(State.FAILED);
        assertThat(last(late).getDetail()).isEqualTo("Nothing was done: the order expired while it waited for others");
        assertThat(Files.readAllLines(calls)).noneMatch(call -> call.startsWith("scontrol requeue"));
    }

    @Test
    void aBatchSystemThatRefusesIsTold_andAnUnknownActIsNone() throws Exception {
        slurm("31", "echo 'scancel: error: Access/permission denied' >&2; exit 1");
        agent.start();
        String slot = slot("31");
        Order.Builder order = batch(slot, "31", BatchOrder.Act.CANCEL);
        portal.order(signer.sign(order));
        assertThat(last(order).getState()).isEqualTo(State.FAILED);
        assertThat(last(order).getDetail())
                .isEqualTo("scancel ended with 1: \"scancel: error: Access/permission denied\"");
        refused(
                batch(slot, "31", BatchOrder.Act.ACT_UNSPECIFIED),
                "this agent does not know that act of a batch system");
    }

    @Test
    void aNodeRunsNoCommandUnlessItsAdminsSaySo() throws Exception {
        job("32", "sleep 1000; :");
        agent.start();
        String slot = slot("32");
        refused(
                batch(slot, "32", BatchOrder.Act.CANCEL).setBatchSystem("local"),
                "this node runs no commands of the batch system, as its admins chose");
    }

    @Test
    void aNodeThatMayOnlyLookTellsNoBatchSystem() throws Exception {
        Path calls = slurm("33", ":");
        agent.with("orders", "look").start();
        refused(batch(slot("33"), "33", BatchOrder.Act.CANCEL), "this node carries out no cancel, as its admins chose");
        assertThat(calls).doesNotExist();
    }

    @Test
    void aNodeWithOrdersOffAsksForNone() throws Exception {
        Load job = job("11", "sleep 1000; :");
        agent.with("orders", "off").start();
        String slot = slot("11");
        Order.Builder order = kill(slot, "11", 0);
        SignedOrder signed = signer.sign(order);
        portal.behave(batch -> Reply.of(answer(batch).addOrders(signed).build()));
        long samples = portal.samples().count();
        await().until(() -> portal.samples().count() > samples + 3);

        assertThat(portal.waits()).isZero();
        assertThat(portal.results()).isEmpty();
        assertThat(job.alive()).isTrue();
    }

    @Test
    void aKeyThatOthersCouldHaveWrittenIsNotBelieved() throws Exception {
        Load job = job("12", "sleep 1000; :");
        Files.setPosixFilePermissions(root.resolve("keys"), PosixFilePermissions.fromString("rw-rw-r--"));
        agent.start();
        String slot = slot("12");
        portal.order(signer.sign(kill(slot, "12", 0)));
        await().until(() -> agent.log().contains("can be written by others"));
        assertThat(job.alive()).isTrue();

        // Mended, and with a second key: no restart is needed.
        OrderSigner next = new OrderSigner();
        Files.writeString(root.resolve("keys"), signer.pem() + "# the next one\n" + next.pem());
        Files.setPosixFilePermissions(root.resolve("keys"), PosixFilePermissions.fromString("rw-r--r--"));
        Order.Builder order = kill(slot, "12", 0);
        portal.order(next.sign(order));
        assertThat(last(order).getState()).isEqualTo(State.DONE);
        assertThat(job.alive()).isFalse();
    }

    @Test
    void tellsTheLastLinesAndWhatFollowsWithoutSecrets() throws Exception {
        Path out = root.resolve("job-out");
        Path go = root.resolve("go");
        Path on = root.resolve("on");
        job("19", """
                exec >>%s; for i in 1 2 3 4 5; do echo line $i; done; echo password=hunter2
                while [ ! -e %s ]; do sleep 0.1; done; printf 'half '; sleep 0.2; echo a line
                while [ ! -e %s ]; do sleep 0.1; done; : >%s; echo anew; sleep 1000; :""".formatted(out, go, on, out));
        agent.start();
        String slot = slot("19");
        await().until(() -> Files.exists(out) && Files.readString(out).contains("hunter2"));
        Order.Builder order = OrderSigner.to(slot, "19")
                .setTail(TailOrder.newBuilder().setLines(3).setFollowSeconds(60));
        portal.order(signer.sign(order));
        await().untilAsserted(() -> assertThat(output(order))
                .as("%s %s", results(order), agent.log())
                .isEqualTo("line 4\nline 5\npassword=***\n"));
        Files.createFile(go);
        await().until(() -> output(order).endsWith("half a line\n"));
        Files.createFile(on);
        await().until(() -> output(order).endsWith("anew\n"));
        List<TailPart> parts = parts(order);
        assertThat(output(order)).isEqualTo("line 4\nline 5\npassword=***\nhalf a line\nanew\n");
        assertThat(parts.getFirst().getOffset()).isEqualTo(21);
        assertThat(parts.get(1).getOffset()).isEqualTo(parts.getFirst().getEndOffset());
        assertThat(parts.getLast().getOffset()).as("the file was begun anew").isZero();
    }

    private List<TailPart> parts(Order.Builder order) {
        return results(order).stream()
                .filter(OrderResult::hasTail)
                .map(OrderResult::getTail)
                .toList();
    }

    private String output(Order.Builder order) {
        return parts(order).stream().map(part -> part.getData().toStringUtf8()).collect(Collectors.joining());
    }

    @Test
    void aFloodOfOutputIsToldInPart() throws Exception {
        Path out = root.resolve("job-out");
        job("20", "exec >>%s; while :; do seq 100000; sleep 1; done".formatted(out));
        agent.start();
        String slot = slot("20");
        await().until(() -> Files.exists(out) && Files.size(out) > 1_000_000);
        Order.Builder order = OrderSigner.to(slot, "20")
                .setTail(TailOrder.newBuilder().setLines(1000).setFollowSeconds(15));
        portal.order(signer.sign(order));
        assertThat(last(order).getState()).isEqualTo(State.DONE);

        List<TailPart> parts = parts(order);
        assertThat(parts).hasSizeBetween(2, 18).allMatch(part -> part.getData().size() <= WireContract.MAX_TAIL_BYTES);
        assertThat(parts).anyMatch(part -> part.getLeftOutBytes() > 100_000);
        assertThat(parts.stream().map(part -> part.getData().toStringUtf8()))
                .as("whole lines")
                .allMatch(text -> text.endsWith("\n"));
    }

    @Test
    void aNodeThatSendsNoOutputRefusesToTellIt() throws Exception {
        job("21", "sleep 1000; :");
        agent.with("evidence", "no-output").start();
        refused(
                OrderSigner.to(slot("21"), "21").setTail(TailOrder.newBuilder().setLines(1)),
                "output is not sent from this node, as its admins chose");
    }

    @Test
    void outputThatIsNoFileFails() throws Exception {
        job("22", "sleep 1000; :");
        agent.start();
        Order.Builder order = OrderSigner.to(slot("22"), "22")
                .setTail(TailOrder.newBuilder().setStandardError(true).setLines(1));
        portal.order(signer.sign(order));
        assertThat(last(order).getState()).isEqualTo(State.FAILED);
        assertThat(last(order).getDetail()).isEqualTo("Standard error goes to /dev/null");
    }

    @Test
    void aFloodOfOrdersIsBounded() throws Exception {
        job("14", "sleep 1000; :");
        agent.start();
        String slot = slot("14");
        List<Order.Builder> orders = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            orders.add(logLevel(slot, "14", LogLevelOrder.Level.DEBUG, 1));
        }
        // More in one answer than are looked at.
        portal.order(orders.stream().limit(70).map(signer::sign).toArray(SignedOrder[]::new));
        await().until(() ->
                orders.stream().limit(50).noneMatch(order -> results(order).isEmpty()));
        assertThat(orders.stream().skip(50).allMatch(order -> results(order).isEmpty()))
                .isTrue();
        assertThat(portal.results().stream()
                        .filter(result -> result.getState() == State.REFUSED)
                        .map(OrderResult::getDetail)
                        .distinct())
                .containsExactly("too many orders are being carried out");
    }

    @Test
    void asksAnOldPortalAndOneThatIsFullSeldom() throws Exception {
        portal.refuseToTellOrders(Reply.status(503, "full").with("Retry-After", "3600"));
        job("15", "sleep 1000; :");
        agent.start();
        slot("15");
        await().until(() -> portal.waits() == 1);
        long samples = portal.samples().count();
        await().until(() -> portal.samples().count() > samples + 4);
        assertThat(portal.waits()).isEqualTo(1);

        agent.kill();
        portal.refuseToTellOrders(Reply.status(404, ""));
        agent.start();
        await().until(() -> portal.waits() == 2);
        long later = portal.samples().count();
        await().until(() -> portal.samples().count() > later + 4);
        assertThat(portal.waits()).isEqualTo(2);
    }

    @Test
    void ordersComeWithAnswersToReportsToo() throws Exception {
        portal.refuseToTellOrders(Reply.status(404, ""));
        Load job = job("16", "sleep 1000; :");
        agent.start();
        String slot = slot("16");
        Order.Builder order = kill(slot, "16", 0);
        SignedOrder signed = signer.sign(order);
        portal.behave(batch -> Reply.of(answer(batch).addOrders(signed).build()));
        assertThat(last(order).getState()).isEqualTo(State.DONE);
        assertThat(job.alive()).isFalse();
    }

    @Test
    void aProcessOfOneSlotWaitsForThatSlotsOrdersAndCanKillToo() throws Exception {
        Path own = agent.state().resolve("own/local-18");
        try (InstalledAgent installed = new InstalledAgent(root, agent)) {
            Load job = Load.shell("sleep 1000; :");
            jobs.add(job);
            agent.hookOfOwn(own, "prologue", "18", job);
            installed.start(own, "--shared", agent.state().toString());
            String slot = slot("18");
            await().until(() -> portal.waitedFor().contains("slot=" + slot));
            Order.Builder order = kill(slot, "18", 0);
            portal.order(signer.sign(order));
            assertThat(last(order).getState()).isEqualTo(State.DONE);
            assertThat(results(order)).hasSize(2);
            assertThat(job.alive()).isFalse();
            assertThat(portal.waitedFor()).allMatch(query -> query.equals("slot=" + slot));
        }
    }

    @Test
    void withoutASlotNobodyWaits() throws Exception {
        agent.start();
        job("17", "sleep 1000; :");
        slot("17");
        await().until(() -> portal.waits() > 0);
        agent.epilogue("17", "exit_code=0");
        await().until(() -> agent.slotFolders().isEmpty());
        int begun = portal.waits() + 1;
        await().during(Duration.ofSeconds(7)).until(() -> portal.waits() <= begun);
    }
}
