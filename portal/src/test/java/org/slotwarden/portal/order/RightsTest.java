package org.slotwarden.portal.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalApplication;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.TestDatabase;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.TailPart;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who may do what with a job: each visitor tries each line of {@code rights.txt}. */
@PortalTest
class RightsTest {

    private static final String PASSWORD = "correct horse battery";
    private static final Pattern LINE =
            Pattern.compile("(.+?) +(GET|POST|DELETE) +(\\S+) (-|\\{.*}) +(\\S+) +(\\S+) +(\\S+) +(\\S+)");

    @Autowired
    NodeTokens nodeTokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    Orders orders;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    private long job;
    private long order;

    /** Who tries, and how: in a session or with a token. */
    enum Visitor {
        STRANGER(0, false),
        OWNER(1, false),
        OWNERS_TOKEN(1, true),
        OTHER(2, false),
        OTHERS_TOKEN(2, true),
        ADMIN(3, false),
        ADMINS_TOKEN(3, true);

        private final int column;
        private final boolean token;

        Visitor(int column, boolean token) {
            this.column = column;
            this.token = token;
        }
    }

    /** One line of the table. */
    record Line(String what, String method, String path, String body, List<String> answers) {}

    /** What a site lets owners order. */
    enum Owners {
        AS_DEFAULT("kill,look,tail,interval", "none"),
        ALL("kill,look,tail,interval,log-level,cancel,hold,requeue,comment", "agent"),
        NOTHING("", "none");

        private final String setting;
        /** Who runs commands of the batch system. */
        private final String runBy;

        Owners(String setting, String runBy) {
            this.setting = setting;
            this.runBy = runBy;
        }

        private boolean may(String order) {
            return List.of(setting.split(",")).contains(order);
        }
    }

    /** Portals of their own on the same database: other settings than those of the tests' portal. */
    private static final Map<Owners, ConfigurableApplicationContext> OTHERS = new EnumMap<>(Owners.class);

    @AfterAll
    static void end() {
        OTHERS.values().forEach(ConfigurableApplicationContext::close);
        OTHERS.clear();
    }

    private int port(Owners owners) {
        if (owners == Owners.AS_DEFAULT) {
            return port;
        }
        ConfigurableApplicationContext other = OTHERS.computeIfAbsent(
                owners,
                one -> new SpringApplicationBuilder(PortalApplication.class)
                        .initializers(new TestDatabase())
                        .run(
                                "--server.port=0",
                                "--slotwarden.orders.owners=" + one.setting,
                                "--slotwarden.batch.slurm.run-by=" + one.runBy));
        return other.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    static Stream<Arguments> all() {
        return Arrays.stream(Owners.values())
                .flatMap(owners -> Arrays.stream(Visitor.values()).map(visitor -> Arguments.of(owners, visitor)));
    }

    @BeforeEach
    void aJobWithAnOrderThatWasBegun() throws InvalidProtocolBufferException {
        accounts.create("anna", PASSWORD, Role.USER);
        accounts.create("bert", PASSWORD, Role.USER);
        accounts.create("ada", PASSWORD, Role.ADMIN);
        TestAgent agent = new TestAgent(port, "n1", nodeTokens.issue("n1"));
        agent.tell(slot("a", "7")
                .facts(facts -> facts.setUser("anna"))
                .started(Instant.now().minusSeconds(60)));
        job = jdbc.sql("SELECT id FROM job").query(Long.class).single();
        order = give("ada", true);
        Order told = Order.parseFrom(agent.send(List.of()).getOrders(0).getOrder());
        agent.send(List.of(SlotReport.newBuilder()
                .setSlotId("a")
                .setSequence(900)
                .addOrderResults(OrderResult.newBuilder()
                        .setOrderId(told.getOrderId())
                        .setTimeMs(System.currentTimeMillis())
                        .setState(OrderResult.State.BEGUN)
                        .setEvidence(Evidence.newBuilder().setTakenAtMs(System.currentTimeMillis()))
                        .setTail(TailPart.newBuilder().setData(ByteString.copyFromUtf8("x"))))
                .build()));
    }

    private long give(String who, boolean admin) {
        return orders.give(job, new OrderWish.Tail(false, 1, 0), "x", Actor.of(new Viewer(who, admin)))
                .id();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everybodyMayDoWhatTheTableSaysAndNoMore(Owners owners, Visitor visitor) {
        HttpVisitor http = http(visitor, port(owners));
        SoftAssertions softly = new SoftAssertions();
        for (Line line : table()) {
            HttpResponse<String> answer = send(http, line);
            softly.assertThat(answer.statusCode())
                    .as("%s: %s", visitor, line.what())
                    .isEqualTo(expected(owners, visitor, line));
            if (answer.statusCode() == 404) {
                softly.assertThat(answer.body())
                        .as("%s: %s", visitor, line.what())
                        .doesNotContain("anna", "slurm", "forbidden");
            }
        }
        softly.assertAll();
    }

    @Test
    void everyKindOfOrderHasALine_andAllOfThemAreTried() {
        assertThat(OrderKind.values())
                .extracting(OrderKind::kindName)
                .containsExactlyInAnyOrder(Owners.ALL.setting.split(","));
        assertThat(table().stream().map(Line::what))
                .containsAll(Arrays.stream(OrderKind.values())
                        .map(kind -> "order " + kind.kindName())
                        .toList());
    }

    private static int expected(Owners owners, Visitor visitor, Line line) {
        boolean page = !line.path().startsWith("/api/");
        String answer = line.answers().get(page && visitor.token ? 0 : visitor.column);
        if (answer.matches("\\d+")) {
            return Integer.parseInt(answer);
        }
        if (!answer.equals("batch") && !owners.may(answer)) {
            return 403;
        }
        boolean byAgents = Owners.AS_DEFAULT.may(answer) || answer.equals("log-level");
        return byAgents || owners.runBy.equals("agent") ? 202 : 409;
    }

    private HttpResponse<String> send(HttpVisitor http, Line line) {
        String path = line.path().replace("{job}", Long.toString(job)).replace("{order}", Long.toString(order));
        if (path.contains("{slot}")) {
            path = path.replace(
                    "{slot}",
                    Long.toString(
                            jdbc.sql("SELECT id FROM slot").query(Long.class).single()));
        }
        if (path.contains("{own}")) {
            path = path.replace("{own}", Long.toString(give("anna", false)));
        }
        if (path.contains("{admins}")) {
            path = path.replace("{admins}", Long.toString(give("ada", true)));
        }
        return line.method().equals("GET")
                ? http.get(path)
                : http.send(line.method(), path, line.body().equals("-") ? "" : line.body());
    }

    private HttpVisitor http(Visitor visitor, int port) {
        if (visitor == Visitor.STRANGER) {
            return HttpVisitor.anonymous(port);
        }
        String name = List.of("", "anna", "bert", "ada").get(visitor.column);
        return visitor.token
                ? HttpVisitor.withToken(port, apiTokens.issue(name, "t", null).token())
                : HttpVisitor.loggedIn(port, name, PASSWORD);
    }

    private static List<Line> table() {
        try {
            return new ClassPathResource("rights.txt")
                    .getContentAsString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(LINE::matcher)
                    .map(RightsTest::line)
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Line line(Matcher line) {
        assertThat(line.matches()).as("%s", line).isTrue();
        return new Line(
                line.group(1),
                line.group(2),
                line.group(3),
                line.group(4),
                List.of(line.group(5), line.group(6), line.group(7), line.group(8)));
    }
}
