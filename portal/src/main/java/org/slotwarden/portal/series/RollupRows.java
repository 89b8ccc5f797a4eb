package org.slotwarden.portal.series;

import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.block.BlockEncoder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code sample_rollup}. */
@Component
class RollupRows {

    /** Two days: about two blocks fill a page where all metrics are measured. */
    private static final int BUCKETS_AT_ONCE = 288;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    RollupRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** Buckets that begin from {@code from} to before {@code to}; may have some on either side, too. */
    Rollup read(long slotId, Set<Metric> metrics, Instant from, Instant to) {
        var rollup = new Rollup();
        jdbc.sql("SELECT data FROM sample_rollup WHERE slot_id = ? AND last_at >= ? AND first_at < ? ORDER BY first_at")
                .params(slotId, from, to)
                .query((ResultSet row) -> RollupBlock.decode(row.getBytes("data"), metrics, rollup));
        return rollup;
    }

    /** Begin of the first bucket of any of these slots. */
    @Nullable
    Instant first(Collection<Long> slotIds) {
        return slotIds.isEmpty()
                ? null
                : jdbc.sql("SELECT MIN(first_at) FROM sample_rollup WHERE slot_id IN (:slots)")
                        .param("slots", slotIds)
                        .query((row, number) -> row.getObject(1, Instant.class))
                        .optional()
                        .orElse(null);
    }

    /** Blocks that have buckets from {@code from} on. */
    Map<Long, byte[]> since(long slotId, Instant from) {
        Map<Long, byte[]> blocks = new TreeMap<>();
        jdbc.sql("SELECT id, data FROM sample_rollup WHERE slot_id = ? AND last_at >= ?")
                .params(slotId, from)
                .query((ResultSet row) -> {
                    blocks.put(row.getLong("id"), row.getBytes("data"));
                });
        return blocks;
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Made(Instant first, Instant last, int buckets, byte[] data) {}

    record OfSlot(long slotId, Made made) {}

    static List<Made> made(BlockEncoder encoder, Rollup rollup) {
        List<Made> made = new ArrayList<>();
        SortedMap<Long, Map<Metric, Rollup.Cell>> left = new TreeMap<>(rollup.buckets());
        while (!left.isEmpty()) {
            SortedMap<Long, Map<Metric, Rollup.Cell>> some = first(left, BUCKETS_AT_ONCE);
            byte[] data = RollupBlock.encode(encoder, some);
            while (data.length > BlockBuilder.MOST_BYTES && some.size() > 1) {
                some = first(left, Math.max(1, (int) (0.97 * some.size() * BlockBuilder.MOST_BYTES / data.length)));
                data = RollupBlock.encode(encoder, some);
            }
            made.add(new Made(
                    Instant.ofEpochMilli(some.firstKey()), Instant.ofEpochMilli(some.lastKey()), some.size(), data));
            left = left.tailMap(some.lastKey() + 1);
        }
        return made;
    }

    private static SortedMap<Long, Map<Metric, Rollup.Cell>> first(
            SortedMap<Long, Map<Metric, Rollup.Cell>> buckets, int most) {
        SortedMap<Long, Map<Metric, Rollup.Cell>> first = new TreeMap<>();
        buckets.entrySet().stream().limit(most).forEach(bucket -> first.put(bucket.getKey(), bucket.getValue()));
        return first;
    }

    void insert(Collection<OfSlot> rollups) {
        batches.batchUpdate(
                "INSERT INTO sample_rollup (slot_id, first_at, last_at, buckets, data) VALUES (?, ?, ?, ?, ?)",
                rollups.stream()
                        .map(rollup -> new Object[] {
                            rollup.slotId(),
                            rollup.made().first(),
                            rollup.made().last(),
                            rollup.made().buckets(),
                            rollup.made().data()
                        })
                        .toList());
    }

    void delete(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            batches.batchUpdate(
                    "DELETE FROM sample_rollup WHERE id = ?",
                    ids.stream().map(id -> new Object[] {id}).toList());
        }
    }
}
