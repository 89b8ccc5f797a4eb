package org.slotwarden.portal.retention;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.slotwarden.portal.series.ArchiveCheck;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes days of rows ahead, and takes off those whose time is over: never before all their samples are in blocks,
 * unless the time of blocks is over as well. A day is looked at twice. Before it is taken off, quickly, for it stays as
 * long as much is missing; and afterwards exactly, when nothing more can come, so that the last straggler is found.
 */
@Component
class RowKeeper {

    private static final int SLOTS_AT_ONCE = 1000;
    private static final Logger log = LoggerFactory.getLogger(RowKeeper.class);

    private final JdbcClient jdbc;
    private final SamplePartitions partitions;
    private final TakenRows taken;
    private final ArchiveCheck check;
    private final RetentionSettings settings;
    private final Clock clock;
    private volatile int daysLate;

    RowKeeper(
            JdbcClient jdbc,
            SamplePartitions partitions,
            TakenRows taken,
            ArchiveCheck check,
            RetentionSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.partitions = partitions;
        this.taken = taken;
        this.check = check;
        this.settings = settings;
        this.clock = clock;
        Gauge.builder("slotwarden.rows.late", () -> daysLate)
                .baseUnit("days")
                .description("Days of samples as rows whose time is over, and which are kept because they are not"
                        + " archived yet or could not be taken off")
                .register(meters);
    }

    @Scheduled(
            initialDelayString = "${slotwarden.retention.look-every:1m}",
            fixedDelayString = "${slotwarden.retention.look-every:10m}")
    void keep() {
        attempt(partitions::makeAhead);
        attempt(this::removeTaken);
        attempt(this::takeOld);
    }

    private static void attempt(Runnable change) {
        try {
            change.run();
        } catch (DataAccessException e) {
            log.warn("Partitions of job_sample could not be changed, which is tried again", e);
        }
    }

    /** Days with which the portal was stopped, or which could not be removed. */
    void removeTaken() {
        partitions.allTaken().forEach(day -> remove(day, clock.instant()));
    }

    private void remove(Partition day, Instant now) {
        long back = over(day, settings.blocks(), now) ? 0 : taken.putBack(day, now.minus(settings.blocks()));
        partitions.remove(day);
        if (back > 0) {
            log.info(
                    "The rows of {} were taken off, but for {} that were not archived and are put back",
                    day.day(),
                    back);
        } else {
            log.info("The rows of {} were taken off", day.day());
        }
    }

    /** The oldest first: a day that has to stay keeps those after it, which take what is older than they are. */
    void takeOld() {
        Instant now = clock.instant();
        List<Partition> old = partitions.all().stream()
                .filter(partition -> over(partition, settings.rows(), now))
                .toList();
        int late = old.size() + partitions.allTaken().size();
        daysLate = late;
        for (Partition partition : old) {
            List<Long> missing = over(partition, settings.blocks(), now) ? List.of() : notArchived(partition);
            if (!missing.isEmpty()) {
                log.warn(
                        "The rows of {} stay: samples of {} slots or more are not archived yet",
                        partition.day(),
                        missing.size());
                archiveNow(missing);
                break;
            }
            partitions.take(partition);
            remove(partition, now);
            daysLate = --late;
        }
    }

    private static boolean over(Partition partition, Duration kept, Instant now) {
        LocalDate end = partition.end();
        return end.atStartOfDay(ZoneOffset.UTC).toInstant().plus(kept).isBefore(now);
    }

    private record Rows(long slotId, Instant first, Instant last) {}

    /**
     * Slots with rows of a partition's day of which blocks do not reach over these rows, or which wait to be archived
     * and have rows that no block has. The first some. Rows of earlier days come at any time from a node whose clock is
     * behind, and would keep the day for ever: what is missing of them is put back when the day is off.
     */
    List<Long> notArchived(Partition partition) {
        String rows = "job_sample PARTITION (" + partition.name() + ")";
        Instant begin = partition.day().atStartOfDay(ZoneOffset.UTC).toInstant();
        List<Long> missing = new ArrayList<>();
        long after = 0;
        List<Rows> some;
        do {
            some = jdbc.sql("SELECT slot_id, MIN(time) first, MAX(time) last FROM " + rows
                            + " WHERE slot_id > ? AND time >= ? GROUP BY slot_id ORDER BY slot_id LIMIT ?")
                    .params(after, begin, SLOTS_AT_ONCE)
                    .query((row, number) -> new Rows(
                            row.getLong("slot_id"),
                            row.getObject("first", Instant.class),
                            row.getObject("last", Instant.class)))
                    .list();
            if (!some.isEmpty()) {
                after = some.getLast().slotId();
                Set<Long> waiting = waiting(some.stream().map(Rows::slotId).toList());
                check.notInBlocks(rows, partition.day(), waiting, (slot, times) -> {
                    if (times.stream().anyMatch(time -> !time.isBefore(begin))) {
                        missing.add(slot);
                    }
                });
                missing.addAll(notReachedOver(some.stream()
                        .filter(slot -> !waiting.contains(slot.slotId()))
                        .toList()));
            }
        } while (some.size() == SLOTS_AT_ONCE && missing.size() < SLOTS_AT_ONCE);
        return missing;
    }

    /** Of these, those that are due, or were put off after the end of their job. At a large site there are always some. */
    private Set<Long> waiting(List<Long> slots) {
        return jdbc.sql("""
                        SELECT s.id FROM slot s JOIN job j ON j.id = s.job_id
                        WHERE s.id IN (:slots) AND s.archive_at IS NOT NULL
                            AND (s.archive_at <= UTC_TIMESTAMP(3) OR j.state NOT IN ('RUNNING', 'SILENT'))
                        """)
                .param("slots", slots)
                .query((row, number) -> row.getLong(1))
                .set();
    }

    /** Of these, those whose blocks do not reach over their rows. Of a slot that is gone nothing is missed. */
    private List<Long> notReachedOver(List<Rows> some) {
        if (some.isEmpty()) {
            return List.of();
        }
        record Blocks(Instant first, Instant last) {}
        // Blocks of a slot do not overlap: the one that begins last ends last.
        Map<Long, Blocks> blocks = new HashMap<>();
        jdbc.sql("""
                        SELECT s.id, ends.first_at, b.last_at FROM slot s
                        LEFT JOIN (SELECT slot_id, MIN(first_at) first_at, MAX(first_at) newest FROM sample_block
                            WHERE slot_id IN (:slots) GROUP BY slot_id) ends ON ends.slot_id = s.id
                        LEFT JOIN sample_block b ON b.slot_id = s.id AND b.first_at = ends.newest
                        WHERE s.id IN (:slots)
                        """).param("slots", some.stream().map(Rows::slotId).toList()).query((ResultSet row) -> {
            Instant first = row.getObject("first_at", Instant.class);
            blocks.put(
                    row.getLong("id"),
                    first == null
                            ? new Blocks(Instant.MAX, Instant.MIN)
                            : new Blocks(first, row.getObject("last_at", Instant.class)));
        });
        return some.stream()
                .filter(slot -> {
                    Blocks of = blocks.get(slot.slotId());
                    return of != null
                            && (of.first().isAfter(slot.first()) || of.last().isBefore(slot.last()));
                })
                .map(Rows::slotId)
                .toList();
    }

    private void archiveNow(List<Long> slots) {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) WHERE id IN (:slots)"
                        + " AND (archive_at IS NULL OR archive_at > UTC_TIMESTAMP(3))")
                .param("slots", slots)
                .update();
    }
}
