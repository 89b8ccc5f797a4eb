package org.slotwarden.portal.note;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Notes of admins about jobs. */
@Service
public class JobNotes {

    /** Characters of one note. */
    public static final int MOST_TEXT = 2000;

    /** Notes of one job. */
    static final int MOST = 100;

    private final JdbcClient jdbc;
    private final JobQueries jobs;
    private final Audit audit;
    private final Clock clock;

    JobNotes(JdbcClient jdbc, JobQueries jobs, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.jobs = jobs;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Adds a note. The audit says that it was added, and not what it says: that goes with the job's record.
     *
     * @param text 1 to {@value #MOST_TEXT} characters, lines and tabs, without other control characters
     * @param forOwner whether the job's owner sees it, too
     * @return empty when there is no such job that the viewer may see
     * @throws NoteRefused with the reason
     */
    @Transactional
    public Optional<JobNote> add(long jobId, @Nullable String text, boolean forOwner, Viewer viewer) {
        if (jobs.summary(jobId, viewer).isEmpty()) {
            return Optional.empty();
        }
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins write notes");
        }
        String checked = checked(text);
        if (count(jobId) >= MOST) {
            throw NoteRefused.full(MOST);
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO job_note (job_id, author, text, for_owner, created_at)"
                        + " VALUES (:job, :author, :text, :owner, :now)")
                .param("job", jobId)
                .param("author", viewer.name())
                .param("text", checked)
                .param("owner", forOwner)
                .param("now", now)
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the note no id");
        }
        audit.add(
                Actor.of(viewer),
                "note",
                "job " + jobId,
                jobId,
                "note " + id + (forOwner ? ", for admins and the owner" : ", for admins"));
        return Optional.of(new JobNote(id.longValue(), jobId, viewer.name(), checked, forOwner, now));
    }

    private static String checked(@Nullable String text) {
        String lines = text == null
                ? ""
                : text.replace("\r\n", "\n").replace('\r', '\n').strip();
        if (lines.isEmpty() || lines.length() > MOST_TEXT) {
            throw NoteRefused.text("must be 1 to " + MOST_TEXT + " characters");
        }
        if (lines.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t')) {
            throw NoteRefused.text("must have no control characters");
        }
        return lines;
    }

    private int count(long jobId) {
        return jdbc.sql("SELECT COUNT(*) FROM job_note WHERE job_id = ?")
                .param(jobId)
                .query(Integer.class)
                .single();
    }

    /** About a job that the viewer may see, the newest first: for the owner those that admins let the owner see. */
    @ReadsOnly
    public List<JobNote> ofJob(long jobId, Viewer viewer) {
        return jdbc.sql("SELECT * FROM job_note WHERE job_id = :job AND (:admin OR for_owner) ORDER BY id DESC")
                .param("job", jobId)
                .param("admin", viewer.admin())
                .query((row, number) -> new JobNote(
                        row.getLong("id"),
                        row.getLong("job_id"),
                        row.getString("author"),
                        row.getString("text"),
                        row.getBoolean("for_owner"),
                        row.getObject("created_at", Instant.class)))
                .list();
    }
}
