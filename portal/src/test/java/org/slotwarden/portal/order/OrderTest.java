package org.slotwarden.portal.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.jayway.jsonpath.JsonPath;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.ingest.SlotStory;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.ProcessEvidence;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.TailPart;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An order from who gives it to the agent, and back what became of it. */
@PortalTest
class OrderTest {

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    OrderBell bell;

    @Autowired
    Orders orders;

    @Autowired
    OrderResults results;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    TestAgent agent;
    HttpVisitor anna;
    HttpVisitor admin;

    @BeforeEach
    void people() {
        agent = new TestAgent(port, "n1", tokens.issue("n1"));
        anna = visitor("anna", Role.USER);
        admin = visitor("root", Role.ADMIN);
    }

    @Test
    void aKillReachesAnAgentThatWaits_signed_andItsOutcomeIsShownForEver() throws Exception {
        long job = running("a", "7");
        CompletableFuture<HttpResponse<byte[]>> waiting = agent.awaitOrders();
        await().until(() -> bell.waiting() == 1);

        HttpResponse<String> given =
                anna.send("POST", orders(job), "{\"kind\":\"kill\",\"grace_seconds\":5,\"reason\":\"it eats\"}");
        assertThat(given.statusCode()).isEqualTo(202);
        assertThat(given.body()).contains("\"state\":\"waiting\"", "\"author\":\"anna\"");
        HttpResponse<byte[]> answer = waiting.get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        var told = org.slotwarden.wire.v1.Orders.parseFrom(answer.body());
        assertThat(told.getAnsweredAtMs())
                .isBetween(now.toEpochMilli(), Instant.now().toEpochMilli() + 1);
        assertThat(told.getOrdersList()).hasSize(1);
        Order order = verified(told.getOrders(0));
        assertThat(order.getNode()).isEqualTo("n1");
        assertThat(order.getSlotId()).isEqualTo("a");
        assertThat(order.getBatchSystem()).isEqualTo("slurm");
        assertThat(order.getJobId()).isEqualTo("7");
        assertThat(order.getKill().getGraceSeconds()).isEqualTo(5);
        assertThat(order.getAuthor()).isEqualTo("anna");
        assertThat(order.getReason()).isEqualTo("it eats");
        assertThat(order.getExpiresAtMs() - order.getIssuedAtMs()).isEqualTo(600_000);

        agent.send(List.of(result(
                "a",
                900,
                OrderResult.newBuilder()
                        .setOrderId(order.getOrderId())
                        .setState(OrderResult.State.BEGUN)
                        .setEvidence(Evidence.newBuilder()
                                .setTakenAtMs(now.toEpochMilli())
                                .addProcesses(
                                        ProcessEvidence.newBuilder().setPid(9).setName("eater"))))));
        OrderResult.Builder done = OrderResult.newBuilder()
                .setOrderId(order.getOrderId())
                .setState(OrderResult.State.DONE)
                .setKill(KillResult.newBuilder()
                        .setProcesses(3)
                        .setEndedByTerm(2)
                        .setKilled(1)
                        .setTookSeconds(5.5));
        agent.send(List.of(result("a", 901, done)));
        agent.send(List.of(
                result("a", 902, done.clone().setState(OrderResult.State.FAILED).setDetail("late"))));

        String shown = anna.get(orders(job)).body();
        assertThat(JsonPath.<List<String>>read(shown, "$[*].slots[*].state")).containsExactly("done");
        assertThat(JsonPath.<Integer>read(shown, "$[0].slots[0].killed.ended_by_term"))
                .isEqualTo(2);
        assertThat(JsonPath.<Boolean>read(shown, "$[0].slots[0].evidence")).isTrue();
        int id = JsonPath.read(shown, "$[0].id");
        int slot = JsonPath.read(shown, "$[0].slots[0].slot_id");
        assertThat(anna.get(orders(job) + "/" + id + "/evidence/" + slot).body())
                .contains("\"name\":\"eater\"");
        assertThat(agent.send(List.of()).getOrdersList()).as("it is done").isEmpty();

        String audit = admin.get("/api/v1/audit?job=" + job).body();
        assertThat(JsonPath.<List<String>>read(audit, "$.items[*].action"))
                .containsExactly("kill-done", "kill-begun", "order-kill");
        assertThat(JsonPath.<List<String>>read(audit, "$.items[*].actor.name")).containsExactly("n1", "n1", "anna");
        assertThat(admin.get("/api/v1/audit/check").body())
                .contains("\"entries\":3")
                .doesNotContain("first_wrong");
    }

    @Test
    void anOrderComesWithTheAnswerToAReport_andAgainAfterSomeSeconds_untilTheAgentSaysSomething() {
        long job = running("a", "7");
        give(admin, job, "{\"kind\":\"look\",\"reason\":\"what is it?\"}");

        assertThat(agent.send(List.of()).getOrdersCount()).isEqualTo(1);
        assertThat(agent.send(List.of()).getOrdersCount()).as("at once again").isZero();
        jdbc.sql("UPDATE slot_order SET told_at = told_at - INTERVAL 6 SECOND").update();
        var again = agent.send(List.of());
        assertThat(again.getOrdersCount()).isEqualTo(1);
        assertThat(states()).containsExactly("TOLD");

        agent.send(List.of(result(
                "a",
                900,
                OrderResult.newBuilder()
                        .setOrderId(order(again.getOrders(0)).getOrderId())
                        .setState(OrderResult.State.REFUSED)
                        .setDetail("orders are off here"))));
        jdbc.sql("UPDATE slot_order SET told_at = told_at - INTERVAL 6 SECOND").update();
        assertThat(agent.send(List.of()).getOrdersCount()).isZero();
        assertThat(admin.get(orders(job)).body()).contains("\"state\":\"refused\"", "orders are off here");
    }

    @Test
    void whatIsTooLateToBeBegunIsToldToNobody() {
        long job = running("a", "7");
        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        jdbc.sql("UPDATE slot_order SET expires_at = expires_at - INTERVAL 11 MINUTE")
                .update();
        assertThat(agent.send(List.of()).getOrdersList()).isEmpty();
        assertThat(states()).containsExactly("WAITING");
    }

    @Test
    void aNodeIsToldItsOwnOrdersOnly() {
        give(admin, running("a", "7"), "{\"kind\":\"look\",\"reason\":\"x\"}");
        TestAgent other = new TestAgent(port, "n2", tokens.issue("n2"));
        give(admin, running(other, "b", "8", "anna"), "{\"kind\":\"look\",\"reason\":\"x\"}");

        assertThat(other.send(List.of()).getOrdersList())
                .hasSize(1)
                .allMatch(signed -> order(signed).getSlotId().equals("b"));
        assertThat(agent.send(List.of()).getOrdersList())
                .hasSize(1)
                .allMatch(signed -> order(signed).getSlotId().equals("a"));
    }

    @Test
    void ofOneAccountOnlySoManyOrdersAreOpen() {
        long job = running("a", "7");
        for (int i = 0; i < 100; i++) {
            give(anna, job, "{\"kind\":\"look\",\"reason\":\"x\"}");
        }
        HttpResponse<String> answer = anna.send("POST", orders(job), "{\"kind\":\"look\",\"reason\":\"x\"}");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("100 orders of yours are not over");
        give(admin, job, "{\"kind\":\"look\",\"reason\":\"x\"}");
    }

    @Test
    void ofOneAccountOnlySoManyTailsAreOpen_begunOnesIncluded() {
        long job = running("a", "7");
        String tail = "{\"kind\":\"tail\",\"follow_seconds\":600,\"reason\":\"x\"}";
        for (int i = 0; i < 20; i++) {
            give(anna, job, tail);
        }
        jdbc.sql("UPDATE slot_order SET state = 'BEGUN'").update();
        HttpResponse<String> answer = anna.send("POST", orders(job), tail);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("20 tails of yours are not over");
        give(anna, job, "{\"kind\":\"look\",\"reason\":\"x\"}");
        give(admin, job, tail);

        // Ids on the wire are random: the first one given, which is a tail of anna's.
        jdbc.sql("UPDATE slot_order SET state = 'DONE' ORDER BY order_id LIMIT 1")
                .update();
        give(anna, job, tail);
    }

    @Test
    void theOwnerIsToldOfAKillBySomebodyElse() {
        long job = running("a", "7");
        give(anna, job, "{\"kind\":\"kill\",\"reason\":\"my own\"}");
        give(admin, job, "{\"kind\":\"look\",\"reason\":\"harmless\"}");
        assertThat(anna.get("/api/v1/jobs/" + job + "/notices").body()).isEqualTo("[]");
        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"the file system is full\"}");
        assertThat(anna.get("/api/v1/jobs/" + job + "/notices").body())
                .contains(
                        "\"kind\":\"kill\"",
                        "A kill was ordered by root: the file system is full. What the job was doing is kept");
    }

    @Test
    void aKillThatOneNodeDidAndAnotherDidNotIsNotUnderWay() {
        long job = running("a", "7");
        TestAgent other = new TestAgent(port, "n2", tokens.issue("n2"));
        assertThat(running(other, "b", "7", "anna")).isEqualTo(job);
        give(anna, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        agent.send(List.of(result(
                "a",
                900,
                OrderResult.newBuilder()
                        .setOrderId(order(agent.send(List.of()).getOrders(0)).getOrderId())
                        .setState(OrderResult.State.DONE))));
        assertThat(orders.underWay(job)).as("n2 may do it yet").containsExactly(OrderKind.KILL);
        results.close(now.plusSeconds(700));
        assertThat(states()).containsExactlyInAnyOrder("DONE", "EXPIRED");
        assertThat(orders.underWay(job)).isEmpty();
    }

    @Test
    void adminsAreToldWhatAPolicyOrderedInVain() {
        long job = running("a", "7");
        Actor policy = Actor.policy("leaks");
        orders.give(job, new OrderWish.Kill(5), "memory leak", policy);
        agent.send(List.of(result(
                "a",
                900,
                OrderResult.newBuilder()
                        .setOrderId(order(agent.send(List.of()).getOrders(0)).getOrderId())
                        .setState(OrderResult.State.REFUSED)
                        .setDetail("kills are off here"))));
        orders.give(job, new OrderWish.Kill(5), "memory leak", policy);
        results.close(now.plusSeconds(700));
        assertThat(JsonPath.<List<String>>read(
                        admin.get("/api/v1/jobs/" + job + "/notices").body(), "$[*].text"))
                .containsExactlyInAnyOrder(
                        "Policy leaks ordered a kill, and it failed on n1: kills are off here",
                        "Policy leaks ordered a kill, and it failed: no agent took it in time");
        assertThat(anna.get("/api/v1/jobs/" + job + "/notices").body()).isEqualTo("[]");
    }

    @Test
    void whatAnAgentTellsOfAnOrderThatWasNotItsOwnIsPassedOver() {
        long job = running("a", "7");
        running("b", "8");
        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        long id = order(agent.send(List.of()).getOrders(0)).getOrderId();
        OrderResult.Builder done = OrderResult.newBuilder().setOrderId(id).setState(OrderResult.State.DONE);

        assertThat(agent.send(List.of(result("b", 900, done))).getAcknowledgedCount())
                .isEqualTo(1);
        TestAgent stranger = new TestAgent(port, "n2", tokens.issue("n2"));
        assertThat(stranger.send(List.of(result("a", 901, done))).getRefusedCount())
                .isEqualTo(1);
        assertThat(stranger.send(List.of()).getOrdersList()).isEmpty();
        assertThat(states()).containsExactly("TOLD");
    }

    @Test
    void nobodyOrdersWhatIsNotTheirs() {
        long job = running("a", "7");
        HttpVisitor bert = visitor("bert", Role.USER);

        assertThat(bert.send("POST", orders(job), "{\"kind\":\"kill\",\"reason\":\"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(bert.get(orders(job)).statusCode()).isEqualTo(404);
        give(anna, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        long id = jdbc.sql("SELECT id FROM job_order").query(Long.class).single();
        long others = running("c", "9", "bert");
        assertThat(bert.send("DELETE", orders(others) + "/" + id, "").statusCode())
                .as("by way of a job of one's own")
                .isEqualTo(404);
        assertThat(bert.get(orders(others) + "/" + id + "/output").statusCode()).isEqualTo(404);
        assertThat(states()).containsExactly("TOLD");
    }

    @Test
    void whatCannotBeIsRefusedWithAReason() {
        long job = running("a", "7");

        for (String wrong : List.of(
                "{\"reason\":\"x\"}",
                "{\"kind\":\"melt\",\"reason\":\"x\"}",
                "{\"kind\":\"kill\"}",
                "{\"kind\":\"kill\",\"reason\":\"  \"}",
                "{\"kind\":\"kill\",\"reason\":\"two\\nlines\"}",
                "{\"kind\":\"kill\",\"reason\":\"" + "x".repeat(201) + "\"}",
                "{\"kind\":\"kill\",\"grace_seconds\":-1,\"reason\":\"x\"}",
                "{\"kind\":\"kill\",\"grace_seconds\":3601,\"reason\":\"x\"}",
                "{\"kind\":\"tail\",\"lines\":1001,\"reason\":\"x\"}",
                "{\"kind\":\"tail\",\"stream\":\"x\",\"reason\":\"x\"}",
                "{\"kind\":\"interval\",\"seconds\":1,\"reason\":\"x\"}",
                "{\"kind\":\"log-level\",\"level\":\"warn\",\"reason\":\"x\"}",
                "{\"kind\":\"log-level\",\"for_seconds\":0,\"reason\":\"x\"}",
                "{\"kind\":\"log-level\",\"for_seconds\":3601,\"reason\":\"x\"}")) {
            HttpResponse<String> answer = admin.send("POST", orders(job), wrong);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(answer.body()).as(wrong).contains("\"parameter\":");
        }
        agent.tell(slot("a", "7").known().ended(now, 0));
        assertThat(admin.send("POST", orders(job), "{\"kind\":\"kill\",\"reason\":\"x\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(states()).isEmpty();
    }

    @Test
    void whatNoAgentTookIsClosed_andWhatOneHadBegunBeforeIsTrueNevertheless() {
        long job = running("a", "7");
        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"first\"}");
        long first = order(agent.send(List.of()).getOrders(0)).getOrderId();
        results.close(now.plusSeconds(550));
        assertThat(states()).as("not yet").containsExactly("TOLD");
        results.close(now.plusSeconds(700));
        assertThat(states()).containsExactly("EXPIRED");
        agent.send(List.of(
                result("a", 900, OrderResult.newBuilder().setOrderId(first).setState(OrderResult.State.BEGUN))));
        assertThat(states()).containsExactly("BEGUN");

        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"second\"}");
        agent.tell(slot("a", "7").known().ended(now, 0));
        results.close(Instant.now());
        assertThat(states()).containsExactlyInAnyOrder("BEGUN", "TOO_LATE");
    }

    @Test
    void whatWasBegunByAnAgentThatIsGoneIsOverSomeTimeAfterTheJob() {
        long job = running("a", "7");
        give(anna, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        Order order = order(agent.send(List.of()).getOrders(0));
        OrderResult.Builder begun =
                OrderResult.newBuilder().setOrderId(order.getOrderId()).setState(OrderResult.State.BEGUN);
        agent.send(List.of(result("a", 900, begun)));
        results.close(now.plus(Duration.ofDays(1)));
        assertThat(states()).as("the job runs").containsExactly("BEGUN");
        jdbc.sql("UPDATE job SET state = 'VANISHED'").update();
        results.close(now.plus(Duration.ofMinutes(90)));
        assertThat(states()).as("its result may be on its way").containsExactly("BEGUN");
        results.close(now.plus(Duration.ofHours(3)));
        assertThat(states()).containsExactly("EXPIRED");
        agent.send(List.of(result("a", 901, begun.clone().setState(OrderResult.State.DONE))));
        assertThat(states()).as("what the agent says is true").containsExactly("DONE");
    }

    @Test
    void theAgentIsToldHowMuchToLog_andOnlyAdminsSayThat() {
        long job = running("a", "7");
        assertThat(anna.send("POST", orders(job), "{\"kind\":\"log-level\",\"reason\":\"x\"}")
                        .statusCode())
                .isEqualTo(403);
        give(admin, job, "{\"kind\":\"log-level\",\"level\":\"trace\",\"for_seconds\":90,\"reason\":\"x\"}");

        Order told = order(agent.send(List.of()).getOrders(0));

        assertThat(told.getLogLevel().getLevel()).isEqualTo(LogLevelOrder.Level.TRACE);
        assertThat(told.getLogLevel().getForSeconds()).isEqualTo(90);
        assertThat(anna.get(orders(job)).body())
                .contains("{\"kind\":\"log-level\",\"level\":\"trace\",\"for_seconds\":90}");
        assertThat(admin.get("/api/v1/audit?action=order-log-level").body()).contains("\"total\":1");
    }

    @Test
    void samplesAreAskedForWithoutAnOrderToTheAgent_andStandInTheAudit() {
        long job = running("a", "7");
        String path = "/api/v1/jobs/" + job + "/sampling";
        String fast = "{\"interval_seconds\":1.5,\"for_seconds\":60}";

        assertThat(anna.send("POST", path, fast).statusCode()).isEqualTo(202);

        var answer = agent.tell(slot("a", "7").known().sample(now, 1, 1));
        assertThat(answer.getIntervals(0).getSeconds()).isEqualTo(1.5);
        assertThat(answer.getOrdersList()).isEmpty();
        assertThat(admin.get("/api/v1/audit?job=" + job).body())
                .contains("\"action\":\"order-interval\"", "every 1.5 s for 60 s");
    }

    @Test
    void anOrderIsTakenBackAsLongAsNoAgentHasBegun() {
        long job = running("a", "7");
        give(anna, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        long id = jdbc.sql("SELECT id FROM job_order").query(Long.class).single();

        assertThat(anna.send("DELETE", orders(job) + "/" + id, "").statusCode()).isEqualTo(200);
        assertThat(agent.send(List.of()).getOrdersList()).isEmpty();
        assertThat(anna.send("DELETE", orders(job) + "/" + id, "").statusCode()).isEqualTo(409);
        give(admin, job, "{\"kind\":\"look\",\"reason\":\"x\"}");
        long admins =
                jdbc.sql("SELECT MAX(id) FROM job_order").query(Long.class).single();
        assertThat(anna.send("DELETE", orders(job) + "/" + admins, "").statusCode())
                .as("an admin's")
                .isEqualTo(403);
    }

    @Test
    void outputComesInParts_andSteersNoTerminal() {
        long job = running("a", "7");
        give(anna, job, "{\"kind\":\"tail\",\"follow_seconds\":60,\"reason\":\"x\"}");
        Order told = order(agent.send(List.of()).getOrders(0));
        assertThat(told.getTail().getLines()).isEqualTo(50);
        long id = told.getOrderId();
        OrderResult.Builder begun = OrderResult.newBuilder().setOrderId(id).setState(OrderResult.State.BEGUN);
        agent.send(List.of(result("a", 900, begun.setTail(part(0, "one\n")))));
        agent.send(List.of(result("a", 900, begun.setTail(part(0, "one\n")))));
        agent.send(List.of(result("a", 901, begun.setTail(part(4, "\u001b[31mtwo\u001b[0m\u202E\n")))));
        long order = jdbc.sql("SELECT id FROM job_order").query(Long.class).single();

        String parts = anna.get(orders(job) + "/" + order + "/output").body();
        assertThat(JsonPath.<List<String>>read(parts, "$.parts[*].text")).containsExactly("one\n", "two\n");
        assertThat(JsonPath.<Boolean>read(parts, "$.over")).isFalse();
        int last = JsonPath.read(parts, "$.parts[0].id");
        agent.send(
                List.of(result("a", 902, OrderResult.newBuilder().setOrderId(id).setState(OrderResult.State.DONE))));
        String rest =
                anna.get(orders(job) + "/" + order + "/output?after=" + last).body();
        assertThat(JsonPath.<List<String>>read(rest, "$.parts[*].text")).containsExactly("two\n");
        assertThat(JsonPath.<Boolean>read(rest, "$.over")).isTrue();
        results.close(now.plus(Duration.ofDays(2)));
        assertThat(anna.get(orders(job) + "/" + order + "/output").body()).contains("\"parts\":[]");
    }

    @Test
    void whatIsNoResultIsRefused() {
        running("a", "7");
        OrderResult.Builder none = OrderResult.newBuilder().setOrderId(5);
        OrderResult.Builder large = none.clone()
                .setState(OrderResult.State.BEGUN)
                .setTail(part(0, "x".repeat(WireContract.MAX_TAIL_BYTES + 1)));

        assertThat(agent.send(List.of(result("a", 900, none), result("a", 901, large)))
                        .getRefusedList())
                .hasSize(2);
    }

    @Test
    void ordersGoWithTheirJob() {
        long job = running("a", "7");
        give(admin, job, "{\"kind\":\"kill\",\"reason\":\"x\"}");
        jdbc.sql("DELETE FROM job").update();

        assertThat(states()).isEmpty();
        assertThat(agent.send(List.of()).getOrdersList()).isEmpty();
        assertThat(admin.get("/api/v1/audit").body()).as("the audit stays").contains("order-kill");
    }

    private static TailPart.Builder part(long offset, String text) {
        return TailPart.newBuilder().setOffset(offset).setData(ByteString.copyFromUtf8(text));
    }

    private void give(HttpVisitor who, long job, String json) {
        HttpResponse<String> answer = who.send("POST", orders(job), json);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    private static String orders(long job) {
        return "/api/v1/jobs/" + job + "/orders";
    }

    private List<String> states() {
        return jdbc.sql("SELECT state FROM slot_order ORDER BY order_id")
                .query((row, number) -> row.getString(1))
                .list();
    }

    private SlotReport result(String slot, long sequence, OrderResult.Builder result) {
        return SlotReport.newBuilder()
                .setSlotId(slot)
                .setSequence(sequence)
                .addOrderResults(result.setTimeMs(now.toEpochMilli()))
                .build();
    }

    private static Order order(SignedOrder signed) {
        try {
            return Order.parseFrom(signed.getOrder());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private Order verified(SignedOrder signed) throws GeneralSecurityException {
        String pem = anna.get("/api/v1/orders/key").body();
        byte[] key = Base64.getMimeDecoder()
                .decode(pem.replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", ""));
        PublicKey known = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(known);
        signature.update(WireContract.ORDER_CONTEXT.getBytes(StandardCharsets.UTF_8));
        signature.update(signed.getOrder().toByteArray());
        assertThat(signature.verify(signed.getSignature().toByteArray())).isTrue();
        return order(signed);
    }

    private long running(String slot, String job) {
        return running(slot, job, "anna");
    }

    private long running(String slot, String job, String user) {
        return running(agent, slot, job, user);
    }

    private long running(TestAgent node, String slot, String job, String user) {
        SlotStory story = slot(slot, job).facts(facts -> facts.setUser(user)).started(now.minusSeconds(60));
        node.tell(story);
        return jdbc.sql("SELECT job_id FROM slot WHERE slot_key = ?")
                .param(slot)
                .query(Long.class)
                .single();
    }

    private HttpVisitor visitor(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return HttpVisitor.withToken(port, apiTokens.issue(name, "t", null).token());
    }
}
