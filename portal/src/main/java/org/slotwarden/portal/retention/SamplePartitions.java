package org.slotwarden.portal.retention;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.PatientJdbc;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The days of {@code job_sample}. Each change of partitions waits a second at most for transactions that go on, for who
 * comes after it waits with it; a change that did not get its turn is tried again later.
 */
@Component
class SamplePartitions implements InitializingBean {

    /** Days that are there before they begin. */
    static final int AHEAD = 3;

    private static final String LAST = "later";
    private static final String TAKEN = "job_sample_";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'p'yyyyMMdd");
    private static final Logger log = LoggerFactory.getLogger(SamplePartitions.class);

    private final JdbcClient jdbc;
    private final PatientJdbc patient;
    private final Clock clock;

    SamplePartitions(JdbcClient jdbc, PatientJdbc patient, Clock clock) {
        this.jdbc = jdbc;
        this.patient = patient;
        this.clock = clock;
    }

    /**
     * Rows of one day; the first has those of earlier days, too.
     *
     * @param day UTC
     */
    record Partition(LocalDate day) {
        String name() {
            return NAME.format(day);
        }

        LocalDate end() {
            return day.plusDays(1);
        }
    }

    /** Before the first report is taken: what goes to the last partition would have to be copied later. */
    @Override
    public void afterPropertiesSet() {
        try {
            makeAhead();
        } catch (DataAccessException e) {
            log.warn("Partitions of job_sample could not be made, which is tried again", e);
        }
    }

    /** By day; without the last one, which is for what is later than any day. */
    List<Partition> all() {
        return jdbc.sql("""
                        SELECT partition_name FROM information_schema.partitions
                        WHERE table_schema = DATABASE() AND table_name = 'job_sample' AND partition_name <> ?
                        ORDER BY partition_ordinal_position
                        """)
                .param(LAST)
                .query((row, number) -> new Partition(LocalDate.parse(row.getString(1), NAME)))
                .list();
    }

    void makeAhead() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate end = all().getLast().end();
        if (end.isAfter(today.plusDays(AHEAD))) {
            return;
        }
        var days = new StringBuilder();
        // After a pause of days the first of them takes what came in no day.
        for (LocalDate day = end.isBefore(today) ? today.minusDays(1) : end;
                !day.isAfter(today.plusDays(AHEAD));
                day = day.plusDays(1)) {
            days.append("PARTITION ")
                    .append(new Partition(day).name())
                    .append(" VALUES LESS THAN ('")
                    .append(day.plusDays(1))
                    .append("'), ");
        }
        patient.execute("ALTER TABLE job_sample WAIT 1 REORGANIZE PARTITION " + LAST + " INTO (" + days + "PARTITION "
                + LAST + " VALUES LESS THAN (MAXVALUE))");
        log.info("Partitions of job_sample reach to {}", today.plusDays(AHEAD));
    }

    /**
     * Takes a day off: its rows are a table of their own from then on, which nobody reads or writes. Locked, for what came
     * to the day after its rows are out would go with it. Broken off in between, the day is there without rows, and is
     * taken again when its time comes, as any other.
     *
     * <p>Not by CONVERT PARTITION, after which each sort of the table's rows lets the server crash (found with MariaDB
     * 11.4.5).
     *
     * @throws DataAccessException when transactions went on that use the table
     */
    void take(Partition partition) {
        String taken = taken(partition);
        patient.execute("CREATE TABLE " + taken + " LIKE job_sample");
        try {
            patient.execute("ALTER TABLE " + taken + " REMOVE PARTITIONING");
            patient.executeLocked(
                    "LOCK TABLES job_sample WRITE, " + taken + " WRITE WAIT 1",
                    List.of(
                            "ALTER TABLE job_sample WAIT 1 EXCHANGE PARTITION " + partition.name() + " WITH TABLE "
                                    + taken,
                            "ALTER TABLE job_sample WAIT 1 DROP PARTITION " + partition.name()));
        } catch (DataAccessException e) {
            removeEmpty(taken, e);
            throw e;
        }
    }

    /** One that has rows is looked at as any that was taken. */
    private void removeEmpty(String taken, DataAccessException why) {
        try {
            boolean empty = jdbc.sql("SELECT 1 FROM " + taken + " LIMIT 1")
                    .query((row, number) -> row.getInt(1))
                    .list()
                    .isEmpty();
            if (empty) {
                patient.execute("DROP TABLE " + taken);
            }
        } catch (DataAccessException e) {
            why.addSuppressed(e);
        }
    }

    /** The table of a day that was taken off. */
    static String taken(Partition partition) {
        return TAKEN + partition.name();
    }

    /** Days that were taken off and are not removed yet: those with which the portal was stopped, too. */
    List<Partition> allTaken() {
        return jdbc.sql("""
                        SELECT table_name FROM information_schema.tables
                        WHERE table_schema = DATABASE() AND table_name REGEXP '^job_sample_p[0-9]{8}$'
                        ORDER BY table_name
                        """)
                .query((row, number) ->
                        new Partition(LocalDate.parse(row.getString(1).substring(TAKEN.length()), NAME)))
                .list();
    }

    /** Removes a day that was taken off. For many gigabytes that takes seconds, in which nobody waits. */
    void remove(Partition taken) {
        patient.execute("DROP TABLE " + taken(taken));
    }
}
