package org.slotwarden.portal.retention;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.slotwarden.portal.series.ArchiveCheck;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Rows of a day that was taken off: nobody writes to them any more, so that what is seen in them is all there will be.
 * What no block has goes back to {@code job_sample}, into its oldest day, and its slots are due to be archived.
 */
@Component
class TakenRows {

    private static final int SLOTS_AT_ONCE = 100;
    private static final int ROWS_AT_ONCE = 1000;

    private final JdbcClient jdbc;
    private final ArchiveCheck check;
    private final TransactionTemplate transaction;

    TakenRows(JdbcClient jdbc, ArchiveCheck check, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.check = check;
        this.transaction = transaction;
    }

    /**
     * May be done again after it was broken off.
     *
     * @param since what is older is over: its blocks are deleted, and it would come back every day
     * @return rows that went back, or were there again
     */
    long putBack(Partition taken, Instant since) {
        String table = SamplePartitions.taken(taken);
        String columns = columns(table);
        long rows = 0;
        long after = 0;
        List<Long> slots;
        do {
            slots = jdbc.sql("SELECT DISTINCT slot_id FROM " + table + " WHERE slot_id > ? ORDER BY slot_id LIMIT ?")
                    .params(after, SLOTS_AT_ONCE)
                    .query((row, number) -> row.getLong(1))
                    .list();
            if (!slots.isEmpty()) {
                after = slots.getLast();
                Map<Long, Set<Instant>> missing = new HashMap<>(check.notInBlocks(table, taken.day(), slots));
                for (Map.Entry<Long, Set<Instant>> slot : missing.entrySet()) {
                    List<Instant> times = slot.getValue().stream()
                            .filter(time -> !time.isBefore(since))
                            .toList();
                    rows += putBack(table, columns, slot.getKey(), times);
                }
            }
        } while (slots.size() == SLOTS_AT_ONCE);
        return rows;
    }

    /** An older portal may have made the table. */
    private String columns(String table) {
        return jdbc.sql("""
                        SELECT GROUP_CONCAT('`', column_name, '`' ORDER BY ordinal_position) FROM information_schema.columns
                        WHERE table_schema = DATABASE() AND table_name = ?
                        """).param(table).query(String.class).single();
    }

    private long putBack(String table, String columns, long slot, List<Instant> times) {
        long rows = 0;
        for (int from = 0; from < times.size(); from += ROWS_AT_ONCE) {
            List<Instant> some = times.subList(from, Math.min(times.size(), from + ROWS_AT_ONCE));
            Integer back = transaction.execute(status -> {
                // Of a job that was deleted nothing is missed. Whoever deletes it now waits, and then finds these rows.
                boolean there = jdbc.sql("SELECT id FROM slot WHERE id = ? FOR UPDATE")
                        .param(slot)
                        .query(Long.class)
                        .optional()
                        .isPresent();
                if (!there) {
                    return 0;
                }
                // A sample that came again meanwhile is there already. Not with ON DUPLICATE KEY UPDATE: MariaDB 11.4.5
                // crashes when it finds one in a table with partitions. One that comes in this moment spoils it: again
                // later.
                jdbc.sql("INSERT INTO job_sample (" + columns + ") SELECT " + columns + " FROM " + table
                                + " t WHERE slot_id = :slot AND time IN (:times) AND NOT EXISTS (SELECT 1 FROM job_sample m"
                                + " WHERE m.slot_id = t.slot_id AND m.time = t.time)")
                        .param("slot", slot)
                        .param("times", some)
                        .update();
                jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) WHERE id = ?")
                        .param(slot)
                        .update();
                return some.size();
            });
            rows += back == null ? 0 : back;
        }
        return rows;
    }
}
