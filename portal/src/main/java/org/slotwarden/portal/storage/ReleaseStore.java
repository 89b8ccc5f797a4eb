package org.slotwarden.portal.storage;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.StorageAnswer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tells watches which movers to end, and keeps what became of it. */
@Component
class ReleaseStore {

    /** A result may come so long after the order has expired. */
    private static final Duration RESULT_WITHIN = Duration.ofMinutes(5);

    private static final int MOST_TEXT_BYTES = 200;

    private final JdbcClient jdbc;
    private final Audit audit;
    private final Clock clock;

    ReleaseStore(JdbcClient jdbc, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    private record Row(
            long id,
            String storage,
            String pool,
            long moverId,
            Instant submittedAt,
            Instant expiresAt,
            @Nullable Long jobId,
            String author,
            String reason) {}

    private List<Row> open(String where, Object... parameters) {
        return jdbc.sql("SELECT r.*, s.name storage FROM storage_release r JOIN storage_system s ON s.id = r.storage_id"
                        + " WHERE " + where + " ORDER BY r.id LIMIT " + WireContract.MAX_ORDERS)
                .params(List.of(parameters))
                .query((row, number) -> new Row(
                        row.getLong("id"),
                        row.getString("storage"),
                        row.getString("pool"),
                        row.getLong("mover_id"),
                        row.getObject("submitted_at", Instant.class),
                        row.getObject("expires_at", Instant.class),
                        row.getObject("job_id", Long.class),
                        row.getString("author"),
                        row.getString("reason")))
                .list();
    }

    /** What a watch tells of orders for its own storage system; what it told before counts. */
    void results(long storage, List<Look.Result> results) {
        for (Look.Result result : results) {
            int news = jdbc.sql("UPDATE storage_release SET state = ?, detail = ?, done_at = ?"
                            + " WHERE id = ? AND storage_id = ? AND state IN ('OPEN', 'EXPIRED')")
                    .params(Arrays.asList(
                            result.state().name(), result.detail(), result.doneAt(), result.order(), storage))
                    .update();
            if (news == 1) {
                open("r.id = ?", result.order())
                        .forEach(row -> told(
                                row,
                                result.state().stateName() + (result.detail() == null ? "" : ": " + result.detail())));
            }
        }
    }

    private void told(Row row, String what) {
        audit.add(
                Actor.PORTAL,
                "mover-release-end",
                MoverReleases.subject(row.storage(), row.pool(), row.moverId()),
                row.jobId(),
                "ordered by " + row.author() + ": " + what);
    }

    /** The answer to a report: what is to be ended and was not told to be yet, or of which no result came. */
    StorageAnswer answer(long storage, Instant now) {
        List<Row> open = open("r.storage_id = ? AND r.state = 'OPEN' AND r.expires_at > ?", storage, now);
        if (!open.isEmpty()) {
            jdbc.sql("UPDATE storage_release SET told_at = :now WHERE id IN (:ids) AND told_at IS NULL")
                    .param("now", now)
                    .param("ids", open.stream().map(Row::id).toList())
                    .update();
        }
        return StorageAnswer.newBuilder()
                .setAnsweredAtMs(clock.millis())
                .addAllReleases(open.stream()
                        .map(row -> ReleaseOrder.newBuilder()
                                .setOrderId(row.id())
                                .setPool(row.pool())
                                .setMoverId(row.moverId())
                                .setSubmittedAtMs(row.submittedAt().toEpochMilli())
                                .setExpiresAtMs(row.expiresAt().toEpochMilli())
                                .setAuthor(cut(row.author()))
                                .setReason(cut(row.reason()))
                                .build())
                        .toList())
                .build();
    }

    private static String cut(String text) {
        String cut = text;
        while (cut.getBytes(StandardCharsets.UTF_8).length > MOST_TEXT_BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }

    /** Closes what was not carried out in time, as far as known. */
    void expire(Instant now) {
        for (Row row : open("r.state = 'OPEN' AND r.expires_at < ?", now.minus(RESULT_WITHIN))) {
            int expired = jdbc.sql("UPDATE storage_release SET state = 'EXPIRED' WHERE id = ? AND state = 'OPEN'")
                    .param(row.id())
                    .update();
            if (expired == 1) {
                told(row, "the watch told no result in time");
            }
        }
    }
}
