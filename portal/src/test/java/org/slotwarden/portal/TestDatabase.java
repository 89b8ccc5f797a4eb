package org.slotwarden.portal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.EmbeddedMariaDb;
import org.slotwarden.portal.database.RowCache;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.unit.DataSize;

/**
 * The one real MariaDB of a test run: started when the first test asks for it, below {@code target/},
 * stopped when the JVM ends; or another one that is there already ({@code portal/test-on}). The portal under test uses it in external mode, and finds its tables
 * empty at the begin of every test method. See {@link PortalTest}.
 */
public final class TestDatabase
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, TestExecutionListener {

    /** Beginning of the system properties that say where another server is. */
    private static final String ELSEWHERE = "slotwarden.test.database.";

    private static final Path DATA = Path.of("target/test-data").toAbsolutePath();

    private static final class Server {
        static final EmbeddedMariaDb RUNNING = start();

        private static EmbeddedMariaDb start() {
            clear(DATA);
            // A crash of the machine may lose what these tests wrote, which spares them a thousand syncs.
            EmbeddedMariaDb server = new EmbeddedMariaDb(
                    DATA,
                    programs(),
                    DataSize.ofMegabytes(64),
                    List.of("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--sync-binlog=0"));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-test-database"));
            return server;
        }
    }

    /** Where the tests' servers have their programs: unpacked once for all runs until {@code mvn clean}. */
    public static Path programs() {
        return Path.of("target/mariadb-server").toAbsolutePath();
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of(
                        "slotwarden.database.mode=external",
                        // Whoever has an answer finds what was told in lists, too.
                        "slotwarden.ingest.shown-after=0s",
                        // Tests say themselves when it is time.
                        "slotwarden.retention.look-every=365d",
                        "slotwarden.retention.archive-every=365d",
                        "slotwarden.policies.look-every=365d",
                        "slotwarden.notices.look-every=365d",
                        "slotwarden.storage.look-every=365d",
                        "slotwarden.data-directory=" + DATA.resolve("portal"),
                        "spring.datasource.url=" + dataSource("url", () -> Server.RUNNING.jdbcUrl()),
                        "spring.datasource.username=" + dataSource("username", () -> EmbeddedMariaDb.NAME),
                        "spring.datasource.password=" + dataSource("password", () -> Server.RUNNING.password()))
                .applyTo(context);
    }

    private static String dataSource(String what, Supplier<String> embedded) {
        String elsewhere = elsewhere(what);
        return elsewhere == null ? embedded.get() : elsewhere;
    }

    /**
     * Where the server is, if it is not the embedded one.
     *
     * @param what url, username or password
     */
    public static @Nullable String elsewhere(String what) {
        return System.getProperty(ELSEWHERE + what);
    }

    @Override
    public void beforeTestMethod(TestContext test) {
        JdbcTemplate jdbc = test.getApplicationContext().getBean(JdbcTemplate.class);
        List<String> tables = jdbc.query("""
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'
                """, (row, number) -> row.getString(1));
        jdbc.execute((Connection connection) -> {
            try (var statement = connection.createStatement()) {
                statement.execute("SET foreign_key_checks = 0");
                for (String table : tables) {
                    statement.execute("DELETE FROM `" + table + "`");
                }
                return statement.execute("SET foreign_key_checks = 1");
            }
        });
        test.getApplicationContext().getBeanProvider(RowCache.class).forEach(RowCache::forget);
    }

    private static void clear(Path directory) {
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
