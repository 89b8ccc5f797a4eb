package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slotwarden.portal.TestDatabase;
import org.slotwarden.portal.database.EmbeddedMariaDb;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.unit.DataSize;

/** From the schema before the history to the newest, with data in it. */
class SchemaUpgradeTest {

    /** On a server that is there already, beside the portal's own. */
    private static final String SCHEMA = "slotwarden_upgrade";

    private static final int SAMPLES = 501;

    @TempDir
    Path directory;

    @Test
    void allThatIsThereSurvives_theSamplesEachInItsDay() {
        String elsewhere = TestDatabase.elsewhere("url");
        if (elsewhere == null) {
            try (EmbeddedMariaDb server =
                    new EmbeddedMariaDb(directory, TestDatabase.programs(), DataSize.ofMegabytes(64), List.of())) {
                upgrade(new DriverManagerDataSource(server.jdbcUrl(), EmbeddedMariaDb.NAME, server.password()));
            }
        } else {
            new JdbcTemplate(elsewhere(elsewhere)).execute("CREATE OR REPLACE DATABASE " + SCHEMA);
            upgrade(elsewhere(elsewhere.replaceFirst("/" + EmbeddedMariaDb.NAME + "(?=$|\\?)", "/" + SCHEMA)));
        }
    }

    private static DriverManagerDataSource elsewhere(String url) {
        return new DriverManagerDataSource(
                url,
                Objects.requireNonNull(TestDatabase.elsewhere("username")),
                Objects.requireNonNull(TestDatabase.elsewhere("password")));
    }

    private static void upgrade(DriverManagerDataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        flyway(database).target("4").load().migrate();
        jdbc.execute("INSERT INTO node (id, name) VALUES (1, 'n1'), (2, 'n2')");
        jdbc.execute("INSERT INTO job (id, batch_system, batch_job_id, run, state, name, open_flags, last_report_at)"
                + " VALUES (1, 'local', '7', 1, 'RUNNING', 'Grüße 🙂', 'hang', UTC_TIMESTAMP()),"
                + " (2, 'slurm', '8', 1, 'COMPLETED', NULL, '', UTC_TIMESTAMP())");
        jdbc.execute("INSERT INTO slot (id, slot_key, job_id, node_id, ended_at)"
                + " VALUES (5, 'a', 1, 1, NULL), (6, 'b', 1, 2, NULL), (7, 'c', 2, 1, UTC_TIMESTAMP())");
        jdbc.execute("INSERT INTO sample_loss (slot_id, sequence, samples, from_at, to_at)"
                + " VALUES (7, 3, 40, '2026-01-01', '2026-01-02')");
        List<String> figures = new ArrayList<>(columns(jdbc, "job_sample"));
        figures.removeAll(List.of("slot_id", "time", "reason"));
        // Figures are missing here and there.
        String values = figures.stream()
                .map(figure ->
                        "IF((seq + " + figure.length() + ") % 7 = 0, NULL, seq + " + figures.indexOf(figure) + ")")
                .collect(Collectors.joining(", "));
        for (int slot = 5; slot <= 7; slot++) {
            jdbc.execute("INSERT INTO job_sample (slot_id, time, reason, " + String.join(", ", figures) + ")"
                    + " SELECT " + slot + ", UTC_TIMESTAMP(3) - INTERVAL seq HOUR, IF(seq % 3 = 0, 'EVENT', NULL), "
                    + values + " FROM seq_0_to_" + (SAMPLES - 1));
        }
        Map<String, List<String>> old = new TreeMap<>();
        tables(jdbc).forEach(table -> old.put(table, columns(jdbc, table)));
        Map<String, String> before = digests(jdbc, old);
        assertThat(before.get("job_sample")).startsWith(3 * SAMPLES + " ");

        flyway(database).load().migrate();

        assertThat(digests(jdbc, old)).isEqualTo(before);
        String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString().replace("-", "");
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM job_sample PARTITION (p" + yesterday + ")", Integer.class))
                .isEqualTo(3 * 24);
        assertThat(jdbc.queryForObject("SELECT MIN(archive_at <= UTC_TIMESTAMP(3)) FROM slot", Boolean.class))
                .isTrue();
        assertThat(jdbc.queryForObject("SELECT GROUP_CONCAT(id) FROM job WHERE flagged", String.class))
                .isEqualTo("1");
        assertThat(jdbc.queryForList("""
                        SELECT t.table_name FROM information_schema.tables t LEFT JOIN information_schema.statistics s
                            ON s.table_schema = t.table_schema AND s.table_name = t.table_name
                            AND s.index_name = 'PRIMARY'
                        WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
                            AND (t.engine <> 'InnoDB' OR s.index_name IS NULL)
                        """, String.class))
                .as("tables that a Galera cluster cannot copy")
                .isEmpty();
    }

    private static FluentConfiguration flyway(DriverManagerDataSource database) {
        return Flyway.configure().dataSource(database);
    }

    private static List<String> tables(JdbcTemplate jdbc) {
        return jdbc.query("""
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'
                """, (row, number) -> row.getString(1));
    }

    private static List<String> columns(JdbcTemplate jdbc, String table) {
        return jdbc.query(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?"
                        + " ORDER BY ordinal_position",
                (row, number) -> row.getString(1),
                table);
    }

    /** By table: how many rows there are, and a digest of what is in these columns. */
    private static Map<String, String> digests(JdbcTemplate jdbc, Map<String, List<String>> columns) {
        Map<String, String> digests = new TreeMap<>();
        columns.forEach((table, some) -> {
            String row = some.stream()
                    .map(column -> "COALESCE(`" + column + "`, '-')")
                    .collect(Collectors.joining(", "));
            digests.put(
                    table,
                    Objects.requireNonNull(jdbc.queryForObject(
                            "SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS('|', " + row
                                    + ")), 12), 16, 10) AS DECIMAL(20))), 0)) FROM `" + table + "`",
                            String.class)));
        });
        return digests;
    }
}
