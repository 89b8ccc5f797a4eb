package org.slotwarden.portal.series;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code job_sample}: a column for each stored {@link Metric}. */
@Component
class SampleRows {

    /** Rows that the driver holds at a time, however many there are. */
    private static final int FETCH = 1000;

    private static final int INSERT_AT_ONCE = 2000;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    SampleRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** In the order in which {@link #sample} reads them. */
    private static String columns(Collection<Metric> stored) {
        return "time, reason"
                + stored.stream().map(metric -> ", " + metric.metricName()).collect(Collectors.joining());
    }

    /** A sample of a slot. */
    record OfSlot(long slotId, JobSample sample) {}

    /**
     * Inserts the samples, those that have the same figures together: a column that is not written costs nothing.
     *
     * @throws org.springframework.dao.DuplicateKeyException when a slot has a sample of the same time
     */
    void insert(Collection<OfSlot> samples) {
        Map<Long, List<OfSlot>> byFigures = new HashMap<>();
        for (OfSlot one : samples) {
            byFigures
                    .computeIfAbsent(one.sample().levels().measured(), figures -> new ArrayList<>())
                    .add(one);
        }
        byFigures.values().forEach(some -> {
            List<Metric> columns = some.getFirst().sample().levels().metrics();
            String insert = "INSERT INTO job_sample (slot_id, " + columns(columns) + ") VALUES (?"
                    + ", ?".repeat(2 + columns.size()) + ")";
            batches.batchUpdate(insert, some, INSERT_AT_ONCE, (row, sample) -> set(row, columns, sample));
        });
    }

    /** Times of the stored samples from {@code first} to {@code last}, both included. */
    Set<Instant> times(long slotId, Instant first, Instant last) {
        return jdbc.sql("SELECT time FROM job_sample WHERE slot_id = ? AND time BETWEEN ? AND ?")
                .params(slotId, first, last)
                .query((row, number) -> time(row))
                .set();
    }

    /** Times of the newest samples, by slot. */
    Map<Long, Instant> newest(Collection<Long> slotIds) {
        Map<Long, Instant> newest = new HashMap<>();
        jdbc.sql("SELECT slot_id, MAX(time) newest FROM job_sample WHERE slot_id IN (:slots) GROUP BY slot_id")
                .param("slots", slotIds)
                .query((ResultSet row) -> {
                    newest.put(row.getLong("slot_id"), row.getObject("newest", Instant.class));
                });
        return newest;
    }

    /** The newest samples that were not held back, newest first. */
    List<JobSample> newestRegular(long slotId, int count) {
        return jdbc.sql("SELECT " + columns(Metric.stored()) + " FROM job_sample WHERE slot_id = ?"
                        + " AND (reason IS NULL OR reason NOT IN ('EVENT', 'ASKED')) ORDER BY time DESC LIMIT ?")
                .params(slotId, count)
                .query((row, number) -> sample(row, Metric.stored()))
                .list();
    }

    /**
     * Hands the samples of a stretch on by time, with the one before it and the one after it.
     *
     * @param parts stored metrics that are read
     */
    void read(long slotId, Collection<Metric> parts, Instant from, Instant to, Consumer<JobSample> reader) {
        jdbc.sql("SELECT " + columns(parts) + """
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
                .query((ResultSet row) -> reader.accept(sample(row, parts)));
    }

    /** Hands the samples of these slots on by time. */
    void since(Collection<Long> slotIds, Collection<Metric> parts, Instant since, BiConsumer<Long, JobSample> reader) {
        if (!slotIds.isEmpty()) {
            jdbc.sql("SELECT " + columns(parts)
                            + ", slot_id FROM job_sample WHERE slot_id IN (:slots) AND time >= :since ORDER BY time")
                    .withFetchSize(FETCH)
                    .param("slots", slotIds)
                    .param("since", since)
                    .query((ResultSet row) -> reader.accept(row.getLong("slot_id"), sample(row, parts)));
        }
    }

    /** From {@code first} to {@code last}, both included; not more than {@code most} are counted. */
    long count(long slotId, Instant first, Instant last, long most) {
        return jdbc.sql("SELECT COUNT(*) FROM (SELECT 1 FROM job_sample WHERE slot_id = ? AND time BETWEEN ? AND ?"
                        + " LIMIT ?) some")
                .params(slotId, first, last, most)
                .query(Long.class)
                .single();
    }

    boolean anyOutOfTurn(long slotId, Instant first, Instant last) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM job_sample WHERE slot_id = ? AND time BETWEEN ? AND ?"
                        + " AND reason IS NOT NULL)")
                .params(slotId, first, last)
                .query(Boolean.class)
                .single();
    }

    /** Samples with a reason, by time; without figures. */
    void outOfTurn(long slotId, Consumer<JobSample> reader) {
        jdbc.sql("SELECT time, reason FROM job_sample WHERE slot_id = ? AND reason IS NOT NULL ORDER BY time")
                .withFetchSize(FETCH)
                .param(slotId)
                .query((ResultSet row) -> reader.accept(sample(row, Set.of())));
    }

    @Nullable
    Instant first(long slotId) {
        return jdbc.sql("SELECT MIN(time) time FROM job_sample WHERE slot_id = ?")
                .param(slotId)
                .query((row, number) -> time(row))
                .optional()
                .orElse(null);
    }

    private static void set(PreparedStatement row, List<Metric> columns, OfSlot one) throws SQLException {
        JobSample sample = one.sample();
        row.setLong(1, one.slotId());
        row.setObject(2, LocalDateTime.ofInstant(sample.time(), ZoneOffset.UTC));
        row.setString(3, reason(sample.reason()));
        for (int i = 0; i < columns.size(); i++) {
            double level = sample.levels().value(i);
            if (columns.get(i).whole()) {
                row.setLong(4 + i, (long) level);
            } else {
                row.setDouble(4 + i, level);
            }
        }
    }

    /** Most are regular: those take no room. */
    private static @Nullable String reason(JobSample.Reason reason) {
        return reason == JobSample.Reason.REGULAR ? null : reason.name();
    }

    /** @param row begins with {@link #columns} of the metrics, in their order */
    private static JobSample sample(ResultSet row, Collection<Metric> metrics) throws SQLException {
        var levels = new Levels.Builder();
        int column = 3;
        for (Metric metric : metrics) {
            double level = row.getDouble(column++);
            if (!row.wasNull()) {
                levels.put(metric, level);
            }
        }
        String reason = row.getString(2);
        return new JobSample(
                row.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                levels.build(),
                reason == null ? JobSample.Reason.REGULAR : JobSample.Reason.valueOf(reason),
                null,
                null,
                List.of());
    }

    private static Instant time(ResultSet row) throws SQLException {
        return row.getObject("time", Instant.class);
    }
}
