package org.slotwarden.portal.notice;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private static final int AT_ONCE = 1000;
    private static final int MOST_SUBJECT = 200;
    private static final int MOST_TEXT = 2000;

    private final JdbcClient jdbc;

    Notices(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is to be told; texts that are too long are cut.
     *
     * @param user for whom; null: for the admins
     * @param jobId that it is about; null: about none
     * @param flagId that it is about; null: none
     * @param flagKind kind of flag or of alarm, or {@code rule:NAME}
     * @param subject one line
     */
    public record News(
            @Nullable String user,
            @Nullable Long jobId,
            NoticeKind kind,
            @Nullable Long flagId,
            @Nullable String flagKind,
            String subject,
            String text) {}

    /** Adds a notice, within the transaction of what it tells. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(News news, Actor author, Instant at) {
        jdbc.sql("""
                        INSERT INTO notice (user_name, job_id, kind, flag_id, flag_kind, subject, text, author, created_at)
                        VALUES (:user, :job, :kind, :flag, :flagKind, :subject, :text, :author, :at)
                        """)
                .param("user", news.user())
                .param("job", news.jobId())
                .param("kind", news.kind().name())
                .param("flag", news.flagId())
                .param("flagKind", news.flagKind())
                .param("subject", cut(news.subject(), MOST_SUBJECT))
                .param("text", cut(news.text(), MOST_TEXT))
                .param("author", author.words())
                .param("at", at)
                .update();
    }

    static String cut(String text, int most) {
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
        List<Row> rows = jdbc.sql("SELECT * FROM notice WHERE job_id = :job AND (:admin OR user_name = :viewer)"
                        + " ORDER BY id DESC LIMIT :most")
                .param("job", jobId)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .param("most", most)
                .query((row, number) -> Row.of(row))
                .list();
        Map<Long, List<Telling>> told = told(rows.stream().map(Row::id).toList(), viewer);
        return rows.stream()
                .map(row -> row.with(told.getOrDefault(row.id(), List.of())))
                .toList();
    }

    private record Row(
            long id,
            @Nullable String user,
            @Nullable Long jobId,
            NoticeKind kind,
            @Nullable Long flagId,
            @Nullable String flagKind,
            String subject,
            String text,
            String author,
            Instant createdAt,
            boolean routed) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong("id"),
                    row.getString("user_name"),
                    row.getObject("job_id", Long.class),
                    NoticeKind.valueOf(row.getString("kind")),
                    row.getObject("flag_id", Long.class),
                    row.getString("flag_kind"),
                    row.getString("subject"),
                    row.getString("text"),
                    row.getString("author"),
                    row.getObject("created_at", Instant.class),
                    row.getObject("routed_at") != null);
        }

        Notice with(List<Telling> told) {
            return new Notice(
                    id, user, jobId, kind, flagId, flagKind, subject, text, author, createdAt, state(told), told);
        }

        private NoticeState state(List<Telling> told) {
            if (!routed) {
                return NoticeState.WAITING;
            }
            if (told.isEmpty()) {
                return NoticeState.PAGE_ONLY;
            }
            return any(told, TellingState.SENT)
                    ? NoticeState.SENT
                    : any(told, TellingState.WAITING)
                            ? NoticeState.WAITING
                            : any(told, TellingState.FAILED) ? NoticeState.FAILED : NoticeState.LEFT_OUT;
        }

        private static boolean any(List<Telling> told, TellingState state) {
            return told.stream().anyMatch(one -> one.state() == state);
        }
    }

    /** By notice. Users do not see what a mail server says to the portal, nor what goes to the admins' own channels. */
    private Map<Long, List<Telling>> told(List<Long> notices, Viewer viewer) {
        Map<Long, List<Telling>> told = new HashMap<>();
        for (int from = 0; from < notices.size(); from += AT_ONCE) {
            addTold(notices.subList(from, Math.min(from + AT_ONCE, notices.size())), viewer, told);
        }
        return told;
    }

    private void addTold(List<Long> notices, Viewer viewer, Map<Long, List<Telling>> told) {
        jdbc.sql("""
                        SELECT t.notice_id, c.name, t.state, t.at, m.attempts, m.state message_state, m.next_at,
                            COALESCE(t.detail, m.detail) why
                        FROM notice_telling t JOIN channel c ON c.id = t.channel_id
                            LEFT JOIN notice_message m ON m.id = t.message_id
                        WHERE t.notice_id IN (:notices) AND (:admin OR t.recipient = :viewer) ORDER BY c.name
                        """)
                .param("notices", notices)
                .param("admin", viewer.admin())
                .param("viewer", viewer.name())
                .query(row -> {
                    boolean waits = "WAITING".equals(row.getString("message_state"));
                    Telling one = new Telling(
                            row.getString("name"),
                            TellingState.valueOf(row.getString("state")),
                            row.getObject("at", Instant.class),
                            row.getInt("attempts"),
                            waits ? row.getObject("next_at", Instant.class) : null,
                            viewer.admin() ? row.getString("why") : null);
                    told.computeIfAbsent(row.getLong("notice_id"), id -> new ArrayList<>())
                            .add(one);
                });
    }
}
