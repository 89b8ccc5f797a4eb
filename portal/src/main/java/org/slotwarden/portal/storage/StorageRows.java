package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.storage.StorageStatus.Source;
import org.slotwarden.portal.storage.StorageStatus.State;

/** Reads rows of the tables of this module. */
final class StorageRows {

    /** Of a watch that does not say how often it looks. */
    private static final double USUAL_INTERVAL = 60;

    /** A picture is believed so long, however often the watch looks. */
    private static final Duration ALWAYS_BELIEVED = Duration.ofMinutes(2);

    private StorageRows() {}

    static StorageStatus status(ResultSet row, Instant now) throws SQLException {
        Instant lookedAt = time(row, "looked_at");
        Instant receivedAt = time(row, "received_at");
        Instant gatheredAt = time(row, "gathered_at");
        Double interval = row.getObject("poll_interval_seconds", Double.class);
        String source = row.getString("source");
        return new StorageStatus(
                row.getLong("id"),
                row.getString("name"),
                state(lookedAt, receivedAt, gatheredAt, interval, now),
                time(row, "heard_at"),
                lookedAt,
                receivedAt,
                gatheredAt,
                source == null ? null : Source.valueOf(source),
                interval,
                row.getString("software"),
                row.getString("watch_version"),
                row.getBoolean("may_release"),
                time(row, "token_issued_at"),
                row.getString("token_issued_by"));
    }

    private static State state(
            @Nullable Instant lookedAt,
            @Nullable Instant receivedAt,
            @Nullable Instant gatheredAt,
            @Nullable Double interval,
            Instant now) {
        if (lookedAt == null || receivedAt == null) {
            return State.NEVER;
        }
        // Two clocks: how old the answer was by the one, and how long ago it came by the other.
        Duration old = gatheredAt == null ? Duration.ZERO : Duration.between(gatheredAt, lookedAt);
        Duration age = Duration.between(receivedAt, now).plus(old.isNegative() ? Duration.ZERO : old);
        return age.compareTo(believed(interval)) > 0 ? State.OLD : State.FRESH;
    }

    /** How long a picture is true: three intervals of the watch. */
    static Duration believed(@Nullable Double interval) {
        Duration three = Duration.ofMillis(Math.round(3000 * (interval == null ? USUAL_INTERVAL : interval)));
        return three.compareTo(ALWAYS_BELIEVED) < 0 ? ALWAYS_BELIEVED : three;
    }

    static QueueStatus queue(ResultSet row) throws SQLException {
        return new QueueStatus(
                row.getLong("id"),
                row.getString("storage"),
                row.getString("pool"),
                row.getString("name"),
                row.getBoolean("default_queue"),
                row.getObject("active", Integer.class),
                row.getObject("max_active", Integer.class),
                row.getObject("queued", Integer.class),
                row.getObject("looked_at", Instant.class),
                time(row, "full_since"));
    }

    static Mover mover(ResultSet row) throws SQLException {
        Instant goneAt = time(row, "gone_at");
        String direction = row.getString("direction");
        return new Mover(
                row.getLong("id"),
                row.getString("storage"),
                row.getString("pool"),
                row.getString("queue"),
                row.getObject("mover_id", Long.class),
                time(row, "submitted_at"),
                Mover.State.valueOf(row.getString("state")),
                row.getString("state_text"),
                time(row, "started_at"),
                time(row, "last_io_at"),
                row.getObject("bytes", Long.class),
                direction == null ? null : direction.toLowerCase(Locale.ROOT),
                row.getString("protocol"),
                row.getString("door"),
                row.getString("client_address"),
                list(row.getString("client_chain")),
                row.getObject("client_port", Integer.class),
                row.getObject("client_process", Long.class),
                row.getString("user_name"),
                row.getObject("uid", Long.class),
                row.getObject("gid", Long.class),
                row.getString("path"),
                row.getString("file_id"),
                row.getString("storage_endpoint"),
                row.getString("session_status"),
                row.getObject("first_seen_at", Instant.class),
                goneAt == null ? time(row, "read_at") : null,
                goneAt,
                time(row, "ended_at"),
                row.getObject("held_seconds", Double.class),
                row.getObject("queued_seconds", Double.class),
                row.getObject("end_status", Integer.class),
                row.getString("end_text"),
                attribution(row));
    }

    private static Attribution attribution(ResultSet row) throws SQLException {
        return new Attribution(
                Confidence.valueOf(row.getString("confidence")),
                row.getString("reason"),
                row.getObject("job_id", Long.class),
                row.getString("batch_job_id"),
                row.getObject("slot_id", Long.class),
                row.getString("job_user"),
                row.getString("node"),
                list(row.getString("candidates")).stream().map(Long::valueOf).toList(),
                time(row, "job_ended_at"));
    }

    static StorageAlarm alarm(ResultSet row) throws SQLException {
        return new StorageAlarm(
                row.getLong("id"),
                row.getString("storage"),
                StorageAlarm.Kind.valueOf(row.getString("kind")),
                row.getString("pool"),
                row.getString("queue"),
                row.getString("trouble"),
                row.getString("text"),
                row.getObject("since", Instant.class),
                row.getObject("opened_at", Instant.class),
                time(row, "cleared_at"));
    }

    static List<String> list(@Nullable String joined) {
        return joined == null || joined.isEmpty() ? List.of() : Arrays.asList(joined.split(","));
    }

    static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, Instant.class);
    }

    static QueuePoint point(ResultSet row) throws SQLException {
        return new QueuePoint(
                row.getObject("time", Instant.class),
                row.getObject("active", Integer.class),
                row.getObject("max_active", Integer.class),
                row.getObject("queued", Integer.class));
    }
}
