package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A mover as it is stored. @param goneAt null: it is there */
record MoverRow(
        long id,
        SeenMover seen,
        Instant firstSeenAt,
        @Nullable Instant goneAt,
        Verdict verdict) {

    static MoverRow of(ResultSet row) throws SQLException {
        return new MoverRow(
                row.getLong("id"),
                seen(row),
                row.getObject("first_seen_at", Instant.class),
                StorageRows.time(row, "gone_at"),
                new Verdict(
                        Confidence.valueOf(row.getString("confidence")),
                        row.getString("reason"),
                        row.getObject("job_id", Long.class),
                        row.getObject("slot_id", Long.class),
                        row.getObject("node_id", Long.class),
                        row.getString("candidates"),
                        StorageRows.time(row, "job_ended_at")));
    }

    private static SeenMover seen(ResultSet row) throws SQLException {
        return new SeenMover(
                row.getString("pool"),
                row.getLong("mover_id"),
                row.getObject("submitted_at", Instant.class),
                row.getString("queue"),
                Mover.State.valueOf(row.getString("state")),
                row.getString("state_text"),
                StorageRows.time(row, "started_at"),
                StorageRows.time(row, "last_io_at"),
                row.getObject("bytes", Long.class),
                row.getString("direction"),
                row.getString("protocol"),
                row.getString("door"),
                row.getString("session_status"),
                row.getString("path"),
                row.getString("file_id"),
                new SeenMover.Client(
                        row.getString("client_address"),
                        StorageRows.list(row.getString("client_chain")),
                        row.getObject("client_port", Integer.class),
                        row.getObject("client_process", Long.class),
                        row.getString("user_name"),
                        row.getObject("uid", Long.class),
                        row.getObject("gid", Long.class),
                        row.getString("storage_endpoint")));
    }
}
