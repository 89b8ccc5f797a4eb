package org.slotwarden.portal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.TestDatabase;
import org.springframework.util.unit.DataSize;

class EmbeddedMariaDbTest {

    @TempDir
    Path temporary;

    private Path data;

    @BeforeEach
    void aPathLongerThanASocketsMayBe() {
        data = temporary.resolve("a directory with a long name ".repeat(5).strip());
    }

    @Test
    void dataSurviveARestart_andTheServerIsGoneInBetween() throws SQLException {
        long first;
        try (EmbeddedMariaDb database = start()) {
            first = database.pid();
            execute(database, "CREATE TABLE note (text VARCHAR(20)); INSERT INTO note VALUES ('Grüße 🙂')");
        }
        assertThat(ProcessHandle.of(first)).isEmpty();

        try (EmbeddedMariaDb database = start()) {
            assertThat(query(database, "SELECT text FROM note")).isEqualTo("Grüße 🙂");
            assertThat(query(database, "SELECT @@time_zone")).isEqualTo("+00:00");
        }
    }

    @Test
    void committedDataSurviveKillMinus9() throws SQLException {
        try (EmbeddedMariaDb database = start()) {
            execute(database, "CREATE TABLE note (text VARCHAR(20)); INSERT INTO note VALUES ('kept')");
            ProcessHandle server = ProcessHandle.of(database.pid()).orElseThrow();
            server.destroyForcibly();
            server.onExit().join();
        }

        try (EmbeddedMariaDb database = start()) {
            assertThat(query(database, "SELECT text FROM note")).isEqualTo("kept");
        }
    }

    @Test
    void aServerThatWasKilledRunsAgain_atTheSameAddress_untilThePortalEnds() throws SQLException {
        ProcessHandle second;
        try (EmbeddedMariaDb database = start()) {
            execute(database, "CREATE TABLE note (text VARCHAR(20)); INSERT INTO note VALUES ('kept')");
            ProcessHandle first = ProcessHandle.of(database.pid()).orElseThrow();

            first.destroyForcibly();

            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .ignoreExceptions()
                    .until(() -> "kept".equals(query(database, "SELECT text FROM note")));
            assertThat(database.pid()).isNotEqualTo(first.pid());
            second = ProcessHandle.of(database.pid()).orElseThrow();
        }
        assertThat(second.isAlive()).isFalse();
        assertThat(data.resolve("mariadb-login.sql")).doesNotExist();
    }

    @Test
    void aServerLeftBehindByAKilledPortalIsStopped() throws Exception {
        Process leftover;
        try (EmbeddedMariaDb database = start()) {
            execute(database, "CREATE TABLE note (text VARCHAR(20)); INSERT INTO note VALUES ('kept')");
        }
        MariaDbPrograms programs = MariaDbPrograms.unpack(TestDatabase.programs());
        List<String> command = programs.serverCommand(data.resolve("mariadb"));
        command.addAll(List.of(
                "--pid-file=" + data.resolve("mariadb.pid"),
                "--skip-networking",
                "--socket=mariadb.sock",
                "--skip-ssl"));
        leftover = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Awaitility.await().until(() -> Files.exists(data.resolve("mariadb.pid")));

            try (EmbeddedMariaDb database = start()) {
                assertThat(leftover.isAlive()).isFalse();
                assertThat(query(database, "SELECT text FROM note")).isEqualTo("kept");
            }
        } finally {
            leftover.destroyForcibly();
        }
    }

    @Test
    void aPidFileThatNamesSomebodyElsesProcessHarmsNobody() throws Exception {
        start().close();
        Process bystander = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(data.resolve("mariadb.pid"), bystander.pid() + "\n");

            start().close();

            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void twoPortalsDoNotShareADirectory() {
        try (EmbeddedMariaDb database = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Another portal uses");
            assertThat(ProcessHandle.of(database.pid())).isPresent();
        }
    }

    @Test
    void onlyOneAccountLogsIn_withThePasswordThatOnlyTheOwnerReads() throws IOException, SQLException {
        try (EmbeddedMariaDb database = start()) {
            // Without a schema in the URL: an account without rights on ours must not log in either.
            String anySchema = database.jdbcUrl().replace("/" + EmbeddedMariaDb.NAME, "/");
            for (String account : List.of("root", "mysql", EmbeddedMariaDb.NAME, "")) {
                assertThatThrownBy(() -> DriverManager.getConnection(anySchema, account, ""))
                        .as("'%s' without a password", account)
                        .isInstanceOf(SQLException.class);
            }
            DriverManager.getConnection(anySchema, EmbeddedMariaDb.NAME, database.password())
                    .close();
        }
        assertThat(mode(data.resolve("database-password"))).isEqualTo("rw-------");
        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(data.resolve("mariadb-login.sql")).doesNotExist();
    }

    @Test
    void aServerThatDoesNotStartSaysWhy() {
        assertThatThrownBy(() -> new EmbeddedMariaDb(
                        data, TestDatabase.programs(), DataSize.ofMegabytes(32), List.of("--no-such-option")))
                .hasMessageContaining("no-such-option");
        start().close();
    }

    private EmbeddedMariaDb start() {
        return new EmbeddedMariaDb(data, TestDatabase.programs(), DataSize.ofMegabytes(32), List.of());
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void execute(EmbeddedMariaDb database, String statements) throws SQLException {
        try (Connection connection = connect(database);
                var statement = connection.createStatement()) {
            for (String one : statements.split(";")) {
                statement.execute(one);
            }
        }
    }

    private static String query(EmbeddedMariaDb database, String query) throws SQLException {
        try (Connection connection = connect(database);
                ResultSet rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection connect(EmbeddedMariaDb database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), EmbeddedMariaDb.NAME, database.password());
    }
}
