package org.slotwarden.portal.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What this host is to tell batch systems, in the database. Several portals share it. */
@Repository
class CommandStore {

    private final JdbcClient jdbc;

    CommandStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One that nobody is at.
     *
     * @param begunAt when somebody was; null: never
     * @param times how often
     */
    record Due(
            long orderId,
            long jobId,
            OrderWish.ThroughBatch wish,
            String author,
            boolean byPolicy,
            String reason,
            @Nullable Instant begunAt,
            int times) {}

    void insert(long orderId, Instant expires) {
        jdbc.sql("INSERT INTO order_command (order_id, state, expires_at) VALUES (?, 'WAITING', ?)")
                .params(orderId, expires)
                .update();
    }

    /**
     * In the order of asking.
     *
     * @param lookedUntil orders from before this moment do not wait any longer for what the job is doing
     * @param aliveSince whoever began before this moment is not at it any more
     */
    List<Due> due(Instant lookedUntil, Instant aliveSince, int most) {
        return jdbc.sql("""
                        SELECT c.order_id, c.begun_at, c.times, o.job_id, o.kind, o.author, o.by_policy, o.reason
                        FROM order_command c JOIN job_order o ON o.id = c.order_id
                        WHERE (c.state = 'WAITING' AND (o.ordered_at <= :looked OR NOT EXISTS (SELECT 1 FROM slot_order s
                                WHERE s.order_id = o.id AND s.state IN ('WAITING', 'TOLD', 'BEGUN'))))
                            OR (c.state = 'BEGUN' AND c.begun_at <= :alive)
                        ORDER BY c.order_id LIMIT :most
                        """)
                .param("looked", lookedUntil)
                .param("alive", aliveSince)
                .param("most", most)
                .query(CommandStore::due)
                .list();
    }

    private static Due due(ResultSet row, int number) throws SQLException {
        return new Due(
                row.getLong("order_id"),
                row.getLong("job_id"),
                wish(OrderKind.valueOf(row.getString("kind"))),
                row.getString("author"),
                row.getBoolean("by_policy"),
                row.getString("reason"),
                row.getObject("begun_at", Instant.class),
                row.getInt("times"));
    }

    private static OrderWish.ThroughBatch wish(OrderKind kind) {
        return switch (kind) {
            case CANCEL -> new OrderWish.Cancel();
            case HOLD -> new OrderWish.Hold();
            case REQUEUE -> new OrderWish.Requeue();
            case COMMENT -> new OrderWish.Comment();
            case KILL, LOOK, TAIL, INTERVAL, LOG_LEVEL ->
                throw new IllegalStateException("No batch system knows " + kind);
        };
    }

    /** False when another portal took it, or somebody took it back. */
    boolean begin(Due one, Instant now) {
        return jdbc.sql("""
                        UPDATE order_command SET state = 'BEGUN', begun_at = :now, times = times + 1
                        WHERE order_id = :order AND times = :times
                            AND state = IF(:times = 0, 'WAITING', 'BEGUN')
                        """)
                        .param("now", now)
                        .param("order", one.orderId())
                        .param("times", one.times())
                        .update()
                == 1;
    }

    /**
     * False when another portal has taken it since.
     *
     * @param times as it was begun
     */
    boolean end(long orderId, int times, OrderState state, String detail, Instant now) {
        return jdbc.sql("""
                        UPDATE order_command SET state = :state, ended_at = :now, detail = :detail
                        WHERE order_id = :order AND times = :times AND state IN ('WAITING', 'BEGUN')
                        """)
                        .param("state", state.name())
                        .param("now", now)
                        .param("detail", detail)
                        .param("order", orderId)
                        .param("times", times)
                        .update()
                == 1;
    }

    void closeExpired(Instant now) {
        jdbc.sql("UPDATE order_command SET state = 'EXPIRED', ended_at = :now, detail = 'No portal was there in time'"
                        + " WHERE state = 'WAITING' AND expires_at <= :now")
                .param("now", now)
                .update();
    }

    boolean withdraw(long orderId) {
        return jdbc.sql("UPDATE order_command SET state = 'WITHDRAWN' WHERE order_id = ? AND state = 'WAITING'")
                        .param(orderId)
                        .update()
                == 1;
    }
}
