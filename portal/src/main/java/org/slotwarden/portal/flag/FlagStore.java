package org.slotwarden.portal.flag;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes flags. Each change is one statement that names the states it may start from: an admin who acknowledges and
 * the judgement that clears at the same moment do not undo each other.
 */
@Repository
class FlagStore {

    /**
     * A flag that stands, as the judgement needs it.
     *
     * @param since when its cause began, by the node's clock
     * @param raisedAt time of the sample with which it was raised
     */
    record Standing(long id, Severity severity, Instant since, Instant raisedAt, Instant writtenAt) {

        Standing written(Severity grave, Instant at) {
            return new Standing(id, grave, since, raisedAt, at);
        }
    }

    /**
     * What is written of a flag.
     *
     * @param slotId the slot it is about, null for the whole job
     */
    record Verdict(@Nullable Long slotId, Severity severity, String sentence, Evidence evidence) {

        private static final int LONGEST = 1000;

        Verdict {
            sentence = sentence.length() > LONGEST ? sentence.substring(0, LONGEST) : sentence;
        }
    }

    private final JdbcClient jdbc;
    private final JsonMapper json;

    FlagStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** By job; a job without a flag that stands is not in it. */
    Map<Long, Map<FlagKind, Standing>> standing(Collection<Long> jobIds) {
        Map<Long, Map<FlagKind, Standing>> standing = new HashMap<>();
        if (jobIds.isEmpty()) {
            return standing;
        }
        jdbc.sql("SELECT job_id, id, kind, severity, since, raised_at FROM flag WHERE job_id IN (:jobs) AND standing"
                        + " AND rule_version_id = 0")
                .param("jobs", jobIds)
                .query(row -> {
                    long job = row.getLong("job_id");
                    Standing flag = stands(row);
                    FlagKind.named(row.getString("kind"))
                            .ifPresent(kind -> standing.computeIfAbsent(job, id -> new EnumMap<>(FlagKind.class))
                                    .put(kind, flag));
                });
        return standing;
    }

    /** By job: by version of a rule. */
    Map<Long, Map<Long, Standing>> standingByRule(Collection<Long> jobIds) {
        Map<Long, Map<Long, Standing>> standing = new HashMap<>();
        if (jobIds.isEmpty()) {
            return standing;
        }
        jdbc.sql("SELECT job_id, id, rule_version_id, severity, since, raised_at FROM flag WHERE job_id IN (:jobs)"
                        + " AND standing AND rule_version_id > 0")
                .param("jobs", jobIds)
                .query(row -> {
                    standing.computeIfAbsent(row.getLong("job_id"), id -> new HashMap<>())
                            .put(row.getLong("rule_version_id"), stands(row));
                });
        return standing;
    }

    private static Standing stands(ResultSet row) throws SQLException {
        Instant raisedAt = row.getTimestamp("raised_at").toInstant();
        return new Standing(
                row.getLong("id"),
                Severity.valueOf(row.getString("severity")),
                row.getTimestamp("since").toInstant(),
                raisedAt,
                raisedAt);
    }

    boolean anyStands(long jobId) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM flag WHERE job_id = ? AND standing)")
                .param(jobId)
                .query(Boolean.class)
                .single();
    }

    /** Jobs on which flags of rules stand, by version of the rule. */
    Map<Long, List<Long>> jobsByRule() {
        Map<Long, List<Long>> jobs = new HashMap<>();
        jdbc.sql("SELECT rule_version_id, job_id FROM flag WHERE standing AND rule_version_id > 0")
                .query(row -> {
                    jobs.computeIfAbsent(row.getLong("rule_version_id"), id -> new ArrayList<>())
                            .add(row.getLong("job_id"));
                });
        return jobs;
    }

    /** Takes a flag back for a reason that its cause does not tell. */
    void clear(long id, Instant at, String reason) {
        jdbc.sql("""
                        UPDATE flag SET state = 'CLEARED', cleared_at = GREATEST(raised_at, CAST(:at AS DATETIME(3))),
                            sentence = CONCAT(LEFT(sentence, :most), :reason) WHERE id = :id AND standing
                        """)
                .param("at", Timestamp.from(at))
                .param("most", Verdict.LONGEST - reason.length())
                .param("reason", reason)
                .param("id", id)
                .update();
    }

    Standing raise(long jobId, FlagKind kind, Verdict verdict, Instant at) {
        return raise(jobId, kind, 0, verdict, at);
    }

    /** A flag of a site rule. */
    Standing raiseByRule(long jobId, long ruleVersion, Verdict verdict, Instant at) {
        return raise(jobId, FlagKind.SITE_RULE, ruleVersion, verdict, at);
    }

    private Standing raise(long jobId, FlagKind kind, long ruleVersion, Verdict verdict, Instant at) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO flag (job_id, slot_id, kind, rule_version_id, severity, state, since, raised_at,
                            sentence, first_sentence, evidence, first_evidence, kill_at)
                        VALUES (:job, :slot, :kind, :rule, :severity, 'OPEN', :since, :at, :sentence, :sentence,
                            :evidence, :evidence, IF(:severity = 'KILL', :at, NULL))
                        """)
                .param("job", jobId)
                .param("slot", verdict.slotId())
                .param("kind", kind.kindName())
                .param("rule", ruleVersion)
                .param("severity", verdict.severity().name())
                .param("since", Timestamp.from(verdict.evidence().from()))
                .param("at", Timestamp.from(at))
                .param("sentence", verdict.sentence())
                .param("evidence", json.writeValueAsString(verdict.evidence()))
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the flag no id");
        }
        return new Standing(
                id.longValue(), verdict.severity(), verdict.evidence().from(), at, at);
    }

    void renew(long id, Verdict verdict) {
        jdbc.sql("UPDATE flag SET slot_id = :slot, severity = :severity, sentence = :sentence, evidence = :evidence,"
                        + " kill_at = IF(:severity = 'KILL', COALESCE(kill_at, :at), kill_at)"
                        + " WHERE id = :id AND standing")
                .param("severity", verdict.severity().name())
                .param("at", Timestamp.from(verdict.evidence().to()))
                .param("slot", verdict.slotId())
                .param("sentence", verdict.sentence())
                .param("evidence", json.writeValueAsString(verdict.evidence()))
                .param("id", id)
                .update();
    }

    void clear(long id, Instant at) {
        jdbc.sql("UPDATE flag SET state = 'CLEARED', cleared_at = ? WHERE id = ? AND standing")
                .params(Timestamp.from(at), id)
                .update();
    }

    /** All that stand on a job that has ended. */
    void end(long jobId, Instant at) {
        jdbc.sql("""
                        UPDATE flag SET state = 'ENDED', cleared_at = GREATEST(raised_at, CAST(? AS DATETIME(3)))
                        WHERE job_id = ? AND standing
                        """).params(Timestamp.from(at), jobId).update();
    }

    /** Keeps an acknowledgement that is already there. */
    void acknowledge(long id, String by, Instant at, @Nullable String note) {
        jdbc.sql("""
                        UPDATE flag
                        SET acknowledged_by = :by, acknowledged_at = :at, note = :note,
                            state = IF(state = 'OPEN', 'ACKNOWLEDGED', state)
                        WHERE id = :id AND acknowledged_at IS NULL
                        """)
                .param("by", by)
                .param("at", Timestamp.from(at))
                .param("note", note)
                .param("id", id)
                .update();
    }

    /** Jobs with standing flags. */
    List<Long> jobsWithStandingFlags() {
        return jdbc.sql("SELECT DISTINCT job_id FROM flag WHERE standing")
                .query((row, number) -> row.getLong("job_id"))
                .list();
    }
}
