package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes rows of {@code slot}; whoever writes holds the lock of the slot's job. */
@Component
class SlotRows {

    /** A stored slot, as far as placing reports and the life cycle need it. */
    record Slot(
            long id,
            String key,
            long jobId,
            long nodeId,
            @Nullable Instant startedAt,
            @Nullable SlotEnd end) {

        Slot withEnd(@Nullable SlotEnd other) {
            return new Slot(id, key, jobId, nodeId, startedAt, other);
        }
    }

    private static final String COLUMNS = """
            SELECT id, slot_key, job_id, node_id, started_at, ended_at, end_cause, batch_state, exit_code, end_signal
            FROM slot
            """;

    private static final String INSERT = """
            INSERT INTO slot (slot_key, job_id, node_id, cores, memory_bytes, started_at, sample_interval_seconds,
                ended_at, end_cause, batch_state, exit_code, end_signal) VALUES
            """;

    private static final String ROW = "(" + String.join(", ", Collections.nCopies(12, "?")) + ")";

    /** With the longest states that are taken, well within a packet of 16 MB. */
    private static final int MOST_INSERTED = 500;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final JsonMapper json;

    SlotRows(JdbcClient jdbc, JdbcTemplate batches, JsonMapper json) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.json = json;
    }

    /** The jobs of these slots; slots that are not known have none. */
    List<Long> jobsOf(Collection<String> keys) {
        return jdbc.sql("SELECT DISTINCT job_id FROM slot WHERE slot_key IN (:keys)")
                .param("keys", keys)
                .query((row, number) -> row.getLong(1))
                .list();
    }

    List<Slot> byKey(Collection<String> keys) {
        return jdbc.sql(COLUMNS + "WHERE slot_key IN (:keys)")
                .param("keys", keys)
                .query(SlotRows::slot)
                .list();
    }

    /** By job. */
    Map<Long, List<Slot>> ofJobs(Collection<Long> jobIds) {
        return jobIds.isEmpty()
                ? Map.of()
                : jdbc
                        .sql(COLUMNS + "FORCE INDEX (slot_job) WHERE job_id IN (:jobs)")
                        .param("jobs", jobIds)
                        .query(SlotRows::slot)
                        .list()
                        .stream()
                        .collect(Collectors.groupingBy(Slot::jobId));
    }

    /**
     * @param told with their jobs
     * @throws org.springframework.dao.DuplicateKeyException when another transaction opened one of these slots
     */
    Map<ToldSlot, Slot> insert(Map<ToldSlot, Long> told) {
        Map<ToldSlot, Slot> inserted = new LinkedHashMap<>();
        List<ToldSlot> all = List.copyOf(told.keySet());
        for (int from = 0; from < all.size(); from += MOST_INSERTED) {
            List<ToldSlot> some = all.subList(from, Math.min(all.size(), from + MOST_INSERTED));
            List<@Nullable Object> values = new ArrayList<>();
            for (ToldSlot one : some) {
                values.addAll(Arrays.asList(one.key(), told.get(one), one.nodeId()));
                values.addAll(columns(one, one.end(null)));
            }
            Map<String, Long> ids = new HashMap<>();
            jdbc.sql(INSERT + String.join(", ", Collections.nCopies(some.size(), ROW)) + " RETURNING id, slot_key")
                    .params(values)
                    .query((ResultSet row) -> {
                        ids.put(row.getString("slot_key"), row.getLong("id"));
                    });
            some.forEach(one -> inserted.put(
                    one,
                    new Slot(
                            Objects.requireNonNull(ids.get(one.key())),
                            one.key(),
                            Objects.requireNonNull(told.get(one)),
                            one.nodeId(),
                            one.startedAt(),
                            one.end(null))));
        }
        return inserted;
    }

    /** Stores what was told of slots that are known. What is known of their begin stays. */
    void tell(Map<ToldSlot, Slot> told) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        told.forEach((news, slot) -> {
            if (news.job() != null || news.changesLife()) {
                List<@Nullable Object> row = columns(news, news.end(slot.end()));
                row.add(slot.id());
                rows.add(row.toArray());
            }
        });
        if (!rows.isEmpty()) {
            batches.batchUpdate("""
                    UPDATE slot SET cores = COALESCE(cores, ?), memory_bytes = COALESCE(memory_bytes, ?),
                        started_at = COALESCE(started_at, ?),
                        sample_interval_seconds = COALESCE(?, sample_interval_seconds),
                        ended_at = ?, end_cause = ?, batch_state = ?, exit_code = ?, end_signal = ?
                    WHERE id = ?
                    """, rows);
        }
    }

    private static List<@Nullable Object> columns(ToldSlot told, @Nullable SlotEnd end) {
        return new ArrayList<@Nullable Object>(Arrays.<@Nullable Object>asList(
                told.cores(),
                told.memoryBytes(),
                told.startedAt(),
                told.sampleIntervalSeconds(),
                end == null ? null : end.at(),
                end == null ? null : end.cause().name(),
                end == null ? null : end.batchState(),
                end == null ? null : end.exitCode(),
                end == null ? null : end.signal()));
    }

    /**
     * Shows the newest figures. What is older than what is shown changes nothing but the peak: of a sample that comes
     * when all others are gone with time, nobody would know that it is not the newest.
     *
     * <p>By way of a temporary table: rows go into it in bulk, and three statements for all slots together cost less
     * than one for each, which the server would prepare again and again (docs/benchmarks.md, storing samples).
     */
    void show(Collection<SlotFigures> slots) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<@Nullable Object[]> progress = new ArrayList<>();
        for (SlotFigures figures : slots) {
            if (figures.at() == null) {
                continue;
            }
            rows.add(new @Nullable Object[] {
                figures.slotId(),
                figures.at(),
                figures.coresUsed(),
                figures.cpuSeconds(),
                figures.memoryRssBytes(),
                figures.peakMemoryRssBytes(),
                figures.readBytes(),
                figures.writeBytes(),
                figures.processes(),
                figures.openSockets(),
                json.writeValueAsString(figures.latest()),
                figures.membership()
            });
            JobProgress told = figures.progress();
            if (told != null) {
                progress.add(new @Nullable Object[] {told.fraction(), told.text(), told.at(), figures.slotId()});
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        batches.execute("""
                CREATE OR REPLACE TEMPORARY TABLE shown (
                    slot_id BIGINT NOT NULL PRIMARY KEY, at DATETIME(3) NOT NULL, cores_used DOUBLE, cpu_seconds DOUBLE,
                    memory_rss_bytes BIGINT, peak BIGINT, read_bytes BIGINT, write_bytes BIGINT, processes INT,
                    open_sockets INT, latest_figures TEXT CHARACTER SET utf8mb4, membership VARCHAR(24)
                        CHARACTER SET utf8mb4 COLLATE utf8mb4_bin) ENGINE = InnoDB
                """);
        batches.batchUpdate("INSERT INTO shown VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows);
        batches.execute("""
                UPDATE shown STRAIGHT_JOIN slot FORCE INDEX (PRIMARY) ON slot.id = shown.slot_id SET
                    slot.max_memory_rss_bytes = GREATEST(
                        COALESCE(slot.max_memory_rss_bytes, shown.peak), COALESCE(shown.peak, slot.max_memory_rss_bytes)),
                    slot.membership = COALESCE(shown.membership, slot.membership)
                WHERE shown.peak > COALESCE(slot.max_memory_rss_bytes, -1)
                    OR COALESCE(shown.membership <> slot.membership, shown.membership IS NOT NULL)
                """);
        batches.execute("""
                UPDATE shown STRAIGHT_JOIN slot FORCE INDEX (PRIMARY) ON slot.id = shown.slot_id
                    STRAIGHT_JOIN job FORCE INDEX (PRIMARY) ON job.id = slot.job_id SET
                    slot.archive_at = UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE
                WHERE slot.archive_at IS NULL OR (slot.archive_at <= UTC_TIMESTAMP(3)
                    AND (slot.ended_at IS NOT NULL OR job.state NOT IN ('RUNNING', 'SILENT')))
                """);
        batches.execute("""
                UPDATE shown STRAIGHT_JOIN slot FORCE INDEX (PRIMARY) ON slot.id = shown.slot_id SET
                    slot.last_sample_at = shown.at, slot.cores_used = shown.cores_used,
                    slot.cpu_seconds = shown.cpu_seconds, slot.memory_rss_bytes = shown.memory_rss_bytes,
                    slot.read_bytes = shown.read_bytes, slot.write_bytes = shown.write_bytes,
                    slot.processes = shown.processes, slot.open_sockets = shown.open_sockets,
                    slot.latest_figures = shown.latest_figures
                WHERE slot.last_sample_at IS NULL OR slot.last_sample_at <= shown.at
                """);
        if (!progress.isEmpty()) {
            batches.batchUpdate(
                    "UPDATE slot SET progress_fraction = ?, progress_text = ?, progress_at = ? WHERE id = ?", progress);
        }
    }

    /**
     * These jobs have ended, or something more was told of them: their samples are archived once the last of them
     * should have come. The time changes in any case, by which whoever archives right now learns that there may be
     * more.
     */
    void archiveSoonOf(Collection<Long> jobIds) {
        jdbc.sql("UPDATE slot FORCE INDEX (slot_job) SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE"
                        + " WHERE job_id IN (:jobs)")
                .param("jobs", jobIds)
                .update();
    }

    /** Samples came of a time that may have been archived already. */
    void archiveSoon(Collection<Long> slotIds) {
        if (!slotIds.isEmpty()) {
            jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE WHERE id IN (:slots)")
                    .param("slots", slotIds)
                    .update();
        }
    }

    /** The job goes on after all. */
    void keepArchiving(long jobId) {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 12 HOUR WHERE job_id = ?")
                .param(jobId)
                .update();
    }

    private static Slot slot(ResultSet row, int number) throws SQLException {
        Instant endedAt = row.getObject("ended_at", Instant.class);
        return new Slot(
                row.getLong("id"),
                row.getString("slot_key"),
                row.getLong("job_id"),
                row.getLong("node_id"),
                row.getObject("started_at", Instant.class),
                endedAt == null
                        ? null
                        : new SlotEnd(
                                endedAt,
                                SlotEnd.Cause.valueOf(row.getString("end_cause")),
                                row.getString("batch_state"),
                                row.getObject("exit_code", Integer.class),
                                row.getObject("end_signal", Integer.class)));
    }
}
