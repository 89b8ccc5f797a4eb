package org.slotwarden.portal.retention;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.retention.SamplePartitions.Partition;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes days of rows ahead, and takes off those whose time is over: never before all their samples are in blocks,
 * unless the time of blocks is over as well.
 */
@Component
class RowKeeper {

    private static final int SLOTS_AT_ONCE = 1000;
    private static final Logger log = LoggerFactory.getLogger(RowKeeper.class);

    private final JdbcClient jdbc;
    private final SamplePartitions partitions;
    private final RetentionSettings settings;
    private final Clock clock;
    private volatile int daysLate;

    RowKeeper(
            JdbcClient jdbc,
            SamplePartitions partitions,
            RetentionSettings settings,
            Clock clock,
            MeterRegistry meters) {
        this.jdbc = jdbc;
        this.partitions = partitions;
        this.settings = settings;
        this.clock = clock;
        Gauge.builder("slotwarden.rows.late", () -> daysLate)
                .baseUnit("days")
                .description("Days of samples as rows whose time is over, and which are kept because they are not"
                        + " archived yet or could not be taken off")
                .register(meters);
    }

    @Scheduled(
            initialDelayString = "${slotwarden.retention.look-every:10m}",
            fixedDelayString = "${slotwarden.retention.look-every:10m}")
    void keep() {
        try {
            partitions.dropTaken();
            partitions.makeAhead();
            if (settings.takeRowsOff()) {
                takeOld();
            }
        } catch (DataAccessException e) {
            log.warn("Partitions of job_sample could not be changed, which is tried again", e);
        }
    }

    /** The oldest first: a day that has to stay keeps those after it, which take what is older than they are. */
    void takeOld() {
        Instant now = clock.instant();
        List<Partition> old = partitions.all().stream()
                .filter(partition -> over(partition, settings.rows(), now))
                .toList();
        int late = old.size();
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
            log.info("The rows of {} were taken off", partition.day());
            daysLate = --late;
        }
    }

    private static boolean over(Partition partition, Duration kept, Instant now) {
        LocalDate end = partition.end();
        return end.atStartOfDay(ZoneOffset.UTC).toInstant().plus(kept).isBefore(now);
    }

    private record Rows(long slotId, Instant first, Instant last) {}

    /** Slots with rows in a partition that are due, or of which blocks do not reach over these rows. The first some. */
    List<Long> notArchived(Partition partition) {
        List<Long> missing = new ArrayList<>();
        long after = 0;
        List<Rows> some;
        do {
            some = jdbc.sql("SELECT slot_id, MIN(time) first, MAX(time) last FROM job_sample PARTITION ("
                            + partition.name() + ") WHERE slot_id > ? GROUP BY slot_id ORDER BY slot_id LIMIT ?")
                    .params(after, SLOTS_AT_ONCE)
                    .query((row, number) -> new Rows(
                            row.getLong("slot_id"),
                            row.getObject("first", Instant.class),
                            row.getObject("last", Instant.class)))
                    .list();
            some.stream().filter(rows -> !archived(rows)).forEach(rows -> missing.add(rows.slotId()));
            after = some.isEmpty() ? after : some.getLast().slotId();
        } while (some.size() == SLOTS_AT_ONCE && missing.size() < SLOTS_AT_ONCE);
        return missing;
    }

    /** Also of a slot that is gone. */
    private boolean archived(Rows rows) {
        return jdbc.sql("""
                        SELECT NOT EXISTS (SELECT 1 FROM slot WHERE id = :slot) OR (
                            NOT EXISTS (SELECT 1 FROM slot WHERE id = :slot AND archive_at <= UTC_TIMESTAMP(3))
                            AND EXISTS (SELECT 1 FROM sample_block WHERE slot_id = :slot AND first_at <= :first
                                ORDER BY first_at LIMIT 1)
                            AND (SELECT MAX(last_at) FROM sample_block WHERE slot_id = :slot) >= :last)
                        """)
                .param("slot", rows.slotId())
                .param("first", rows.first())
                .param("last", rows.last())
                .query(Boolean.class)
                .single();
    }

    private void archiveNow(List<Long> slots) {
        jdbc.sql("UPDATE slot SET archive_at = UTC_TIMESTAMP(3) WHERE id IN (:slots)"
                        + " AND (archive_at IS NULL OR archive_at > UTC_TIMESTAMP(3))")
                .param("slots", slots)
                .update();
    }
}
