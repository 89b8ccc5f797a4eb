package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
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
            @Nullable SlotEnd end) {}

    private static final String COLUMNS = """
            SELECT id, slot_key, job_id, node_id, started_at, ended_at, end_cause, batch_state, exit_code, end_signal
            FROM slot
            """;

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
        return jdbc.sql(COLUMNS + "WHERE job_id IN (:jobs)").param("jobs", jobIds).query(SlotRows::slot).list().stream()
                .collect(Collectors.groupingBy(Slot::jobId));
    }

    /** Which of these jobs have a slot on this node. */
    Set<Long> jobsOnNode(long nodeId, Collection<Long> jobIds) {
        return jobIds.isEmpty()
                ? Set.of()
                : jdbc.sql("SELECT job_id FROM slot WHERE node_id = :node AND job_id IN (:jobs)")
                        .param("node", nodeId)
                        .param("jobs", jobIds)
                        .query((row, number) -> row.getLong(1))
                        .set();
    }

    /**
     * @throws org.springframework.dao.DuplicateKeyException when another transaction opened this slot
     */
    Slot insert(long jobId, long nodeId, List<SlotNews> news) {
        Integer cores = null;
        Long memory = null;
        Instant startedAt = null;
        Double interval = null;
        SlotEnd end = null;
        for (SlotNews one : news) {
            cores = cores == null ? one.cores() : cores;
            memory = memory == null ? one.memoryBytes() : memory;
            startedAt = startedAt == null ? one.startedAt() : startedAt;
            interval = one.sampleIntervalSeconds() == null ? interval : one.sampleIntervalSeconds();
            end = one.end() == null ? end : one.end().and(end);
        }
        String key = news.getFirst().slotId();
        var id = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO slot (slot_key, job_id, node_id, cores, memory_bytes, started_at,
                            sample_interval_seconds, ended_at, end_cause, batch_state, exit_code, end_signal)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(Arrays.asList(
                        key,
                        jobId,
                        nodeId,
                        cores,
                        memory,
                        startedAt,
                        interval,
                        end == null ? null : end.at(),
                        end == null ? null : end.cause().name(),
                        end == null ? null : end.batchState(),
                        end == null ? null : end.exitCode(),
                        end == null ? null : end.signal()))
                .update(id, "id");
        return new Slot(Objects.requireNonNull(id.getKey()).longValue(), key, jobId, nodeId, startedAt, end);
    }

    /** @return the slot with all that is known of its end now */
    Slot tell(Slot slot, SlotNews news) {
        SlotEnd end = news.end() == null ? slot.end() : news.end().and(slot.end());
        jdbc.sql("""
                        UPDATE slot SET
                            cores = COALESCE(cores, :cores),
                            memory_bytes = COALESCE(memory_bytes, :memory),
                            started_at = COALESCE(started_at, :startedAt),
                            sample_interval_seconds = COALESCE(:interval, sample_interval_seconds),
                            ended_at = :endedAt, end_cause = :cause, batch_state = :batchState,
                            exit_code = :exitCode, end_signal = :signal
                        WHERE id = :id
                        """)
                .param("cores", news.cores())
                .param("memory", news.memoryBytes())
                .param("startedAt", news.startedAt())
                .param("interval", news.sampleIntervalSeconds())
                .param("endedAt", end == null ? null : end.at())
                .param("cause", end == null ? null : end.cause().name())
                .param("batchState", end == null ? null : end.batchState())
                .param("exitCode", end == null ? null : end.exitCode())
                .param("signal", end == null ? null : end.signal())
                .param("id", slot.id())
                .update();
        return new Slot(slot.id(), slot.key(), slot.jobId(), slot.nodeId(), slot.startedAt(), end);
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
     * The job has ended, or something more was told of it: its samples are archived once the last of them should have
     * come. The time changes in any case, by which whoever archives right now learns that there may be more.
     */
    void archiveSoon(long jobId) {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE WHERE job_id = ?")
                .param(jobId)
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
