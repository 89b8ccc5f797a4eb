package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code job}. What reads for a decision locks the rows until the transaction ends. */
@Component
class JobRows {

    private static final String RUN_COLUMNS = """
            SELECT id, batch_system, run, restart_count, requeued_as, uid, user_name, name, node_list, state,
                   started_at, ended_at, last_sample_at, last_report_at
            FROM job
            """;

    /** Seconds: whatever agents tell, a job of which nothing is heard for a day longer than its interval is silent. */
    private static final double MOST_SILENT = 4 * 86_400;

    private final JdbcClient jdbc;

    JobRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Run> lock(Collection<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        // Whatever the optimizer thinks of so many: who looks through the table waits for all that others have locked.
        return jdbc.sql(RUN_COLUMNS + "FORCE INDEX (PRIMARY) WHERE id IN (:ids) ORDER BY id FOR UPDATE")
                .param("ids", ids)
                .query(JobRows::run)
                .list();
    }

    /** All runs that ever had this batch id. */
    List<Run> lockRuns(JobFacts facts) {
        return jdbc.sql(RUN_COLUMNS
                        + "WHERE batch_system = ? AND cluster = ? AND batch_job_id = ? ORDER BY id FOR UPDATE")
                .params(facts.batchSystem(), facts.cluster(), facts.jobId())
                .query(JobRows::run)
                .list();
    }

    /**
     * @throws org.springframework.dao.DuplicateKeyException when another transaction opened this run
     */
    long insert(JobFacts facts, int run, @Nullable Integer restarts, @Nullable Instant startedAt, Instant now) {
        Map<String, @Nullable Object> columns = columns(facts, restarts);
        columns.put("batch_system", facts.batchSystem());
        columns.put("cluster", facts.cluster());
        columns.put("batch_job_id", facts.jobId());
        columns.put("run", run);
        columns.put("state", JobState.RUNNING.name());
        columns.put("started_at", startedAt);
        columns.put("last_report_at", now);
        var key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO job (" + String.join(", ", columns.keySet()) + ") VALUES (:"
                        + String.join(", :", columns.keySet()) + ")")
                .params(columns)
                .update(key, "id");
        return Objects.requireNonNull(key.getKey()).longValue();
    }

    /** Fills in what was not known yet. What is known stays: no report of another node changes it. */
    void complete(long id, JobFacts facts, @Nullable Integer restarts) {
        Map<String, @Nullable Object> columns = columns(facts, restarts);
        columns.values().removeIf(value -> value == null);
        if (columns.isEmpty()) {
            return;
        }
        String assignments = columns.keySet().stream()
                .map(column -> column + " = COALESCE(" + column + ", :" + column + ")")
                .collect(Collectors.joining(", "));
        jdbc.sql("UPDATE job SET " + assignments + " WHERE id = :id")
                .params(columns)
                .param("id", id)
                .update();
    }

    private static Map<String, @Nullable Object> columns(JobFacts facts, @Nullable Integer restarts) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("restart_count", restarts);
        columns.put("node_list", facts.nodes().isEmpty() ? null : String.join(",", facts.nodes()));
        columns.put("node_count", facts.nodes().isEmpty() ? null : facts.nodes().size());
        columns.put("array_id", facts.arrayId());
        columns.put("array_index", facts.arrayIndex());
        columns.put("name", facts.name());
        columns.put("user_name", facts.user());
        columns.put("uid", facts.uid());
        columns.put("group_name", facts.group());
        columns.put("gid", facts.gid());
        columns.put("account", facts.account());
        columns.put("queue", facts.queue());
        columns.put("requested_cores", facts.requestedCores());
        columns.put("requested_memory_bytes", facts.requestedMemoryBytes());
        columns.put("wall_time_limit_seconds", facts.wallTimeLimitSeconds());
        columns.put("work_directory", facts.workDirectory());
        columns.put("standard_output", facts.standardOutput());
        columns.put("standard_error", facts.standardError());
        columns.put("comment", facts.comment());
        columns.put("command", facts.command());
        columns.put("submitted_at", facts.submittedAt());
        return columns;
    }

    void heard(Collection<Long> ids, Instant now) {
        if (!ids.isEmpty()) {
            jdbc.sql("UPDATE job SET last_report_at = :now WHERE id IN (:ids)")
                    .param("now", now)
                    .param("ids", ids)
                    .update();
        }
    }

    void requeuedAs(long id, long next) {
        jdbc.sql("UPDATE job SET requeued_as = ? WHERE id = ?").params(next, id).update();
    }

    void live(long id, JobState state, @Nullable Instant startedAt) {
        jdbc.sql("UPDATE job SET state = :state, started_at = :startedAt, ended_at = NULL WHERE id = :id")
                .param("state", state.name())
                .param("startedAt", startedAt)
                .param("id", id)
                .update();
    }

    void ended(long id, JobOutcome outcome, @Nullable Instant startedAt) {
        jdbc.sql("""
                        UPDATE job SET state = :state, started_at = :startedAt, ended_at = :endedAt,
                            batch_state = :batchState, exit_code = :exitCode, end_signal = :signal
                        WHERE id = :id
                        """)
                .param("state", outcome.state().name())
                .param("startedAt", startedAt)
                .param("endedAt", outcome.endedAt())
                .param("batchState", outcome.batchState())
                .param("exitCode", outcome.exitCode())
                .param("signal", outcome.signal())
                .param("id", id)
                .update();
    }

    /**
     * Adds the figures of the slots up: gauges over the slots still there, or over all when the job has
     * ended; counters over all. The bounds keep a sum of absurd figures within its column. The indexes are named: an
     * update of several tables locks all rows that it looks at, and waits for those that others have locked.
     */
    void addUpFigures(Collection<Long> ids, Instant now) {
        if (!ids.isEmpty()) {
            jdbc.sql("""
                            UPDATE (
                                SELECT s.job_id, MAX(s.last_sample_at) last_sample_at,
                                    SUM(IF(there, s.cores_used, NULL)) cores_used,
                                    SUM(s.cpu_seconds) cpu_seconds,
                                    SUM(IF(there, s.memory_rss_bytes, NULL)) memory_rss_bytes,
                                    SUM(s.max_memory_rss_bytes) max_memory_rss_bytes,
                                    SUM(s.read_bytes) read_bytes,
                                    SUM(s.write_bytes) write_bytes,
                                    SUM(IF(there, s.processes, NULL)) processes,
                                    SUM(IF(there, s.open_sockets, NULL)) open_sockets
                                FROM (SELECT slot.*, slot.ended_at IS NULL OR job.ended_at IS NOT NULL there
                                      FROM slot FORCE INDEX (slot_job)
                                      STRAIGHT_JOIN job FORCE INDEX (PRIMARY) ON job.id = slot.job_id
                                      WHERE slot.job_id IN (:ids)) s
                                GROUP BY s.job_id) f STRAIGHT_JOIN job j ON j.id = f.job_id
                            SET j.last_report_at = GREATEST(j.last_report_at, :now),
                                j.last_sample_at = f.last_sample_at, j.cores_used = f.cores_used,
                                j.cpu_seconds = f.cpu_seconds,
                                j.memory_rss_bytes = LEAST(f.memory_rss_bytes, 9007199254740992),
                                j.max_memory_rss_bytes = LEAST(f.max_memory_rss_bytes, 9007199254740992),
                                j.read_bytes = LEAST(f.read_bytes, 9007199254740992),
                                j.write_bytes = LEAST(f.write_bytes, 9007199254740992),
                                j.processes = LEAST(f.processes, 2147483647),
                                j.open_sockets = LEAST(f.open_sockets, 2147483647)
                            """).param("now", now).param("ids", ids).update();
        }
    }

    /**
     * A job of which nothing was heard lately.
     *
     * @param mayBeSilentFor by the intervals at which it is sampled
     */
    record Unheard(long id, Instant lastReportAt, Duration mayBeSilentFor) {}

    /**
     * Running jobs not heard of for {@code atLeast}. They may be silent for {@code intervals} of their sampling
     * intervals, and of what their agent told that it sampled later, because it may not use more CPU time. One that has
     * only just begun to be late does not know how late it will be: its last look may be one percent of a core's time
     * until the next one, which is the least that it can be told to use.
     */
    List<Unheard> unheard(Instant now, int intervals, Duration atLeast) {
        return jdbc.sql("""
                        SELECT j.id, j.last_report_at, MAX(GREATEST(
                            :intervals * (COALESCE(s.sample_interval_seconds, 0) + COALESCE(a.sample_late_seconds, 0)),
                            IF(a.errors LIKE '%"samples-stretched"%' AND a.sample_late_seconds < a.sample_cpu_seconds,
                                100 * a.sample_cpu_seconds, 0))) seconds
                        FROM job j LEFT JOIN slot s ON s.job_id = j.id
                        LEFT JOIN agent_process a ON a.node_id = s.node_id
                            AND a.heard_at >= j.last_report_at - INTERVAL 10 MINUTE
                        WHERE j.state = 'RUNNING' AND j.last_report_at < :latest
                        GROUP BY j.id, j.last_report_at
                        """)
                .param("latest", now.minus(atLeast))
                .param("intervals", intervals)
                .query((row, number) -> new Unheard(
                        row.getLong("id"),
                        row.getObject("last_report_at", Instant.class),
                        Duration.ofMillis(Math.round(1000 * Math.min(row.getDouble("seconds"), MOST_SILENT)))))
                .list();
    }

    /** Silent jobs last heard of before {@code latest} that the batch system must have ended by {@code now}. */
    List<Unheard> lost(Instant now, Instant latest) {
        return jdbc.sql("""
                        SELECT id, last_report_at FROM job WHERE state = 'SILENT' AND last_report_at < :latest
                            AND (started_at IS NULL OR wall_time_limit_seconds IS NULL
                                OR TIMESTAMPDIFF(SECOND, started_at, :now) > wall_time_limit_seconds)
                        """)
                .param("latest", latest)
                .param("now", now)
                .query((row, number) ->
                        new Unheard(row.getLong("id"), row.getObject("last_report_at", Instant.class), Duration.ZERO))
                .list();
    }

    private static Run run(ResultSet row, int number) throws SQLException {
        String nodes = row.getString("node_list");
        return new Run(
                row.getLong("id"),
                row.getString("batch_system"),
                row.getInt("run"),
                row.getObject("restart_count", Integer.class),
                row.getObject("requeued_as", Long.class),
                row.getObject("uid", Long.class),
                row.getString("user_name"),
                row.getString("name"),
                nodes == null ? Set.of() : Set.of(nodes.split(",")),
                JobState.valueOf(row.getString("state")),
                row.getObject("started_at", Instant.class),
                row.getObject("ended_at", Instant.class),
                row.getObject("last_sample_at", Instant.class),
                row.getObject("last_report_at", Instant.class));
    }
}
