package org.slotwarden.portal.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.InvalidProtocolBufferException;
import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSettings;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.batch.RunBy;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.BatchOrder;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.SlotReport;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders that a batch system carries out: by this host, with scripts for its commands, or by an agent. */
@PortalTest
class BatchOrderTest {

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Actor admin = new Actor(Actor.Kind.ADMIN, "root");
    private final List<OrderCommands> portals = new ArrayList<>();

    @TempDir
    Path root;

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    OrderStore store;

    @Autowired
    CommandStore commands;

    @Autowired
    SiteOrders siteOrders;

    @Autowired
    OrderNotices notices;

    @Autowired
    Audit audit;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    TestAgent agent;
    HttpVisitor root2;

    @BeforeEach
    void people() throws IOException {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
        accounts.create("root", "correct horse battery", Role.ADMIN);
        root2 = HttpVisitor.withToken(port, apiTokens.issue("root", "t", null).token());
        squeue("echo 7 7 RUNNING anna 1 1");
        script("scontrol", "");
        script("scancel", "");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (OrderCommands portal : portals) {
            portal.stop();
        }
    }

    private void script(String name, String does) throws IOException {
        Path file = Files.writeString(
                root.resolve(name), "#!/bin/sh\necho \"${0##*/} $*\" >>'" + root + "/calls'\n" + does + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Jobs that Slurm knows, none of which has a comment. */
    private void squeue(String rows) throws IOException {
        script("squeue", "case \"$*\" in *admin_comment*) ;; *) " + rows + " ;; esac");
    }

    private List<String> calls() {
        Path calls = root.resolve("calls");
        if (!Files.exists(calls)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(calls, StandardCharsets.UTF_8)) {
            return lines.filter(call -> !call.startsWith("squeue")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private BatchSystems site(RunBy by, String cluster) {
        BatchSettings.Commands none = BatchSettings.Commands.NONE;
        return new BatchSystems(
                new BatchSettings(new BatchSettings.Commands(by, root, List.of(), cluster), none, none));
    }

    private Orders orders(BatchSystems site) {
        return siteOrders.of(site);
    }

    private JobOrder give(RunBy by, long job, OrderWish wish, String reason) {
        return Objects.requireNonNull(
                transaction.execute(status -> orders(site(by, "")).give(job, wish, reason, admin)));
    }

    /** A portal that has just been started, at so many seconds from now. */
    private OrderCommands portal(int seconds) {
        OrderCommands one = new OrderCommands(
                commands,
                store,
                site(RunBy.PORTAL, ""),
                notices,
                audit,
                transaction,
                Clock.fixed(Instant.now().plusSeconds(seconds), ZoneOffset.UTC));
        portals.add(one);
        return one;
    }

    private OrderCommand command(long order) {
        return Objects.requireNonNull(store.find(order).orElseThrow().command());
    }

    private OrderCommand over(JobOrder order) {
        await().until(() -> command(order.id()).state().over());
        return command(order.id());
    }

    private long running(String slot, String job) {
        agent.tell(slot(slot, job).facts(facts -> facts.setUser("anna")).started(now.minusSeconds(60)));
        return jdbc.sql("SELECT job_id FROM slot WHERE slot_key = ?")
                .param(slot)
                .query(Long.class)
                .single();
    }

    private List<Order> told(TestAgent by) {
        return by.send(List.of()).getOrdersList().stream()
                .map(signed -> {
                    try {
                        return Order.parseFrom(signed.getOrder());
                    } catch (InvalidProtocolBufferException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private SlotReport result(String slot, long sequence, OrderResult.Builder result) {
        return SlotReport.newBuilder()
                .setSlotId(slot)
                .setSequence(sequence)
                .addOrderResults(result.setTimeMs(now.toEpochMilli()))
                .build();
    }

    private List<String> audited(long job) {
        return JsonPath.read(root2.get("/api/v1/audit?job=" + job).body(), "$.items[*].action");
    }

    @Test
    void thePortalTellsTheBatchSystemWhenItKnowsWhatTheJobWasDoing() {
        long job = running("a", "7");
        JobOrder order = give(RunBy.PORTAL, job, new OrderWish.Cancel(), "memory leak");
        List<Order> told = told(agent);
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getLook().getStacks()).isTrue();
        portal(9).look();
        agent.send(List.of(result(
                "a",
                900,
                OrderResult.newBuilder()
                        .setOrderId(told.getFirst().getOrderId())
                        .setState(OrderResult.State.DONE)
                        .setEvidence(Evidence.newBuilder().setTakenAtMs(now.toEpochMilli())))));
        assertThat(command(order.id()).state()).as("it waited for the look").isEqualTo(OrderState.WAITING);
        assertThat(calls()).isEmpty();

        portal(0).look();
        OrderCommand done = over(order);
        assertThat(done.state()).as(done.detail()).isEqualTo(OrderState.DONE);
        assertThat(calls())
                .containsExactly("scontrol update JobId=7 AdminComment=slotwarden: memory leak, root", "scancel 7");
        assertThat(audited(job)).containsExactly("cancel-done", "order-cancel");
        String shown = root2.get("/api/v1/jobs/" + job + "/orders").body();
        assertThat(JsonPath.<String>read(shown, "$[0].command.state")).isEqualTo("done");
        assertThat(JsonPath.<String>read(shown, "$[0].wish.kind")).isEqualTo("cancel");
        assertThat(JsonPath.<Boolean>read(shown, "$[0].slots[0].evidence")).isTrue();
    }

    @Test
    void anAgentThatDoesNotAnswerIsWaitedForTenSeconds() {
        JobOrder order = give(RunBy.PORTAL, running("a", "7"), new OrderWish.Hold(), "memory leak");
        portal(9).look();
        assertThat(command(order.id()).state()).isEqualTo(OrderState.WAITING);
        portal(11).look();
        assertThat(over(order).detail()).isEqualTo("scontrol requeuehold 7");
    }

    @Test
    void aRunIsRequeuedOrHeldOnce_unlessThatFailed() throws IOException {
        long job = running("a", "7");
        JobOrder first = give(RunBy.PORTAL, job, new OrderWish.Requeue(), "x");
        assertThatThrownBy(() -> give(RunBy.PORTAL, job, new OrderWish.Requeue(), "x"))
                .isInstanceOf(OrderRefused.class)
                .hasMessageContaining("A requeue of this run was ordered already");
        script("scontrol", "exit 1");
        portal(11).look();
        assertThat(over(first).state()).isEqualTo(OrderState.FAILED);
        script("scontrol", "");
        JobOrder second = give(RunBy.PORTAL, job, new OrderWish.Requeue(), "x");
        portal(11).look();
        assertThat(over(second).state()).isEqualTo(OrderState.DONE);
        assertThatThrownBy(() -> give(RunBy.PORTAL, job, new OrderWish.Requeue(), "x"))
                .isInstanceOf(OrderRefused.class);
        give(RunBy.PORTAL, job, new OrderWish.Cancel(), "x");
    }

    @Test
    void aPolicysOrderIsNotTakenBackByAUserOfItsName() {
        long job = running("a", "7");
        JobOrder order = Objects.requireNonNull(transaction.execute(status ->
                orders(site(RunBy.PORTAL, "")).give(job, new OrderWish.Cancel(), "leaks", Actor.policy("anna"))));
        assertThatThrownBy(() -> transaction.execute(
                        status -> orders(site(RunBy.PORTAL, "")).withdraw(job, order.id(), new Viewer("anna", false))))
                .isInstanceOf(OrderRefused.class)
                .hasMessageContaining("Only who gave an order");
    }

    @Test
    void aCommentNeedsNoLookAndNoAgent() {
        long job = running("a", "7");
        jdbc.sql("UPDATE slot SET ended_at = started_at").update();
        JobOrder order = give(RunBy.PORTAL, job, new OrderWish.Comment(), "look at /home");
        portal(0).look();
        assertThat(over(order).state()).isEqualTo(OrderState.DONE);
        assertThat(calls()).containsExactly("scontrol update JobId=7 AdminComment=slotwarden: look at /home, root");
    }

    @Test
    void whatACommandSaysIsTold() throws IOException {
        script("scancel", "echo 'Access denied' >&2; exit 1");
        long job = running("a", "7");
        JobOrder order = give(RunBy.PORTAL, job, new OrderWish.Cancel(), "x");
        portal(11).look();
        assertThat(over(order).state()).isEqualTo(OrderState.FAILED);
        assertThat(over(order).detail()).isEqualTo("scancel ended with 1: \"Access denied\"");
        assertThat(audited(job)).startsWith("cancel-failed");
    }

    @Test
    void whereNobodyRunsCommandsTheOrderIsRefused() {
        long job = running("a", "7");
        assertThatThrownBy(() -> give(RunBy.NONE, job, new OrderWish.Cancel(), "x"))
                .isInstanceOf(OrderRefused.class)
                .hasMessageContaining("Nobody runs commands of Slurm at this site (slotwarden.batch.slurm.run-by)");
        assertThatThrownBy(() -> transaction.execute(
                        status -> orders(site(RunBy.PORTAL, "other")).give(job, new OrderWish.Cancel(), "x", admin)))
                .hasMessageContaining("another cluster");
        jdbc.sql("UPDATE job SET batch_job_id = '7 --all'").update();
        assertThatThrownBy(() -> give(RunBy.PORTAL, job, new OrderWish.Cancel(), "x"))
                .hasMessageContaining("The job's id is none of Slurm");
        jdbc.sql("UPDATE job SET batch_system = 'local'").update();
        assertThatThrownBy(() -> give(RunBy.PORTAL, job, new OrderWish.Cancel(), "x"))
                .hasMessageContaining("There are no commands for jobs of local");
        assertThat(root2.send("POST", "/api/v1/jobs/" + job + "/orders", "{\"kind\":\"cancel\",\"reason\":\"x\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(jdbc.sql("SELECT COUNT(*) FROM job_order")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void usersMayWhatTheSiteAllows() {
        long job = running("a", "7");
        assertThatThrownBy(() -> transaction.execute(status -> orders(site(RunBy.PORTAL, ""))
                        .give(job, new OrderWish.Cancel(), "x", new Viewer("anna", false))))
                .isInstanceOf(OrderRefused.class)
                .hasMessageContaining("only admins may order: cancel");
    }

    @Test
    void twoPortalsTellABatchSystemOnce() throws IOException {
        List<JobOrder> given = new ArrayList<>();
        squeue("for i in 1 2 3 4 5 6; do echo $i $i RUNNING anna 1 1; done");
        for (int i = 1; i <= 6; i++) {
            given.add(give(RunBy.PORTAL, running("s" + i, "" + i), new OrderWish.Requeue(), "x"));
        }
        List<OrderCommands> both = List.of(portal(11), portal(11));
        await().until(() -> {
            both.parallelStream().forEach(OrderCommands::look);
            return given.stream().allMatch(order -> command(order.id()).state().over());
        });
        assertThat(calls().stream().filter(call -> call.startsWith("scontrol requeue")))
                .containsExactlyInAnyOrder(given.stream()
                        .map(order -> "scontrol requeue " + (given.indexOf(order) + 1))
                        .toArray(String[]::new));
    }

    @Test
    void whatWasNotBegunBeforeARestartIsDoneAfterIt_andWhatWasBegunOnlyWhereItDoesNoHarm() throws IOException {
        squeue("for i in 7 8 9; do echo $i $i RUNNING anna 1 1; done");
        JobOrder waiting = give(RunBy.PORTAL, running("a", "7"), new OrderWish.Requeue(), "x");
        JobOrder cancel = give(RunBy.PORTAL, running("b", "8"), new OrderWish.Cancel(), "x");
        JobOrder requeue = give(RunBy.PORTAL, running("c", "9"), new OrderWish.Requeue(), "x");
        // As a portal leaves them that was killed while it told the batch system.
        for (JobOrder begun : List.of(cancel, requeue)) {
            CommandStore.Due due = commands.due(Instant.now().plusSeconds(60), now, 10).stream()
                    .filter(one -> one.orderId() == begun.id())
                    .findFirst()
                    .orElseThrow();
            assertThat(commands.begin(due, Instant.now())).isTrue();
        }
        portal(60).look();
        over(waiting);
        assertThat(command(cancel.id()).state()).as("somebody may be at it").isEqualTo(OrderState.BEGUN);

        portal(100).look();
        assertThat(over(cancel).state()).isEqualTo(OrderState.DONE);
        assertThat(over(cancel).detail()).isEqualTo("Done again, as a portal stopped in between: scancel 8");
        assertThat(over(requeue).state()).isEqualTo(OrderState.FAILED);
        assertThat(over(requeue).detail()).contains("whether it was done is not known");
        assertThat(calls())
                .filteredOn(call -> !call.contains("update"))
                .containsExactly("scontrol requeue 7", "scancel 8");
    }

    @Test
    void whatIsTooLateIsNotDone() {
        JobOrder expired = give(RunBy.PORTAL, running("a", "7"), new OrderWish.Cancel(), "x");
        portal(601).look();
        assertThat(over(expired).state()).isEqualTo(OrderState.EXPIRED);

        JobOrder ended = give(RunBy.PORTAL, running("b", "8"), new OrderWish.Cancel(), "x");
        jdbc.sql("UPDATE job SET state = 'COMPLETED'").update();
        portal(11).look();
        assertThat(over(ended).state()).isEqualTo(OrderState.TOO_LATE);
        assertThat(calls()).isEmpty();
    }

    @Test
    void whatWasNotBegunCanBeTakenBack() {
        long job = running("a", "7");
        JobOrder order = give(RunBy.PORTAL, job, new OrderWish.Cancel(), "x");
        assertThat(root2.send("DELETE", "/api/v1/jobs/" + job + "/orders/" + order.id(), "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(root2.send("DELETE", "/api/v1/jobs/" + job + "/orders/" + order.id(), "")
                        .statusCode())
                .isEqualTo(409);
        portal(11).look();
        assertThat(command(order.id()).state()).isEqualTo(OrderState.WITHDRAWN);
        assertThat(told(agent)).isEmpty();
        assertThat(calls()).isEmpty();
    }

    @Test
    void someCommandsAtOnce_theRestWaits() throws IOException {
        Path go = root.resolve("go");
        squeue("while [ ! -e '" + go + "' ]; do sleep 0.05; done; exit 1");
        List<JobOrder> given = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            given.add(give(RunBy.PORTAL, running("s" + i, "" + i), new OrderWish.Cancel(), "x"));
        }
        OrderCommands portal = portal(11);
        portal.look();
        await().until(() -> states(given).equals("BEGUN BEGUN BEGUN BEGUN WAITING WAITING"));
        portal.look();
        assertThat(states(given)).isEqualTo("BEGUN BEGUN BEGUN BEGUN WAITING WAITING");
        Files.createFile(go);
        await().until(() -> {
            portal.look();
            return given.stream().allMatch(order -> command(order.id()).state().over());
        });
    }

    private String states(List<JobOrder> given) {
        return String.join(
                " ",
                given.stream().map(order -> command(order.id()).state().name()).toList());
    }

    @Test
    void ofSeveralAgentsOneIsTold() {
        long job = running("a", "7");
        TestAgent other = new TestAgent(port, "n2", tokens.issue("n2"));
        other.tell(slot("b", "7").facts(facts -> facts.setUser("anna")).started(now.minusSeconds(60)));
        JobOrder order = give(RunBy.AGENT, job, new OrderWish.Hold(), "memory leak");
        assertThat(order.slots()).hasSize(2);
        assertThat(order.command()).isNull();

        List<Order> told = told(other);
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getBatch().getAct()).isEqualTo(BatchOrder.Act.HOLD);
        assertThat(told.getFirst().getReason()).isEqualTo("memory leak");
        assertThat(told(agent)).isEmpty();
        jdbc.sql("UPDATE slot_order SET told_at = told_at - INTERVAL 6 SECOND").update();
        assertThat(told(agent)).isEmpty();
        assertThat(told(other)).as("once more, as nothing came of it").hasSize(1);

        other.send(List.of(result(
                "b",
                900,
                OrderResult.newBuilder()
                        .setOrderId(told.getFirst().getOrderId())
                        .setState(OrderResult.State.DONE)
                        .setDetail("scontrol requeuehold 7"))));
        JobOrder done = store.find(order.id()).orElseThrow();
        assertThat(done.slots()).singleElement().satisfies(slot -> {
            assertThat(slot.node()).isEqualTo("n2");
            assertThat(slot.state()).isEqualTo(OrderState.DONE);
        });
        assertThat(audited(job)).containsExactly("hold-done", "order-hold");
    }
}
