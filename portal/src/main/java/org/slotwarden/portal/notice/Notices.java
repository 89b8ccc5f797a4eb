package org.slotwarden.portal.notice;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.database.ReadsOnly;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps what people are to be told. */
@Service
public class Notices {

    private static final int MOST_SHOWN = 50;
    private static final int MOST_SUBJECT = 200;
    private static final int MOST_TEXT = 2000;

    private final JdbcClient jdbc;

    Notices(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Adds a notice, within the transaction of what it tells; texts that are too long are cut.
     *
     * @param user null: for the admins
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(@Nullable String user, long jobId, String subject, String text, Actor author, Instant at) {
        jdbc.sql("""
                        INSERT INTO notice (user_name, job_id, subject, text, author, created_at, state)
                        VALUES (:user, :job, :subject, :text, :author, :at, 'WAITING')
                        """)
                .param("user", user)
                .param("job", jobId)
                .param("subject", cut(subject, MOST_SUBJECT))
                .param("text", cut(text, MOST_TEXT))
                .param("author", author.words())
                .param("at", at)
                .update();
    }

    private static String cut(String text, int most) {
        int length = text.codePointCount(0, text.length());
        return length <= most ? text : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }

    /** About a job that the viewer may see, the newest first, 50 at most: for the viewer, and for admins all. */
    @ReadsOnly
    public List<Notice> ofJob(long jobId, Viewer viewer) {
        return ofJob(jobId, viewer, MOST_SHOWN);
    }

    /** The same, so many at most. */
    @ReadsOnly
    public List<Notice> ofJob(long jobId, Viewer viewer, int most) {
        return jdbc.sql("SELECT * FROM notice WHERE job_id = :job AND (:admin OR user_name = :viewer)"
                        + " ORDER BY id DESC LIMIT :most")
                .param("job", jobId)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .param("most", most)
                .query((row, number) -> new Notice(
                        row.getLong("id"),
                        row.getString("user_name"),
                        row.getObject("job_id", Long.class),
                        row.getString("subject"),
                        row.getString("text"),
                        row.getString("author"),
                        row.getObject("created_at", Instant.class),
                        NoticeState.valueOf(row.getString("state"))))
                .list();
    }
}
