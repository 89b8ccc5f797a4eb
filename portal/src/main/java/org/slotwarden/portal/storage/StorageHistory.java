package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Thins the past of queues, and deletes what is older than it is to be, some hundred rows in a transaction. */
@Component
class StorageHistory {

    private static final int ROWS_AT_ONCE = 1000;

    /** The past of queues is whole for so long. */
    static final Duration WHOLE = Duration.ofDays(2);

    /** What is thinned was thinned before, unless the portal was stopped for long. */
    private static final Duration THINNED_AT_ONCE = Duration.ofDays(2);

    /** Connections that are gone for longer tell nothing of a mover any more. */
    private static final Duration CONNECTIONS = Duration.ofHours(2);

    private final JdbcClient jdbc;
    private final StorageSettings settings;
    private final Clock clock;

    StorageHistory(JdbcClient jdbc, StorageSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** Of what is older than two days the fullest point of ten minutes stays, of equal ones the last. */
    void thin() {
        Instant end = clock.instant().minus(WHOLE).truncatedTo(ChronoUnit.HOURS);
        thin("storage_queue_history", "queue_id", "storage_queue", end);
        thin("storage_look", "storage_id", "storage_system", end);
    }

    private void thin(String history, String key, String owners, Instant end) {
        List<Long> ids = jdbc.sql("SELECT id FROM " + owners)
                .query((row, number) -> row.getLong(1))
                .list();
        String statement = """
                DELETE FROM HISTORY WHERE KEY = :id AND time IN (
                    SELECT time FROM (SELECT time, ROW_NUMBER() OVER (
                            PARTITION BY FLOOR(UNIX_TIMESTAMP(time) / 600)
                            ORDER BY COALESCE(active, -1) + COALESCE(queued, 0) DESC, time DESC) place
                        FROM HISTORY
                        WHERE KEY = :id AND time >= :from AND time < :to) ranked
                    WHERE place > 1)
                """.replace("HISTORY", history).replace("KEY", key);
        for (long id : ids) {
            jdbc.sql(statement)
                    .param("id", id)
                    .param("from", end.minus(THINNED_AT_ONCE))
                    .param("to", end)
                    .update();
        }
    }

    void deleteOld() {
        Instant now = clock.instant();
        old("storage_queue_history", "time", now.minus(settings.history()));
        old("storage_look", "time", now.minus(settings.history()));
        old("storage_mover", "gone_at", now.minus(settings.keep()));
        old("storage_alarm", "cleared_at", now.minus(settings.keep()));
        old("storage_release", "expires_at", now.minus(settings.keep()));
        old("storage_connection", "gone_at", now.minus(CONNECTIONS));
        repeat(
                "DELETE FROM storage_slot WHERE slot_id IN (SELECT slot_id FROM (SELECT t.slot_id FROM storage_slot t"
                        + " JOIN slot s ON s.id = t.slot_id WHERE s.ended_at < ? LIMIT " + ROWS_AT_ONCE
                        + ") old)",
                now.minus(CONNECTIONS));
    }

    private void old(String table, String time, Instant before) {
        repeat("DELETE FROM " + table + " WHERE " + time + " < ? ORDER BY " + time + " LIMIT " + ROWS_AT_ONCE, before);
    }

    private void repeat(String sql, Instant before) {
        while (jdbc.sql(sql).param(before).update() >= ROWS_AT_ONCE
                && !Thread.currentThread().isInterrupted()) {
            // There are more.
        }
    }
}
