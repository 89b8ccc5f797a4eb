package org.slotwarden.portal.series;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code job_sample}. */
@Component
class SampleRows {

    private static final String COLUMNS = "time, cpu_user_seconds, cpu_system_seconds, memory_rss_bytes,"
            + " memory_pss_bytes, swap_bytes, read_bytes, write_bytes, read_chars, write_chars, processes, threads,"
            + " open_files, open_sockets";

    /** Rows that the driver holds at a time, however many there are. */
    private static final int FETCH = 1000;

    private static final int INSERT_AT_ONCE = 1000;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    SampleRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /**
     * @throws org.springframework.dao.DuplicateKeyException when the slot has a sample of the same time
     */
    void insert(long slotId, Collection<JobSample> samples) {
        batches.batchUpdate(
                "INSERT INTO job_sample (slot_id, " + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                samples,
                INSERT_AT_ONCE,
                (row, sample) -> set(row, slotId, sample));
    }

    /** Times of the stored samples from {@code first} to {@code last}, both included. */
    Set<Instant> times(long slotId, Instant first, Instant last) {
        return jdbc.sql("SELECT time FROM job_sample WHERE slot_id = ? AND time BETWEEN ? AND ?")
                .params(slotId, first, last)
                .query((row, number) -> time(row))
                .set();
    }

    /** The newest samples, newest first. */
    List<JobSample> newest(long slotId, int count) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM job_sample WHERE slot_id = ? ORDER BY time DESC LIMIT ?")
                .params(slotId, count)
                .query(SampleRows::sample)
                .list();
    }

    List<JobSample> since(long slotId, Instant since) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM job_sample WHERE slot_id = ? AND time >= ? ORDER BY time")
                .params(slotId, since)
                .query(SampleRows::sample)
                .list();
    }

    /** Hands the samples of a stretch on by time, with the one before it and the one after it. */
    void read(long slotId, Instant from, Instant to, Consumer<JobSample> reader) {
        jdbc.sql("SELECT " + COLUMNS + """
                         FROM job_sample WHERE slot_id = :slot
                            AND time >= COALESCE(
                                (SELECT MAX(time) FROM job_sample WHERE slot_id = :slot AND time < :from), :from)
                            AND time <= COALESCE(
                                (SELECT MIN(time) FROM job_sample WHERE slot_id = :slot AND time > :to), :to)
                        ORDER BY time
                        """)
                .withFetchSize(FETCH)
                .param("slot", slotId)
                .param("from", from)
                .param("to", to)
                .query((ResultSet row) -> reader.accept(sample(row, 0)));
    }

    private static void set(PreparedStatement row, long slotId, JobSample sample) throws SQLException {
        row.setLong(1, slotId);
        row.setObject(2, sample.time());
        row.setObject(3, sample.cpuUserSeconds(), Types.DOUBLE);
        row.setObject(4, sample.cpuSystemSeconds(), Types.DOUBLE);
        row.setObject(5, sample.memoryRssBytes(), Types.BIGINT);
        row.setObject(6, sample.memoryPssBytes(), Types.BIGINT);
        row.setObject(7, sample.swapBytes(), Types.BIGINT);
        row.setObject(8, sample.readBytes(), Types.BIGINT);
        row.setObject(9, sample.writeBytes(), Types.BIGINT);
        row.setObject(10, sample.readChars(), Types.BIGINT);
        row.setObject(11, sample.writeChars(), Types.BIGINT);
        row.setObject(12, sample.processes(), Types.INTEGER);
        row.setObject(13, sample.threads(), Types.INTEGER);
        row.setObject(14, sample.openFiles(), Types.INTEGER);
        row.setObject(15, sample.openSockets(), Types.INTEGER);
    }

    private static JobSample sample(ResultSet row, int number) throws SQLException {
        return new JobSample(
                time(row),
                row.getObject("cpu_user_seconds", Double.class),
                row.getObject("cpu_system_seconds", Double.class),
                row.getObject("memory_rss_bytes", Long.class),
                row.getObject("memory_pss_bytes", Long.class),
                row.getObject("swap_bytes", Long.class),
                row.getObject("read_bytes", Long.class),
                row.getObject("write_bytes", Long.class),
                row.getObject("read_chars", Long.class),
                row.getObject("write_chars", Long.class),
                row.getObject("processes", Integer.class),
                row.getObject("threads", Integer.class),
                row.getObject("open_files", Integer.class),
                row.getObject("open_sockets", Integer.class));
    }

    private static Instant time(ResultSet row) throws SQLException {
        return row.getObject("time", Instant.class);
    }
}
