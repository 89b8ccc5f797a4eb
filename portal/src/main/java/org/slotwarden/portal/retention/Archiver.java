package org.slotwarden.portal.retention;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.series.SampleArchive;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes blocks of the rows of slots that are due: of all when the job has ended, of whole days of the past while it
 * runs. Small transactions, each of which leaves a slot as it was or archived; whoever stores a sample of a slot that
 * is archived makes it due again in the same transaction.
 */
@Component
class Archiver {

    /** Slots that are written in one transaction. */
    private static final int SLOTS = 100;

    /** Samples that are in memory before they are written, as blocks of some megabytes. */
    private static final long SAMPLES = 50_000;

    /** A day of a running slot is archived so long after its end at the earliest: late samples may come. */
    static final Duration DAY_SETTLES = Duration.ofHours(6);

    /** What could not be archived is tried again after this time, so that the others have their turn. */
    private static final Duration AGAIN = Duration.ofHours(1);

    /**
     * A slot without an end, whose job has ended all the same, may go on to report: whoever has heard of it within the
     * last hour stores its samples without looking at the slot. For so long after the last report it is not said that
     * blocks have all.
     */
    private static final Duration HEARD_LATELY = Duration.ofHours(3);

    private static final Instant ALL = Instant.parse("9999-12-31T00:00:00Z");
    private static final Logger log = LoggerFactory.getLogger(Archiver.class);

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final SampleArchive archive;
    private final RetentionSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Archiver(
            JdbcClient jdbc,
            JdbcTemplate batches,
            SampleArchive archive,
            RetentionSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.archive = archive;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** @param heardLately and without an end */
    private record Due(long slotId, Instant archiveAt, boolean live, boolean heardLately, double intervalSeconds) {}

    /**
     * @param slots that were due, or are to be looked at again
     * @param samples that are in new blocks
     */
    record Round(int slots, long samples) {}

    /**
     * Archives the slots that have been due longest, as many as fit in some transactions.
     *
     * @return no slots when there is nothing left to do
     */
    synchronized Round round() {
        List<Due> due = due();
        long samples = 0;
        List<Due> waiting = new ArrayList<>();
        List<SampleArchive.Made> made = new ArrayList<>();
        long inMemory = 0;
        for (Due slot : due) {
            try {
                SampleArchive.Made one = archive.make(slot.slotId(), slot.intervalSeconds(), until(slot));
                if (one != null) {
                    made.add(one);
                    inMemory += one.samples();
                    samples += one.samples();
                }
                waiting.add(slot);
            } catch (RuntimeException e) {
                putOff(slot, e);
            }
            if (inMemory >= SAMPLES) {
                store(waiting, made);
                waiting.clear();
                made.clear();
                inMemory = 0;
            }
        }
        store(waiting, made);
        return new Round(due.size(), samples);
    }

    private List<Due> due() {
        return jdbc.sql("""
                        SELECT s.id, s.archive_at, j.state IN ('RUNNING', 'SILENT') live,
                            s.ended_at IS NULL AND j.last_report_at > :heard heard_lately,
                            GREATEST(COALESCE(s.sample_interval_seconds, 30),
                                COALESCE(j.requested_interval_seconds, s.sample_interval_seconds, 30)) expected
                        FROM slot s JOIN job j ON j.id = s.job_id
                        WHERE s.archive_at <= UTC_TIMESTAMP(3) ORDER BY s.archive_at LIMIT :most
                        """)
                .param("heard", clock.instant().minus(HEARD_LATELY))
                .param("most", SLOTS)
                .query((row, number) -> new Due(
                        row.getLong("id"),
                        row.getObject("archive_at", Instant.class),
                        row.getBoolean("live"),
                        row.getBoolean("heard_lately"),
                        row.getDouble("expected")))
                .list();
    }

    private Instant until(Due slot) {
        return slot.live() ? archivedUntil() : ALL;
    }

    /** Days of running slots that are over for so long that they are archived: their rows still stay for a day. */
    private Instant archivedUntil() {
        Duration settled = settings.rows().minus(Duration.ofDays(1));
        Instant latest = clock.instant().minus(settled.compareTo(DAY_SETTLES) < 0 ? DAY_SETTLES : settled);
        return latest.truncatedTo(ChronoUnit.DAYS);
    }

    private void store(List<Due> slots, List<SampleArchive.Made> made) {
        if (slots.isEmpty()) {
            return;
        }
        try {
            transaction.executeWithoutResult(status -> storeLocked(slots, made));
        } catch (RuntimeException e) {
            // One slot of them may be the cause.
            for (Due slot : slots) {
                try {
                    List<SampleArchive.Made> own = made.stream()
                            .filter(one -> one.slotId() == slot.slotId())
                            .toList();
                    transaction.executeWithoutResult(status -> storeLocked(List.of(slot), own));
                } catch (RuntimeException alone) {
                    putOff(slot, alone);
                }
            }
        }
    }

    /** A slot that changed since it was read stays due; one that is gone is passed over. */
    private void storeLocked(List<Due> slots, List<SampleArchive.Made> made) {
        Map<Long, @Nullable Instant> now = new HashMap<>();
        jdbc.sql("SELECT id, archive_at FROM slot WHERE id IN (:ids) ORDER BY id FOR UPDATE")
                .param("ids", slots.stream().map(Due::slotId).toList())
                .query((ResultSet row) -> {
                    now.put(row.getLong("id"), row.getObject("archive_at", Instant.class));
                });
        List<Due> unchanged = slots.stream()
                .filter(slot -> Objects.equals(now.get(slot.slotId()), slot.archiveAt()))
                .toList();
        archive.store(made.stream()
                .filter(one -> unchanged.stream().anyMatch(slot -> slot.slotId() == one.slotId()))
                .toList());
        batches.batchUpdate(
                "UPDATE slot SET archive_at = ? WHERE id = ?",
                unchanged.stream()
                        .map(slot -> new @Nullable Object[] {next(slot), slot.slotId()})
                        .toList());
    }

    /** While the job runs once a day, not all slots at the same time; null when blocks have all. */
    private @Nullable Instant next(Due slot) {
        if (!slot.live()) {
            return slot.heardLately() ? clock.instant().plus(HEARD_LATELY) : null;
        }
        Instant midnight = clock.instant()
                .atZone(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.DAYS)
                .plusDays(1)
                .toInstant();
        long spread = Duration.ofHours(12).toSeconds();
        return midnight.plus(DAY_SETTLES).plusSeconds(Math.floorMod(slot.slotId() * 7919, spread));
    }

    private void putOff(Due slot, RuntimeException why) {
        log.warn("Slot {} could not be archived, and is tried again in {}", slot.slotId(), AGAIN, why);
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ? AND archive_at = ?")
                .params(AGAIN.toSeconds(), slot.slotId(), slot.archiveAt())
                .update();
    }

    /** Seconds for which the slot that has been due longest has waited; 0 when none waits. */
    double lagSeconds() {
        return jdbc.sql("""
                        SELECT GREATEST(0, COALESCE(TIMESTAMPDIFF(SECOND, MIN(archive_at), UTC_TIMESTAMP(3)), 0))
                        FROM slot WHERE archive_at IS NOT NULL
                        """).query(Double.class).single();
    }
}
