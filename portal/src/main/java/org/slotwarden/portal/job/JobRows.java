package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code job}. What reads for a decision locks the rows until the transaction ends. */
@Component
class JobRows {

    private static final String RUN_COLUMNS = """
            SELECT id, batch_system, cluster, batch_job_id, run, restart_count, requeued_as, uid, user_name, name, node_list, state,
                   started_at, ended_at, last_sample_at, last_report_at
            FROM job
            """;

    /** Seconds: whatever agents tell, a job of which nothing is heard for a day longer than its interval is silent. */
    private static final double MOST_SILENT = 4 * 86_400;

    /** What batch system and user said of a job. */
    private static final List<String> FACTS = List.of(
            "restart_count",
            "node_list",
            "node_count",
            "array_id",
            "array_index",
            "name",
            "user_name",
            "uid",
            "group_name",
            "gid",
            "account",
            "queue",
            "requested_cores",
            "requested_memory_bytes",
            "wall_time_limit_seconds",
            "work_directory",
            "standard_output",
            "standard_error",
            "comment",
            "command",
            "submitted_at");

    private static final String INSERT =
            "INSERT INTO job (batch_system, cluster, batch_job_id, run, state, started_at, last_report_at, "
                    + String.join(", ", FACTS) + ") VALUES ";

    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?" + ", ?".repeat(FACTS.size()) + ")";

    private static final String COMPLETE = FACTS.stream()
            .map(column -> column + " = COALESCE(" + column + ", ?)")
            .collect(Collectors.joining(", ", "UPDATE job SET ", " WHERE id = ?"));

    /** Of one statement, which has to fit into a packet of 16 MB: a list of nodes alone may take most of it. */
    private static final int MOST_ROWS = 100;

    private static final long MOST_CHARACTERS = 1 << 20;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    JobRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
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

    /** All runs that ever had one of these batch ids. */
    Map<BatchId, List<Run>> lockRuns(Set<BatchId> ids) {
        record OfCluster(String batchSystem, String cluster) {}
        Map<BatchId, List<Run>> runs = new HashMap<>();
        // In one order everywhere, for they are locked.
        ids.stream()
                .sorted()
                .collect(Collectors.groupingBy(
                        id -> new OfCluster(id.batchSystem(), id.cluster()), LinkedHashMap::new, Collectors.toList()))
                .forEach((cluster, ofCluster) -> jdbc.sql(RUN_COLUMNS + """
                                FORCE INDEX (job_batch_id)
                                WHERE batch_system = :system AND cluster = :cluster AND batch_job_id IN (:ids)
                                ORDER BY batch_job_id, id FOR UPDATE
                                """)
                        .param("system", cluster.batchSystem())
                        .param("cluster", cluster.cluster())
                        .param("ids", ofCluster.stream().map(BatchId::jobId).toList())
                        .query(JobRows::run)
                        .list()
                        .forEach(run -> runs.computeIfAbsent(run.batchId(), id -> new ArrayList<>())
                                .add(run)));
        return runs;
    }

    /**
     * Opens a run for each.
     *
     * @param openings at most one of each batch id
     * @return the ids of the runs
     * @throws org.springframework.dao.DuplicateKeyException when another transaction opened one of these runs
     */
    Map<BatchId, Long> insert(List<Wave.Opening> openings, Instant now) {
        Map<BatchId, Long> ids = new HashMap<>();
        List<@Nullable Object> values = new ArrayList<>();
        int rows = 0;
        long characters = 0;
        for (Wave.Opening opening : openings) {
            values.addAll(Arrays.<@Nullable Object>asList(
                    opening.batchId().batchSystem(),
                    opening.batchId().cluster(),
                    opening.batchId().jobId(),
                    1 + opening.runs().stream().mapToInt(Run::number).max().orElse(0),
                    JobState.RUNNING.name(),
                    opening.told().startedAt(),
                    now));
            List<@Nullable Object> facts = facts(opening.facts(), opening.restarts());
            values.addAll(facts);
            rows++;
            characters += facts.stream()
                    .mapToLong(value -> value instanceof String text ? text.length() : 0)
                    .sum();
            if (rows == MOST_ROWS || characters >= MOST_CHARACTERS) {
                insert(values, rows, ids);
                values.clear();
                rows = 0;
                characters = 0;
            }
        }
        if (rows > 0) {
            insert(values, rows, ids);
        }
        return ids;
    }

    private void insert(List<@Nullable Object> values, int rows, Map<BatchId, Long> ids) {
        jdbc.sql(INSERT + String.join(", ", Collections.nCopies(rows, ROW))
                        + " RETURNING id, batch_system, cluster, batch_job_id")
                .params(values)
                .query((ResultSet row) -> {
                    ids.put(batchId(row), row.getLong("id"));
                });
    }

    /** What was told of a job that is stored. */
    record Completion(long id, JobFacts facts, @Nullable Integer restarts) {}

    /** Fills in what was not known yet. What is known stays: no report of another node changes it. */
    void complete(List<Completion> told) {
        // One row for a job: the nodes of a large one all say the same.
        Map<Long, List<@Nullable Object>> byJob = new LinkedHashMap<>();
        for (Completion one : told) {
            List<@Nullable Object> values = facts(one.facts(), one.restarts());
            List<@Nullable Object> known = byJob.putIfAbsent(one.id(), values);
            for (int i = 0; known != null && i < values.size(); i++) {
                if (known.get(i) == null) {
                    known.set(i, values.get(i));
                }
            }
        }
        if (!byJob.isEmpty()) {
            List<@Nullable Object[]> rows = new ArrayList<>();
            byJob.forEach((job, values) -> {
                values.add(job);
                rows.add(values.toArray());
            });
            batches.batchUpdate(COMPLETE, rows);
        }
    }

    /** Slurm counts a requeue before the epilogue of the run that it ends: only a prologue's count is the run's. */
    static @Nullable Integer restarts(JobFacts facts, @Nullable Instant startedAt) {
        return startedAt == null ? null : facts.restartCount();
    }

    /** In the order of {@link #FACTS}. */
    private static List<@Nullable Object> facts(JobFacts facts, @Nullable Integer restarts) {
        return new ArrayList<@Nullable Object>(Arrays.<@Nullable Object>asList(
                restarts,
                facts.nodes().isEmpty() ? null : String.join(",", facts.nodes()),
                facts.nodes().isEmpty() ? null : (Integer) facts.nodes().size(),
                facts.arrayId(),
                facts.arrayIndex(),
                facts.name(),
                facts.user(),
                facts.uid(),
                facts.group(),
                facts.gid(),
                facts.account(),
                facts.queue(),
                facts.requestedCores(),
                facts.requestedMemoryBytes(),
                facts.wallTimeLimitSeconds(),
                facts.workDirectory(),
                facts.standardOutput(),
                facts.standardError(),
                facts.comment(),
                facts.command(),
                facts.submittedAt()));
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

    /** How a job ended. */
    record Ended(long id, JobOutcome outcome, @Nullable Instant startedAt) {}

    void ended(List<Ended> jobs) {
        batches.batchUpdate(
                """
                UPDATE job SET state = ?, started_at = ?, ended_at = ?, batch_state = ?, exit_code = ?, end_signal = ?
                WHERE id = ?
                """,
                jobs.stream()
                        .map(job -> new @Nullable Object[] {
                            job.outcome().state().name(),
                            job.startedAt(),
                            job.outcome().endedAt(),
                            job.outcome().batchState(),
                            job.outcome().exitCode(),
                            job.outcome().signal(),
                            job.id()
                        })
                        .toList());
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
                new BatchId(row.getString("batch_system"), row.getString("cluster"), row.getString("batch_job_id")),
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

    private static BatchId batchId(ResultSet row) throws SQLException {
        return new BatchId(row.getString("batch_system"), row.getString("cluster"), row.getString("batch_job_id"));
    }
}
