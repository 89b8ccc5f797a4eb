package org.slotwarden.portal.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.database.PatientJdbc;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@PortalTest
class SamplePartitionsTest {

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @Autowired
    PatientJdbc patient;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    DataSource database;

    @Autowired
    SamplePartitions partitions;

    @BeforeEach
    @AfterEach
    void usual() {
        TestPartitions.make(jdbc, today.minusDays(2), today.plusDays(SamplePartitions.AHEAD));
    }

    @Test
    void daysAreThereBeforeTheyBegin() {
        at(today.plusDays(2)).makeAhead();

        assertThat(partitions.all().getLast().day()).isEqualTo(today.plusDays(2 + SamplePartitions.AHEAD));
        insert(today.plusDays(4));
        assertThat(rows("p" + name(today.plusDays(4)))).isEqualTo(1);
    }

    @Test
    void madeTwice_nothingChanges() {
        partitions.makeAhead();
        List<Partition> before = partitions.all();
        partitions.makeAhead();

        assertThat(partitions.all()).isEqualTo(before);
    }

    @Test
    void afterAPauseOfDays_whatCameMeanwhileIsInTheDayBefore() {
        insert(today.plusDays(20));

        at(today.plusDays(30)).makeAhead();

        assertThat(rows("p" + name(today.plusDays(29)))).isEqualTo(1);
        assertThat(partitions.all()).contains(new Partition(today.plusDays(30)));
    }

    @Test
    void aDayIsTakenWithItsRows_andTheNextOneTakesWhatIsOlderFromThenOn() {
        insert(today.minusDays(2));
        insert(today);
        Partition first = partitions.all().getFirst();

        partitions.take(first);

        assertThat(partitions.all().getFirst().day()).isEqualTo(today.minusDays(1));
        assertThat(partitions.allTaken()).containsExactly(first);
        assertThat(rows()).isEqualTo(1);
        insert(today.minusDays(100));
        assertThat(rows("p" + name(today.minusDays(1)))).isEqualTo(1);
        partitions.remove(first);
        assertThat(tables()).isEmpty();
    }

    /** After CONVERT PARTITION any of these lets MariaDB 11.4.5 crash. */
    @Test
    void afterADayWasTakenTheOthersAreReadInAnyOrder() {
        insert(today.minusDays(2));
        insert(today.minusDays(1));
        insert(today);
        Partition first = partitions.all().getFirst();
        partitions.take(first);

        for (String order : List.of("time", "slot_id, time DESC", "cpu_user_seconds")) {
            assertThat(jdbc.sql("SELECT slot_id, time FROM job_sample WHERE slot_id IN (1, 2, 3) ORDER BY " + order)
                            .query((row, number) -> row.getLong(1))
                            .list())
                    .as(order)
                    .containsExactly(1L, 1L);
        }
        assertThat(jdbc.sql("SELECT time FROM job_sample_" + first.name() + " ORDER BY cpu_user_seconds, time")
                        .query((row, number) -> row.getObject(1))
                        .list())
                .hasSize(1);
        partitions.remove(first);
    }

    @Test
    void brokenOffBetweenRowsAndDay_theDayIsTakenAgain() {
        insert(today.minusDays(2));
        Partition first = partitions.all().getFirst();
        String taken = "job_sample_" + first.name();
        patient.execute("CREATE TABLE " + taken + " LIKE job_sample");
        patient.execute("ALTER TABLE " + taken + " REMOVE PARTITIONING");
        patient.execute("ALTER TABLE job_sample EXCHANGE PARTITION " + first.name() + " WITH TABLE " + taken);
        insert(today.minusDays(2));

        assertThatThrownBy(() -> partitions.take(first))
                .as("what was taken is looked at first")
                .isInstanceOf(DataAccessException.class);
        assertThat(partitions.allTaken()).containsExactly(first);
        assertThat(rows()).isEqualTo(1);
        partitions.remove(first);
        partitions.take(first);

        assertThat(rows()).isZero();
        assertThat(partitions.all()).doesNotContain(first);
        partitions.remove(first);
    }

    @Test
    void whileATransactionHasReadTheTable_theDayStays_andNobodyWaitsLong() throws SQLException {
        insert(today.minusDays(2));
        try (Connection reader = database.getConnection()) {
            reader.setAutoCommit(false);
            reader.createStatement()
                    .executeQuery("SELECT COUNT(*) FROM job_sample")
                    .close();

            assertThatThrownBy(() -> partitions.take(partitions.all().getFirst()))
                    .isInstanceOf(DataAccessException.class);

            insert(today);
            reader.rollback();
        }
        assertThat(rows()).isEqualTo(2);
        assertThat(partitions.allTaken()).isEmpty();
    }

    @Test
    void aDayThatIsNotThereIsNotTaken_andNothingIsLeftOfIt() {
        assertThatThrownBy(() -> partitions.take(new Partition(today.minusDays(9))))
                .isInstanceOf(DataAccessException.class);

        assertThat(tables()).isEmpty();
        insert(today);
        assertThat(rows()).as("nobody is locked out").isEqualTo(1);
    }

    /** A column that was added at once is not in the files of older days, and is in that of an empty table. */
    @Test
    void aDayFromBeforeAColumnWasAddedIsTakenWithItsRows() {
        insert(today.minusDays(2));
        Partition first = partitions.all().getFirst();
        patient.execute("ALTER TABLE job_sample ADD COLUMN added_later INT NOT NULL DEFAULT 7, ALGORITHM = INSTANT");
        try {
            insert(today);

            partitions.take(first);

            assertThat(jdbc.sql("SELECT SUM(added_later) FROM " + SamplePartitions.taken(first))
                            .query(Integer.class)
                            .single())
                    .isEqualTo(7);
            assertThat(rows()).isEqualTo(1);
            partitions.remove(first);
        } finally {
            patient.execute("ALTER TABLE job_sample DROP COLUMN added_later");
        }
    }

    @Test
    void tablesOfOthersAreNoDaysThatWereTaken() {
        jdbc.sql("CREATE TABLE job_sample_private (id INT)").update();

        assertThat(partitions.allTaken()).isEmpty();

        jdbc.sql("DROP TABLE job_sample_private").update();
    }

    private SamplePartitions at(LocalDate day) {
        Instant noon = day.atTime(12, 0).toInstant(ZoneOffset.UTC);
        return new SamplePartitions(jdbc, patient, Clock.fixed(noon, ZoneOffset.UTC));
    }

    private void insert(LocalDate day) {
        jdbc.sql("INSERT INTO job_sample (slot_id, time) VALUES (1, ?)")
                .param(day.atTime(1, 0).toInstant(ZoneOffset.UTC))
                .update();
    }

    private long rows() {
        return jdbc.sql("SELECT COUNT(*) FROM job_sample").query(Long.class).single();
    }

    private long rows(String partition) {
        return jdbc.sql("SELECT COUNT(*) FROM job_sample PARTITION (" + partition + ")")
                .query(Long.class)
                .single();
    }

    private List<String> tables() {
        return jdbc.sql("SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = DATABASE() AND table_name LIKE 'job\\_sample\\_%'")
                .query((row, number) -> row.getString(1))
                .list();
    }

    private static String name(LocalDate day) {
        return day.toString().replace("-", "");
    }
}
