package org.slotwarden.portal.series;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.slotwarden.portal.block.BlockDamagedException;
import org.slotwarden.portal.series.BlockRows.Head;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * Tells rows that no block holds, exactly, from all others.
 *
 * <p>Rows are counted first, block by block: samples of a block come from rows, and rows of a day leave its table all at
 * once, so that as many rows as samples between a block's first and last time are the same. That does not hold for what
 * lies before or after the day that a table is for; nor does a block whose counts differ tell anything: of these the
 * times are compared. What cannot be read counts as not there.
 */
@Service
public class ArchiveCheck {

    /** Some hundred thousand rows: read from a slow disk, too, they are counted long before the database is given up. */
    private static final int SLOTS_AT_ONCE = 100;

    private final JdbcClient jdbc;
    private final BlockRows blocks;

    ArchiveCheck(JdbcClient jdbc, BlockRows blocks) {
        this.jdbc = jdbc;
        this.blocks = blocks;
    }

    private record Covered(Head block, long rows) {}

    /**
     * Looks some slots up.
     *
     * @param rows {@code job_sample}, a partition of it, or a table that was one, as SQL has it; trusted
     * @param day UTC, of which no row is anywhere else
     * @return times of the rows that are in no block, by slot; slots of which there are none are not in it
     */
    public Map<Long, Set<Instant>> notInBlocks(String rows, LocalDate day, Collection<Long> slots) {
        Map<Long, Set<Instant>> missing = new HashMap<>();
        notInBlocks(rows, day, slots, missing::put);
        return missing;
    }

    /** Likewise, but tells of one slot at a time: of a day that is not archived at all these are all its times. */
    public void notInBlocks(
            String rows, LocalDate day, Collection<Long> slots, BiConsumer<Long, Set<Instant>> missing) {
        List<Long> all = List.copyOf(slots);
        for (int from = 0; from < all.size(); from += SLOTS_AT_ONCE) {
            ofSome(rows, day, all.subList(from, Math.min(all.size(), from + SLOTS_AT_ONCE)), missing);
        }
    }

    private void ofSome(String rows, LocalDate day, List<Long> slots, BiConsumer<Long, Set<Instant>> missing) {
        Map<Long, Long> counts = new HashMap<>();
        Map<Long, List<Covered>> covered = new HashMap<>();
        // What a slot has is read in one statement: blocks may be made anew meanwhile.
        jdbc.sql(
                        "SELECT r.slot_id, r.stored, b.id, b.first_at, b.last_at, b.samples, b.out_of_turn, (SELECT COUNT(*) FROM "
                                + rows
                                + " m WHERE m.slot_id = b.slot_id AND m.time BETWEEN b.first_at AND b.last_at) in_block"
                                + " FROM (SELECT slot_id, COUNT(*) stored, MIN(time) first, MAX(time) last FROM " + rows
                                + " WHERE slot_id IN (:slots) GROUP BY slot_id) r"
                                + " LEFT JOIN sample_block b ON b.slot_id = r.slot_id AND b.first_at <= r.last AND b.last_at >= r.first")
                .param("slots", slots)
                .query((row, number) -> {
                    long slot = row.getLong("slot_id");
                    counts.put(slot, row.getLong("stored"));
                    long id = row.getLong("id");
                    if (!row.wasNull()) {
                        Head block = new Head(
                                id,
                                row.getObject("first_at", Instant.class),
                                row.getObject("last_at", Instant.class),
                                row.getInt("samples"),
                                row.getInt("out_of_turn"));
                        covered.computeIfAbsent(slot, first -> new ArrayList<>())
                                .add(new Covered(block, row.getLong("in_block")));
                    }
                    return slot;
                })
                .list();
        counts.forEach((slot, stored) -> {
            Set<Instant> times = missing(rows, day, slot, stored, covered.getOrDefault(slot, List.of()));
            if (!times.isEmpty()) {
                missing.accept(slot, times);
            }
        });
    }

    private Set<Instant> missing(String rows, LocalDate day, long slot, long stored, List<Covered> covered) {
        Set<Instant> missing = new TreeSet<>();
        if (covered.stream().mapToLong(Covered::rows).sum() != stored) {
            missing.addAll(times(rows, slot, Instant.EPOCH, SampleHistory.FOREVER));
            covered.forEach(
                    one -> missing.removeIf(time -> !time.isBefore(one.block().first())
                            && !time.isAfter(one.block().last())));
        }
        Instant begin = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minusMillis(1);
        for (Covered one : covered) {
            boolean same =
                    one.block().within(begin, end) && one.rows() == one.block().samples();
            if (!same && one.rows() > 0) {
                Set<Instant> times =
                        times(rows, slot, one.block().first(), one.block().last());
                times.removeAll(archived(one.block()));
                missing.addAll(times);
            }
        }
        return missing;
    }

    private Set<Instant> times(String rows, long slot, Instant first, Instant last) {
        return new HashSet<>(jdbc.sql("SELECT time FROM " + rows + " WHERE slot_id = ? AND time BETWEEN ? AND ?")
                .params(slot, first, last)
                .query((row, number) -> row.getObject("time", Instant.class))
                .list());
    }

    private Set<Instant> archived(Head block) {
        Set<Instant> times = new HashSet<>();
        try {
            blocks.samples(block.id(), Set.of()).forEach(sample -> times.add(sample.time()));
        } catch (BlockDamagedException e) {
            return Set.of();
        }
        return times;
    }
}
