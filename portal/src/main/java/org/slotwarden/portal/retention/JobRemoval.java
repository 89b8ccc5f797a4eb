package org.slotwarden.portal.retention;

import java.util.List;
import org.slotwarden.portal.job.JobEvents;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes ended jobs with all that is known of them. Samples go first, in small transactions, and the job itself last:
 * one that was deleted in part is deleted wholly when it is tried again.
 */
@Component
class JobRemoval {

    private static final int BLOCKS_AT_ONCE = 200;
    private static final int ROWS_AT_ONCE = 2000;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;

    JobRemoval(JdbcClient jdbc, TransactionTemplate transaction, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.events = events;
    }

    /** @return false when there is no such job, or it has not ended: then nothing was deleted */
    boolean remove(long jobId) {
        if (!ended(jobId)) {
            return false;
        }
        List<Long> slots = jdbc.sql("SELECT id FROM slot WHERE job_id = ?")
                .param(jobId)
                .query((row, number) -> row.getLong(1))
                .list();
        // Nobody archives them any more, and whoever is at it finds that they have changed.
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 1 DAY WHERE job_id = ?")
                .param(jobId)
                .update();
        slots.forEach(this::removeSamples);
        boolean removed = Boolean.TRUE.equals(transaction.execute(status -> {
            jdbc.sql("SELECT id FROM job WHERE id = ? FOR UPDATE")
                    .param(jobId)
                    .query(Long.class)
                    .optional();
            // Flags, slots and what hangs on them go with it.
            boolean gone = ended(jobId)
                    && jdbc.sql("DELETE FROM job WHERE id = ?").param(jobId).update() == 1;
            if (gone) {
                events.publishEvent(new JobEvents.JobFellSilent(jobId));
            }
            return gone;
        }));
        // A late report may have come in between. One that comes in this moment leaves rows that nobody reads, and
        // that go with their day.
        slots.forEach(this::removeSamples);
        return removed;
    }

    private boolean ended(long jobId) {
        return jdbc.sql("SELECT COUNT(*) FROM job WHERE id = ? AND state NOT IN ('RUNNING', 'SILENT')")
                        .param(jobId)
                        .query(Long.class)
                        .single()
                == 1;
    }

    private void removeSamples(long slot) {
        all("DELETE FROM sample_block WHERE slot_id = ? LIMIT " + BLOCKS_AT_ONCE, slot, BLOCKS_AT_ONCE);
        all("DELETE FROM sample_rollup WHERE slot_id = ? LIMIT " + BLOCKS_AT_ONCE, slot, BLOCKS_AT_ONCE);
        all("DELETE FROM job_sample WHERE slot_id = ? LIMIT " + ROWS_AT_ONCE, slot, ROWS_AT_ONCE);
    }

    private void all(String sql, long slot, int atOnce) {
        while (jdbc.sql(sql).param(slot).update() == atOnce) {
            // Each in a transaction of its own.
        }
    }
}
