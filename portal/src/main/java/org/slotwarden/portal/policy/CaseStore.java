package org.slotwarden.portal.policy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.job.JobState;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What policies are at, and what they did, in the database. */
@Repository
class CaseStore {

    private static final String RULES =
            " LEFT JOIN rule_version v ON v.id = f.rule_version_id LEFT JOIN rule r ON r.id = v.rule_id";

    /** What a flag is called in policies. */
    static final String KIND = "IF(f.kind = 'site_rule', CONCAT('rule:', r.name), f.kind)";

    private static final String ACTS = """
            SELECT a.*, p.name policy, v.version, j.batch_job_id FROM policy_act a JOIN policy p ON p.id = a.policy_id
                JOIN policy_version v ON v.id = a.version_id JOIN job j ON j.id = a.job_id
            """;

    private final JdbcClient jdbc;

    CaseStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Flags with the names of their rules. */
    static String flags() {
        return "flag f" + RULES;
    }

    /**
     * A policy at work on a job.
     *
     * @param flagId that it goes by
     * @param killSince the flag was first seen to be worth a kill
     * @param stage how many are behind it
     * @param nextAt of the next stage; null: there is none
     */
    record Open(
            long id,
            long policyId,
            long versionId,
            boolean dryRun,
            long jobId,
            long flagId,
            @Nullable Instant killSince,
            @Nullable Instant warnedAt,
            int stage,
            @Nullable Instant nextAt) {}

    /**
     * Live jobs on which flags stand.
     *
     * @param jobId null: all
     * @param nodes whether their nodes are asked for
     */
    Map<Long, FlaggedJob> flagged(@Nullable Long jobId, boolean nodes) {
        Map<Long, List<String>> onNodes = nodes ? nodes(jobId) : Map.of();
        Map<Long, FlaggedJob> jobs = new LinkedHashMap<>();
        jdbc.sql("SELECT f.id, f.job_id, " + KIND + " flag_kind, f.severity, f.sentence, j.batch_system,"
                        + " j.cluster, j.batch_job_id, j.state,"
                        + " j.last_report_at, j.name job_name, j.user_name, j.group_name, j.account, j.queue,"
                        + " COALESCE(LOCATE(:optOut, j.comment), 0) > 0 opted_out FROM " + flags()
                        + " JOIN job j ON j.id = f.job_id WHERE f.standing AND j.state IN ('RUNNING', 'SILENT')"
                        + (jobId == null ? "" : " AND f.job_id = :job") + " ORDER BY f.job_id, f.id")
                .param("optOut", FlaggedJob.OPT_OUT)
                .param("job", jobId)
                .query((ResultSet row) -> {
                    long id = row.getLong("job_id");
                    FlaggedJob job = jobs.get(id);
                    if (job == null) {
                        job = job(row, onNodes.getOrDefault(id, List.of()));
                        jobs.put(id, job);
                    }
                    job.flags()
                            .add(new FlaggedJob.Standing(
                                    row.getLong("id"),
                                    row.getString("flag_kind"),
                                    Severity.valueOf(row.getString("severity")),
                                    row.getString("sentence")));
                });
        return jobs;
    }

    private static FlaggedJob job(ResultSet row, List<String> nodes) throws SQLException {
        return new FlaggedJob(
                row.getLong("job_id"),
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
                new ArrayList<>());
    }

    private Map<Long, List<String>> nodes(@Nullable Long jobId) {
        Map<Long, List<String>> nodes = new HashMap<>();
        jdbc.sql("SELECT DISTINCT s.job_id, n.name FROM flag f JOIN slot s ON s.job_id = f.job_id"
                        + " JOIN node n ON n.id = s.node_id WHERE f.standing"
                        + (jobId == null ? "" : " AND f.job_id = :job"))
                .param("job", jobId)
                .query((ResultSet row) -> {
                    nodes.computeIfAbsent(row.getLong("job_id"), id -> new ArrayList<>())
                            .add(row.getString("name"));
                });
        return nodes;
    }

    List<Open> open() {
        return jdbc.sql("SELECT * FROM policy_case WHERE open ORDER BY next_at, id")
                .query(CaseStore::openCase)
                .list();
    }

    /** The row stays locked until the transaction ends. Empty when the case is over. */
    Optional<Open> lock(long caseId) {
        return jdbc.sql("SELECT * FROM policy_case WHERE id = ? AND open FOR UPDATE")
                .param(caseId)
                .query(CaseStore::openCase)
                .optional();
    }

    private static Open openCase(ResultSet row, int number) throws SQLException {
        return new Open(
                row.getLong("id"),
                row.getLong("policy_id"),
                row.getLong("version_id"),
                row.getBoolean("dry_run"),
                row.getLong("job_id"),
                row.getLong("flag_id"),
                row.getObject("kill_since", Instant.class),
                row.getObject("warned_at", Instant.class),
                row.getInt("stage"),
                row.getObject("next_at", Instant.class));
    }

    /** Nothing happens when another portal was faster. */
    void begin(Running policy, long jobId, FlaggedJob.Standing flag, Instant at, Instant nextAt) {
        jdbc.sql("""
                        INSERT IGNORE INTO policy_case (policy_id, version_id, dry_run, job_id, flag_id, began_at,
                            kill_since, stage, next_at)
                        SELECT :policy, :version, :dry, id, :flag, :at, :killSince, 0, :next FROM job WHERE id = :job
                        """)
                .param("policy", policy.policyId())
                .param("version", policy.versionId())
                .param("dry", policy.dryRun())
                .param("job", jobId)
                .param("flag", flag.id())
                .param("at", at)
                .param("killSince", flag.severity() == Severity.KILL ? at : null)
                .param("next", nextAt)
                .update();
    }

    /** A graver flag, or the same that became graver. */
    void follow(long caseId, long flagId, @Nullable Instant killSince) {
        jdbc.sql("UPDATE policy_case SET flag_id = :flag, kill_since = :since WHERE id = :id AND open")
                .param("flag", flagId)
                .param("since", killSince)
                .param("id", caseId)
                .update();
    }

    void end(long caseId, String reason, Instant at) {
        jdbc.sql("UPDATE policy_case SET ended_at = ?, end_reason = ?, next_at = NULL WHERE id = ? AND open")
                .params(at, reason, caseId)
                .update();
    }

    /** All that a policy is at. */
    void endAll(long policyId, String reason, Instant at) {
        jdbc.sql("UPDATE policy_case SET ended_at = ?, end_reason = ?, next_at = NULL WHERE policy_id = ? AND open")
                .params(at, reason, policyId)
                .update();
    }

    /** One after the other: whoever counts acts sees all that were done before. */
    void takeTurn() {
        jdbc.sql("INSERT INTO policy_turn (id, turns) VALUES (1, 1) ON DUPLICATE KEY UPDATE turns = turns + 1")
                .update();
    }

    /** Acts of some kinds since a moment. */
    record Done(int site, int user, int policy) {}

    Done done(Set<StageKind> kinds, boolean dryRun, long policyId, @Nullable String user, Instant since) {
        return jdbc.sql("""
                        SELECT COUNT(*), COALESCE(SUM(user_name = :user), 0), COALESCE(SUM(policy_id = :policy), 0)
                        FROM policy_act WHERE done IN (:kinds) AND at > :since AND dry_run = :dry
                            AND (NOT :dry OR policy_id = :policy)
                        """)
                .param("user", user)
                .param("policy", policyId)
                .param("kinds", kinds.stream().map(StageKind::name).toList())
                .param("since", since)
                .param("dry", dryRun)
                .query((row, number) -> new Done(row.getInt(1), row.getInt(2), row.getInt(3)))
                .single();
    }

    /** @param whyNot why no more than a notice */
    void act(
            Open of,
            FlaggedJob job,
            FlaggedJob.Standing flag,
            Instant at,
            StageKind wanted,
            StageKind done,
            @Nullable String whyNot,
            @Nullable Long orderId) {
        jdbc.sql("""
                        INSERT INTO policy_act (case_id, policy_id, version_id, job_id, flag_id, flag_kind, severity,
                            user_name, at, stage, wanted, done, dry_run, why_not, order_id)
                        VALUES (:case, :policy, :version, :job, :flag, :kind, :severity, :user, :at, :stage, :wanted,
                            :done, :dry, :whyNot, :order)
                        """)
                .param("case", of.id())
                .param("policy", of.policyId())
                .param("version", of.versionId())
                .param("job", of.jobId())
                .param("flag", flag.id())
                .param("kind", flag.kind())
                .param("severity", flag.severity().name())
                .param("user", job.user())
                .param("at", at)
                .param("stage", of.stage() + 1)
                .param("wanted", wanted.name())
                .param("done", done.name())
                .param("dry", of.dryRun())
                .param("whyNot", whyNot)
                .param("order", orderId)
                .update();
    }

    /** A stage is behind it. */
    void advance(Open of, @Nullable Instant warnedAt, @Nullable Instant nextAt) {
        jdbc.sql("UPDATE policy_case SET stage = :stage, warned_at = COALESCE(warned_at, :warned), next_at = :next"
                        + " WHERE id = :id")
                .param("stage", of.stage() + 1)
                .param("warned", warnedAt)
                .param("next", nextAt)
                .param("id", of.id())
                .update();
    }

    List<PolicyAct> acts(long policyId, int page, int size) {
        return jdbc.sql(ACTS + " WHERE a.policy_id = ? ORDER BY a.id DESC LIMIT ? OFFSET ?")
                .params(policyId, size, (long) page * size)
                .query(CaseStore::act)
                .list();
    }

    /** The oldest first. */
    List<PolicyAct> actsOfJob(long jobId) {
        return jdbc.sql(ACTS + " WHERE a.job_id = ? ORDER BY a.id")
                .param(jobId)
                .query(CaseStore::act)
                .list();
    }

    private static PolicyAct act(ResultSet row, int number) throws SQLException {
        return new PolicyAct(
                row.getLong("id"),
                row.getString("policy"),
                row.getInt("version"),
                row.getLong("job_id"),
                row.getString("batch_job_id"),
                row.getString("user_name"),
                row.getString("flag_kind"),
                Severity.valueOf(row.getString("severity")),
                row.getObject("at", Instant.class),
                row.getInt("stage"),
                StageKind.valueOf(row.getString("wanted")),
                StageKind.valueOf(row.getString("done")),
                row.getBoolean("dry_run"),
                row.getString("why_not"),
                row.getObject("order_id", Long.class));
    }

    long countActs(long policyId) {
        return jdbc.sql("SELECT COUNT(*) FROM policy_act WHERE policy_id = ?")
                .param(policyId)
                .query(Long.class)
                .single();
    }

    long countOpen(long policyId) {
        return jdbc.sql("SELECT COUNT(*) FROM policy_case WHERE policy_id = ? AND open")
                .param(policyId)
                .query(Long.class)
                .single();
    }
}
