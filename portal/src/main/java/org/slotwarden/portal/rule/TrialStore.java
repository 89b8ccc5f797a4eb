package org.slotwarden.portal.rule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Trials that are over, in the database. What they say of a job goes with the job. */
@Repository
class TrialStore {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    TrialStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Keeps a trial but for its jobs. */
    long keep(long versionId, Trial trial) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("""
                        INSERT INTO rule_trial (version_id, started_by, started_at, ended_at, state, result)
                        VALUES (:version, :by, :started, :ended, :state, :result)
                        """)
                .param("version", versionId)
                .param("by", trial.startedBy())
                .param("started", Timestamp.from(trial.startedAt()))
                .param("ended", trial.endedAt() == null ? null : Timestamp.from(trial.endedAt()))
                .param("state", trial.state().name())
                .param("result", json.writeValueAsString(trial.with(List.of())))
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the trial no id");
        }
        return id.longValue();
    }

    /**
     * Adds a job that would have been flagged, unless it was deleted meanwhile. Each in a transaction of its own: who
     * holds the rows of many jobs gets in the way of reports.
     */
    void add(long trialId, PastJobs.Verdict flagged) {
        if (flagged.raisedAt() == null || flagged.sentence() == null) {
            return;
        }
        jdbc.sql("""
                        INSERT INTO rule_trial_job (trial_id, job_id, seconds, raised_at, sentence, times)
                        SELECT :trial, id, :seconds, :raised, LEFT(:sentence, 1000), :times FROM job WHERE id = :job
                        """)
                .param("trial", trialId)
                .param("job", flagged.jobId())
                .param("seconds", flagged.seconds())
                .param("raised", Timestamp.from(flagged.raisedAt()))
                .param("sentence", flagged.sentence())
                .param("times", flagged.times())
                .update();
    }

    /** The latest of a version. */
    Optional<Trial> latest(long versionId) {
        record Kept(long id, String result) {}
        return jdbc.sql("SELECT id, result FROM rule_trial WHERE version_id = ? ORDER BY id DESC LIMIT 1")
                .param(versionId)
                .query((row, number) -> new Kept(row.getLong("id"), row.getString("result")))
                .optional()
                .map(kept -> json.readValue(kept.result(), Trial.class).with(jobs(kept.id())));
    }

    private List<PastJobs.Verdict> jobs(long trialId) {
        return jdbc.sql("""
                        SELECT t.*, j.batch_job_id, j.name, j.user_name FROM rule_trial_job t
                        JOIN job j ON j.id = t.job_id WHERE t.trial_id = ? ORDER BY t.job_id DESC
                        """).param(trialId).query(TrialStore::job).list();
    }

    private static PastJobs.Verdict job(ResultSet row, int number) throws SQLException {
        return new PastJobs.Verdict(
                row.getLong("job_id"),
                row.getString("batch_job_id"),
                row.getString("name"),
                row.getString("user_name"),
                row.getDouble("seconds"),
                row.getTimestamp("raised_at").toInstant(),
                row.getString("sentence"),
                row.getInt("times"));
    }
}
