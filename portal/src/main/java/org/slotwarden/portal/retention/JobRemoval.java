package org.slotwarden.portal.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.job.JobEvents;
import org.slotwarden.portal.storage.JobMovers;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes ended jobs with all that is known of them. Samples go first, in small transactions, and the job itself last:
 * one that was deleted in part is deleted wholly when it is tried again.
 */
@Component
class JobRemoval implements RowCache {

    private static final int BLOCKS_AT_ONCE = 200;
    private static final int ROWS_AT_ONCE = 2000;

    /** What was read before a job was deleted is stored or given up by then. */
    private static final Duration ALL_STORED = Duration.ofMinutes(2);

    private record Gone(List<Long> slots, Instant at) {}

    private final Queue<Gone> gone = new ConcurrentLinkedQueue<>();
    private final JdbcClient jdbc;
    private final JobMovers movers;
    private final TransactionTemplate transaction;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    JobRemoval(
            JdbcClient jdbc,
            JobMovers movers,
            TransactionTemplate transaction,
            ApplicationEventPublisher events,
            Clock clock) {
        this.jdbc = jdbc;
        this.movers = movers;
        this.transaction = transaction;
        this.events = events;
        this.clock = clock;
    }

    /** @return false when there is no such job, or it has not ended: then nothing was deleted */
    boolean remove(long jobId) {
        return remove(jobId, () -> {});
    }

    /**
     * @param last within the transaction that deletes the job, as its last step
     * @return as above
     */
    boolean remove(long jobId, Runnable last) {
        if (!ended(jobId)) {
            return false;
        }
        List<Long> slots = jdbc.sql("SELECT id FROM slot WHERE job_id = ?")
                .param(jobId)
                .query((row, number) -> row.getLong(1))
                .list();
        // Nobody archives them any more, and whoever is at it finds that they have changed. Those whose samples are all
        // in blocks stay as they are, unless a late sample makes them due.
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL 1 DAY"
                        + " WHERE job_id = ? AND archive_at IS NOT NULL")
                .param(jobId)
                .update();
        slots.forEach(this::removeSamples);
        movers.remove(jobId);
        List<Long> heardLately = new ArrayList<>();
        boolean removed = Boolean.TRUE.equals(transaction.execute(status -> {
            jdbc.sql("SELECT id FROM job WHERE id = ? FOR UPDATE")
                    .param(jobId)
                    .query(Long.class)
                    .optional();
            heardLately.addAll(jdbc.sql("SELECT id FROM slot WHERE job_id = ? AND archive_at IS NOT NULL")
                    .param(jobId)
                    .query((row, number) -> row.getLong(1))
                    .list());
            // Flags, slots and what hangs on them go with it.
            boolean gone = ended(jobId)
                    && jdbc.sql("DELETE FROM job WHERE id = ?").param(jobId).update() == 1;
            if (gone) {
                events.publishEvent(new JobEvents.JobFellSilent(jobId));
                last.run();
            }
            return gone;
        }));
        // A late report may have come in between; one that comes in this moment is stored by somebody who knows the
        // slots. Of others nobody has heard for long.
        if (removed && !heardLately.isEmpty()) {
            gone.add(new Gone(heardLately, clock.instant()));
        }
        return removed;
    }

    /** Rows of samples that were being stored when their job was deleted. Where this is missed they go with their day. */
    void removeStragglers() {
        Instant quiet = clock.instant().minus(ALL_STORED);
        for (Gone next = gone.peek(); next != null && next.at().isBefore(quiet); next = gone.peek()) {
            List<Long> there = jdbc.sql("SELECT id FROM slot WHERE id IN (:slots)")
                    .param("slots", next.slots())
                    .query((row, number) -> row.getLong(1))
                    .list();
            // An id that is there again is another slot's: a server that starts counts on from what it has.
            next.slots().stream().filter(slot -> !there.contains(slot)).forEach(this::removeSamples);
            gone.remove(next);
        }
    }

    /** The database may have become another one, with other slots of these ids. */
    @Override
    public void forget() {
        gone.clear();
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
