package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@PortalTest
class OldDataTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Autowired
    JdbcClient jdbc;

    @Autowired
    JobRemoval removal;

    @Test
    void ofEachClassGoesWhatIsOlderThanItMayBe_andTheRestStays() {
        jdbc.sql("INSERT INTO node (id, name) VALUES (1, 'n1'), (2, 'n2')").update();
        jdbc.sql("INSERT INTO job (id, batch_system, batch_job_id, run, state, last_report_at, ended_at) VALUES"
                        + " (1, 'local', '1', 1, 'COMPLETED', '2019-01-01', '2019-01-01'),"
                        + " (2, 'local', '2', 1, 'COMPLETED', '2029-01-01', '2029-01-01'),"
                        + " (3, 'local', '3', 1, 'RUNNING', '2019-01-01', NULL)")
                .update();
        jdbc.sql(
                        "INSERT INTO slot (id, slot_key, job_id, node_id) VALUES (1, 'a', 1, 1), (2, 'b', 2, 1), (3, 'c', 3, 1)")
                .update();
        jdbc.sql("INSERT INTO sample_block (slot_id, first_at, last_at, samples, out_of_turn, data)"
                        + " SELECT 2, '2029-12-31' - INTERVAL seq DAY, '2029-12-31' - INTERVAL seq DAY, 1, 0, 'x'"
                        + " FROM seq_0_to_999")
                .update();
        jdbc.sql("INSERT INTO sample_rollup (slot_id, first_at, last_at, buckets, data)"
                        + " SELECT 2, '2029-12-31' - INTERVAL seq DAY, '2029-12-31' - INTERVAL seq DAY, 1, 'x'"
                        + " FROM seq_0_to_999")
                .update();
        jdbc.sql(
                        "INSERT INTO node_sample (node_id, time) SELECT 1 + seq % 2, '2029-12-31' - INTERVAL seq HOUR FROM seq_0_to_4799")
                .update();
        jdbc.sql("INSERT INTO job_sample (slot_id, time) VALUES (1, '2018-12-31'), (2, '2028-12-31')")
                .update();

        new OldData(
                        jdbc,
                        removal,
                        new RetentionSettings(
                                Duration.ofDays(2),
                                Duration.ofDays(90),
                                Duration.ofDays(400),
                                Duration.ofDays(100),
                                Duration.ofDays(3650),
                                Duration.ofSeconds(5)),
                        Clock.fixed(NOW, ZoneOffset.UTC))
                .delete();

        assertThat(count("sample_block")).isEqualTo(90);
        assertThat(count("sample_rollup")).isEqualTo(400);
        assertThat(count("node_sample")).isEqualTo(99 * 24 + 1);
        assertThat(jdbc.sql("SELECT id FROM job ORDER BY id").query(Long.class).list())
                .isEqualTo(List.of(2L, 3L));
        assertThat(jdbc.sql("SELECT slot_id FROM job_sample").query(Long.class).list())
                .containsExactly(2L);
    }

    @Test
    void itHasAThreadOfItsOwn() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .contains("deletion of old data", "archiving");
    }

    private long count(String table) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
    }
}
