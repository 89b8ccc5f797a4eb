package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalApplication;
import org.slotwarden.portal.TestDatabase;
import org.slotwarden.portal.database.DatabaseAway;
import org.slotwarden.portal.database.EmbeddedMariaDb;
import org.slotwarden.portal.database.PatientJdbc;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.Role;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.CannotCreateTransactionException;

/** A database that says nothing any more, and does not break its connections either. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseGoneTest {

    @TempDir
    static Path data;

    private static ConfigurableApplicationContext portal;
    private static JdbcTemplate jdbc;

    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

    @BeforeAll
    static void start() {
        portal = SpringApplication.run(
                PortalApplication.class,
                "--server.port=0",
                "--slotwarden.data-directory=" + data,
                "--slotwarden.database.server-directory=" + TestDatabase.programs(),
                "--spring.datasource.hikari.connection-timeout=2000",
                "--slotwarden.database.patience=9s",
                "--spring.datasource.hikari.data-source-properties.socketTimeout=3000");
        jdbc = portal.getBean(JdbcTemplate.class);
    }

    @AfterAll
    static void stop() {
        portal.close();
    }

    @Test
    void agentsAreToldToComeBack_andWhenItSpeaksAgainNothingThatWasAcknowledgedIsLost() throws Exception {
        int port = portal.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        var agent = new TestAgent(port, "n1", portal.getBean(NodeTokens.class).issue("n1"));
        agent.tell(slot("a", "7").started(start).sample(start.plusSeconds(30), 30, 100));
        byte[] second = body(agent, slot("a", "7").sample(start.plusSeconds(60), 60, 100));
        byte[] third = body(agent, slot("a", "7").sample(start.plusSeconds(90), 90, 100));
        var stranger =
                new TestAgent(port, "n2", portal.getBean(NodeTokens.class).issue("n2"));
        signal("STOP");
        try {
            HttpResponse<byte[]> answer =
                    answer(stranger, stranger.batch().build().toByteArray());
            assertThat(answer.statusCode())
                    .as("nobody can tell whose token it is")
                    .isEqualTo(503);
            assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
            for (byte[] body : new byte[][] {second, third, second}) {
                assertThat(status(agent, body)).isEqualTo(503);
            }
        } finally {
            signal("CONT");
        }

        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> status(agent, third) == 200);
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> status(agent, second) == 200);
        agent.tell(slot("a", "7").sample(start.plusSeconds(120), 120, 100));

        assertThat(jdbc.queryForList("SELECT cpu_user_seconds FROM job_sample ORDER BY time", Double.class))
                .containsExactly(30.0, 60.0, 90.0, 120.0);
    }

    @Test
    void whoLogsInMeanwhileIsToldThatTheDatabaseIsAway_notThatThePasswordIsWrong(CapturedOutput output)
            throws Exception {
        portal.getBean(Accounts.class).create("anna", "correct horse battery", Role.USER);
        int port = portal.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        HttpVisitor visitor = HttpVisitor.anonymous(port);
        signal("STOP");
        try {
            HttpResponse<String> answer = visitor.logIn("anna", "correct horse battery");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValueAsLong("Retry-After")).isPresent();
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/html");
            Matcher id = Pattern.compile("<code>([-0-9a-f]{36})</code>").matcher(answer.body());
            assertThat(id.find()).as(answer.body()).isTrue();
            assertThat(output.getAll()).contains("a request is answered 503, id " + id.group(1));
        } finally {
            signal("CONT");
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> visitor.logIn("anna", "correct horse battery").statusCode() == 302);
    }

    @Test
    void whyThereWasNoAnswerIsToldApart() throws SQLException {
        assertThat(DatabaseAway.why(catchThrowable(() -> jdbc.execute("DO SLEEP(6)"))))
                .hasValue(DatabaseAway.SLOW);
        assertThat(DatabaseAway.why(catchThrowable(
                        () -> jdbc.execute("SET STATEMENT max_statement_time=0.5 FOR SELECT SLEEP(2) FROM DUAL"))))
                .hasValue(DatabaseAway.SLOW);
        assertThat(DatabaseAway.why(catchThrowable(() -> jdbc.execute("SELECT nonsense"))))
                .isEmpty();

        DataSource pool = portal.getBean(DataSource.class);
        List<Connection> taken = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        while (true) {
                            taken.add(pool.getConnection());
                        }
                    })
                    .satisfies(refused -> assertThat(
                                    DatabaseAway.why(new CannotCreateTransactionException("refused", refused)))
                            .hasValue(DatabaseAway.BUSY));
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }

        try (ServerSocket closed = new ServerSocket(0);
                HikariDataSource nobody = new HikariDataSource()) {
            closed.close();
            nobody.setJdbcUrl("jdbc:mariadb://127.0.0.1:" + closed.getLocalPort() + "/x");
            nobody.setConnectionTimeout(500);
            nobody.setInitializationFailTimeout(-1);
            assertThat(DatabaseAway.why(catchThrowable(nobody::getConnection))).hasValue(DatabaseAway.AWAY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void usualStatementsAreGivenUp_andThoseThatMayTakeLongAreNot() throws SQLException {
        assertThatThrownBy(() -> jdbc.execute("DO SLEEP(6)")).isInstanceOf(DataAccessException.class);

        PatientJdbc patient = portal.getBean(PatientJdbc.class);
        patient.execute("DO SLEEP(6)");
        assertThatThrownBy(() -> patient.execute("DO SLEEP(60)"))
                .as("there is an end to it")
                .isInstanceOf(DataAccessException.class);

        DataSource ofMigrations =
                portal.getBean(Flyway.class).getConfiguration().getDataSource();
        try (Connection connection = ofMigrations.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
        }
        // It is the pool's again.
        try (Connection connection = portal.getBean(DataSource.class).getConnection()) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(3000);
        }
    }

    private static byte[] body(TestAgent agent, SlotStory story) {
        return agent.batch().addAllSlotReports(story.reports()).build().toByteArray();
    }

    private static int status(TestAgent agent, byte[] body) {
        return answer(agent, body).statusCode();
    }

    private static HttpResponse<byte[]> answer(TestAgent agent, byte[] body) {
        return CompletableFuture.supplyAsync(() -> agent.post(body))
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
    }

    private static void signal(String name) throws IOException, InterruptedException {
        long server = portal.getBean(EmbeddedMariaDb.class).pid();
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(server))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
