package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
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

    @Test
    void theSamplesThatAreThereSurvive_eachInItsDay(@TempDir Path directory) {
        try (EmbeddedMariaDb server =
                new EmbeddedMariaDb(directory, TestDatabase.programs(), DataSize.ofMegabytes(64), List.of())) {
            var database = new DriverManagerDataSource(server.jdbcUrl(), EmbeddedMariaDb.NAME, server.password());
            JdbcTemplate jdbc = new JdbcTemplate(database);
            flyway(database).target("4").load().migrate();
            jdbc.execute("INSERT INTO node (id, name) VALUES (1, 'n1')");
            jdbc.execute("INSERT INTO job (id, batch_system, batch_job_id, run, state, last_report_at)"
                    + " VALUES (1, 'local', '7', 1, 'RUNNING', UTC_TIMESTAMP())");
            jdbc.execute("INSERT INTO slot (id, slot_key, job_id, node_id) VALUES (5, 'a', 1, 1)");
            jdbc.execute("""
                    INSERT INTO job_sample (slot_id, time, cpu_user_seconds, reason)
                    SELECT 5, UTC_TIMESTAMP(3) - INTERVAL seq HOUR, seq / 100, IF(seq % 3 = 0, 'EVENT', NULL)
                    FROM seq_0_to_500
                    """);

            flyway(database).load().migrate();

            assertThat(jdbc.queryForObject(
                            "SELECT CONCAT(COUNT(*), ' ', ROUND(SUM(cpu_user_seconds), 3), ' ', COUNT(reason)) FROM job_sample",
                            String.class))
                    .isEqualTo("501 1252.500 167");
            String yesterday =
                    LocalDate.now(ZoneOffset.UTC).minusDays(1).toString().replace("-", "");
            assertThat(jdbc.queryForObject(
                            "SELECT COUNT(*) FROM job_sample PARTITION (p" + yesterday + ")", Integer.class))
                    .isEqualTo(24);
            assertThat(jdbc.queryForObject("SELECT archive_at <= UTC_TIMESTAMP(3) FROM slot", Boolean.class))
                    .isTrue();
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
    }

    private static FluentConfiguration flyway(DriverManagerDataSource database) {
        return Flyway.configure().dataSource(database);
    }
}
