package org.slotwarden.portal.policy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.job.JobState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Flags that were raised, job by job, for back-tests. */
@Repository
@ReadsOnly
class PastFlags {

    private static final int AT_ONCE = 1000;

    private final JdbcClient jdbc;

    PastFlags(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param killAt when it became worth a kill; null: never, or not known when
     * @param until cleared, or the end of the job; null: it stands
     */
    record Past(
            FlaggedJob.Standing flag,
            Instant raisedAt,
            @Nullable Instant killAt,
            @Nullable Instant until) {}

    /**
     * @param flags by time
     * @param cores asked for
     */
    record OfJob(
            FlaggedJob job,
            List<Past> flags,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Integer exitCode,
            @Nullable Integer signal,
            @Nullable Integer cores) {

        boolean ended() {
            return !job.state().live();
        }

        /** Exit code 0 of a state that says nothing else, too. */
        boolean endedWell() {
            return switch (job.state()) {
                case COMPLETED -> true;
                case FAILED, VANISHED -> exitCode != null && exitCode == 0 && signal == null;
                default -> false;
            };
        }
    }

    long finishedJobs(Instant from, Instant to) {
        return jdbc.sql("SELECT COUNT(*) FROM job WHERE ended_at >= ? AND ended_at < ?"
                        + " AND state NOT IN ('RUNNING', 'SILENT')")
                .params(from, to)
                .query(Long.class)
                .single();
    }

    /** Jobs of which flags were raised between two moments, in the order of their ids. */
    void each(Instant from, Instant to, boolean nodes, Consumer<OfJob> told) {
        Map<Long, List<String>> onNodes = nodes ? nodes(from, to) : Map.of();
        var current = new Object() {
            @Nullable
            OfJob job;
        };
        jdbc.sql("SELECT f.id flag_id, " + CaseStore.KIND + " flag_kind, f.severity, f.raised_at, f.kill_at,"
                        + " f.cleared_at, j.id, j.batch_system, j.cluster, j.batch_job_id, j.state, j.last_report_at,"
                        + " j.name job_name,"
                        + " j.user_name, j.group_name, j.account, j.queue, j.started_at, j.ended_at, j.exit_code,"
                        + " j.end_signal, j.requested_cores,"
                        + " COALESCE(LOCATE(:optOut, j.comment), 0) > 0 opted_out FROM " + CaseStore.flags()
                        + " JOIN job j ON j.id = f.job_id WHERE f.raised_at >= :from AND f.raised_at < :to"
                        + " ORDER BY f.job_id, f.raised_at, f.id")
                .withFetchSize(AT_ONCE)
                .param("optOut", FlaggedJob.OPT_OUT)
                .param("from", from)
                .param("to", to)
                .query((ResultSet row) -> {
                    OfJob job = current.job;
                    if (job == null || job.job().id() != row.getLong("id")) {
                        if (job != null) {
                            told.accept(job);
                        }
                        job = job(row, onNodes.getOrDefault(row.getLong("id"), List.of()));
                        current.job = job;
                    }
                    job.flags().add(past(row, job));
                });
        if (current.job != null) {
            told.accept(current.job);
        }
    }

    private static Past past(ResultSet row, OfJob job) throws SQLException {
        Instant cleared = row.getObject("cleared_at", Instant.class);
        return new Past(
                new FlaggedJob.Standing(
                        row.getLong("flag_id"),
                        row.getString("flag_kind"),
                        Severity.valueOf(row.getString("severity")),
                        ""),
                row.getObject("raised_at", Instant.class),
                row.getObject("kill_at", Instant.class),
                cleared == null ? job.endedAt() : cleared);
    }

    private static OfJob job(ResultSet row, List<String> nodes) throws SQLException {
        FlaggedJob job = new FlaggedJob(
                row.getLong("id"),
                row.getString("batch_system"),
                row.getString("cluster"),
                row.getString("batch_job_id"),
                JobState.valueOf(row.getString("state")),
                row.getObject("last_report_at", Instant.class),
                row.getString("job_name"),
                row.getString("user_name"),
                row.getString("group_name"),
                row.getString("account"),
                row.getString("queue"),
                row.getBoolean("opted_out"),
                nodes,
                List.of());
        return new OfJob(
                job,
                new ArrayList<>(),
                row.getObject("started_at", Instant.class),
                row.getObject("ended_at", Instant.class),
                row.getObject("exit_code", Integer.class),
                row.getObject("end_signal", Integer.class),
                row.getObject("requested_cores", Integer.class));
    }

    private Map<Long, List<String>> nodes(Instant from, Instant to) {
        Map<Long, List<String>> nodes = new HashMap<>();
        jdbc.sql("SELECT DISTINCT s.job_id, n.name FROM flag f JOIN slot s ON s.job_id = f.job_id"
                        + " JOIN node n ON n.id = s.node_id WHERE f.raised_at >= ? AND f.raised_at < ?")
                .params(from, to)
                .query((ResultSet row) -> {
                    nodes.computeIfAbsent(row.getLong("job_id"), id -> new ArrayList<>())
                            .add(row.getString("name"));
                });
        return nodes;
    }
}
