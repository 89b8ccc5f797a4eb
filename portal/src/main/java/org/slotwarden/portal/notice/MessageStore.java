package org.slotwarden.portal.notice;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Messages in the database. Whoever sends one holds it by a lease: no other portal does at the same time. */
@Repository
class MessageStore {

    /** Longer than any attempt takes. */
    static final Duration LEASE = Duration.ofMinutes(3);

    private static final String DUE =
            " state = 'WAITING' AND next_at <= :now" + " AND (lease_until IS NULL OR lease_until <= :now) ";

    private final JdbcClient jdbc;
    private final ChannelStore channels;

    MessageStore(JdbcClient jdbc, ChannelStore channels) {
        this.jdbc = jdbc;
        this.channels = channels;
    }

    /** Channels on which there is something to send. */
    List<Long> dueChannels(Instant now) {
        return jdbc.sql("SELECT DISTINCT channel_id FROM notice_message WHERE" + DUE)
                .param("now", now)
                .query((row, number) -> row.getLong(1))
                .list();
    }

    /**
     * A message to be sent.
     *
     * @param lease to be shown with what came of it
     * @param attempts with this one
     */
    record Taken(long row, String lease, int attempts, Message message) {}

    /** Takes the oldest that is due, unless another portal does. */
    @Transactional
    Optional<Taken> take(long channelId, Instant now) {
        record Found(long id, String messageId, String recipient, Instant madeAt, int attempts) {}
        Found found = jdbc.sql("SELECT * FROM notice_message WHERE channel_id = :channel AND" + DUE
                        + "ORDER BY next_at, id LIMIT 1")
                .param("channel", channelId)
                .param("now", now)
                .query((row, number) -> new Found(
                        row.getLong("id"),
                        row.getString("message_id"),
                        row.getString("recipient"),
                        row.getObject("made_at", Instant.class),
                        row.getInt("attempts")))
                .optional()
                .orElse(null);
        Channel channel = found == null ? null : channels.find(channelId).orElse(null);
        if (found == null || channel == null) {
            return Optional.empty();
        }
        String lease = UUID.randomUUID().toString();
        boolean ours = jdbc.sql("UPDATE notice_message SET lease = :lease, lease_until = :until,"
                                + " attempts = attempts + 1 WHERE id = :id AND" + DUE)
                        .param("lease", lease)
                        .param("until", now.plus(LEASE))
                        .param("id", found.id())
                        .param("now", now)
                        .update()
                == 1;
        if (!ours) {
            return Optional.empty();
        }
        Message message = new Message(
                found.messageId(),
                channel,
                found.recipient(),
                found.madeAt(),
                lines(found.id()),
                counts(found.id()),
                null);
        return Optional.of(new Taken(found.id(), lease, found.attempts() + 1, message));
    }

    private List<Message.Line> lines(long message) {
        return jdbc.sql("""
                        SELECT n.*, j.batch_job_id FROM notice_telling t JOIN notice n ON n.id = t.notice_id
                            LEFT JOIN job j ON j.id = n.job_id
                        WHERE t.message_id = :message
                        ORDER BY FIELD(n.kind, :kinds), n.id LIMIT :most
                        """)
                .param("message", message)
                .param(
                        "kinds",
                        Arrays.stream(NoticeKind.values()).map(NoticeKind::name).toList())
                .param("most", Message.MOST_LINES)
                .query((row, number) -> new Message.Line(
                        row.getLong("id"),
                        row.getString("user_name"),
                        row.getObject("job_id", Long.class),
                        row.getString("batch_job_id"),
                        NoticeKind.valueOf(row.getString("kind")),
                        row.getObject("flag_id", Long.class),
                        row.getString("flag_kind"),
                        row.getString("subject"),
                        row.getString("text"),
                        row.getString("author"),
                        row.getObject("created_at", Instant.class)))
                .list();
    }

    private Map<NoticeKind, Long> counts(long message) {
        Map<NoticeKind, Long> counts = new EnumMap<>(NoticeKind.class);
        jdbc.sql("SELECT n.kind, COUNT(*) FROM notice_telling t JOIN notice n ON n.id = t.notice_id"
                        + " WHERE t.message_id = ? GROUP BY n.kind")
                .param(message)
                .query(row -> {
                    counts.put(NoticeKind.valueOf(row.getString(1)), row.getLong(2));
                });
        return counts;
    }

    /**
     * Writes down that it is over.
     *
     * @param state SENT or FAILED
     * @return false when the lease was another's by then
     */
    @Transactional
    boolean over(Taken taken, TellingState state, String said, Instant now) {
        boolean held =
                jdbc.sql("UPDATE notice_message SET state = :state, done_at = :now, detail = :said, lease = NULL,"
                                        + " lease_until = NULL WHERE id = :id AND lease = :lease AND state = 'WAITING'")
                                .param("state", state.name())
                                .param("now", now)
                                .param("said", said)
                                .param("id", taken.row())
                                .param("lease", taken.lease())
                                .update()
                        == 1;
        if (held) {
            jdbc.sql("UPDATE notice_telling SET state = ?, at = ? WHERE message_id = ?")
                    .params(state.name(), now, taken.row())
                    .update();
        }
        return held;
    }

    /** Lets it be tried again. */
    @Transactional
    void later(Taken taken, String said, Instant at) {
        jdbc.sql("UPDATE notice_message SET next_at = :at, detail = :said, lease = NULL, lease_until = NULL"
                        + " WHERE id = :id AND lease = :lease")
                .param("at", at)
                .param("said", said)
                .param("id", taken.row())
                .param("lease", taken.lease())
                .update();
    }

    /** What waits on this channel is tried at once. */
    @Transactional
    void hurry(long channelId, Instant now) {
        jdbc.sql("UPDATE notice_message SET next_at = LEAST(next_at, :now) WHERE channel_id = :channel"
                        + " AND state = 'WAITING'")
                .param("now", now)
                .param("channel", channelId)
                .update();
    }

    /** What waits on this channel is not told. */
    @Transactional
    void giveUp(long channelId, String why, Instant now) {
        jdbc.sql("UPDATE notice_message SET state = 'FAILED', done_at = ?, detail = ?"
                        + " WHERE channel_id = ? AND state = 'WAITING'")
                .params(now, why, channelId)
                .update();
        jdbc.sql("UPDATE notice_telling SET state = 'LEFT_OUT', at = ?, detail = ?"
                        + " WHERE channel_id = ? AND state = 'WAITING'")
                .params(now, why, channelId)
                .update();
    }

    /** The newest first. */
    List<SentMessage> latest(long channelId, int most) {
        return jdbc.sql("SELECT * FROM notice_message WHERE channel_id = ? ORDER BY id DESC LIMIT ?")
                .params(channelId, most)
                .query((row, number) -> {
                    TellingState state = TellingState.valueOf(row.getString("state"));
                    return new SentMessage(
                            row.getString("message_id"),
                            emptyToNull(row.getString("recipient")),
                            row.getInt("notices"),
                            row.getObject("made_at", Instant.class),
                            state,
                            row.getInt("attempts"),
                            state == TellingState.WAITING ? row.getObject("next_at", Instant.class) : null,
                            row.getObject("done_at", Instant.class),
                            row.getString("detail"));
                })
                .list();
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Notices that wait on a channel, and the time of the oldest of them. */
    record Waiting(long notices, @Nullable Instant oldest) {}

    Waiting waiting() {
        return jdbc.sql("SELECT COUNT(*), MIN(at) FROM notice_telling WHERE state = 'WAITING'")
                .query((row, number) -> new Waiting(row.getLong(1), row.getObject(2, Instant.class)))
                .single();
    }

    /** @return rows that were deleted */
    int deleteOld(Instant before, int most) {
        return jdbc.sql("DELETE FROM notice_message WHERE done_at < ? ORDER BY done_at LIMIT ?")
                        .params(before, most)
                        .update()
                + jdbc.sql(
                                "DELETE FROM notice WHERE kind IN ('FLAG', 'ALARM') AND routed_at < ? ORDER BY routed_at LIMIT ?")
                        .params(before, most)
                        .update()
                + jdbc.sql("DELETE FROM silence WHERE until_at < ? LIMIT ?")
                        .params(before, most)
                        .update();
    }
}
