package org.slotwarden.portal.series;

import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes rows of {@code sample_block}. Blocks of one slot do not overlap. */
@Component
class BlockRows {

    /** Blocks that are in memory at a time while a long stretch is read: half a megabyte. */
    static final int AT_ONCE = 64;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    BlockRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** A block without its data. */
    record Head(long id, Instant first, Instant last, int samples, int outOfTurn) {
        boolean within(Instant from, Instant to) {
            return !first.isBefore(from) && !last.isAfter(to);
        }
    }

    /** Those with samples from {@code from} to {@code to}, by time. */
    List<Head> heads(long slotId, Instant from, Instant to) {
        return heads(slotId, Instant.EPOCH, from, to, Integer.MAX_VALUE);
    }

    /** Of those, the first {@code most} that begin after {@code after}. */
    List<Head> heads(long slotId, Instant after, Instant from, Instant to, int most) {
        return jdbc.sql("""
                        SELECT id, first_at, last_at, samples, out_of_turn FROM sample_block
                        WHERE slot_id = ? AND first_at > ? AND first_at <= ? AND last_at >= ? ORDER BY first_at LIMIT ?
                        """)
                .params(slotId, after, to, from, most)
                .query((row, number) -> new Head(
                        row.getLong("id"),
                        row.getObject("first_at", Instant.class),
                        row.getObject("last_at", Instant.class),
                        row.getInt("samples"),
                        row.getInt("out_of_turn")))
                .list();
    }

    /** Time of the first archived sample. */
    @Nullable
    Instant first(long slotId) {
        return jdbc.sql("SELECT MIN(first_at) FROM sample_block WHERE slot_id = ?")
                .param(slotId)
                .query((row, number) -> row.getObject(1, Instant.class))
                .optional()
                .orElse(null);
    }

    /** The samples of one block. */
    List<JobSample> samples(long blockId, Collection<Metric> metrics) {
        return jdbc.sql("SELECT data FROM sample_block WHERE id = ?")
                .param(blockId)
                .query((row, number) -> SampleBlock.decode(row.getBytes("data"), metrics))
                .optional()
                .orElse(List.of());
    }

    /** The samples of the newest block of a slot. */
    List<JobSample> newest(long slotId) {
        return jdbc.sql("SELECT data FROM sample_block WHERE slot_id = ? ORDER BY first_at DESC LIMIT 1")
                .param(slotId)
                .query((row, number) -> SampleBlock.decode(row.getBytes("data"), Metric.stored()))
                .optional()
                .orElse(List.of());
    }

    /** Times of the newest archived samples, by slot. */
    Map<Long, Instant> newest(Collection<Long> slotIds) {
        Map<Long, Instant> newest = new HashMap<>();
        jdbc.sql("SELECT slot_id, MAX(last_at) newest FROM sample_block WHERE slot_id IN (:slots) GROUP BY slot_id")
                .param("slots", slotIds)
                .query((ResultSet row) -> {
                    newest.put(row.getLong("slot_id"), row.getObject("newest", Instant.class));
                });
        return newest;
    }

    /**
     * The samples of a stretch by time, with one before it and one after it at least, where there are any.
     *
     * @param metrics stored ones
     */
    Iterator<JobSample> samples(long slotId, Collection<Metric> metrics, Instant from, Instant to) {
        return new Samples(slotId, metrics, from, to);
    }

    private static final String UP_TO_THE_ONE_AFTER = """
             AND first_at <= COALESCE(
                (SELECT MIN(first_at) FROM sample_block WHERE slot_id = :slot AND first_at > :to), :to)
            ORDER BY first_at LIMIT :most
            """;
    private static final String FROM_HERE_ON =
            "SELECT first_at, data FROM sample_block WHERE slot_id = :slot AND first_at >= :from" + UP_TO_THE_ONE_AFTER;
    private static final String WITH_THE_ONE_BEFORE = """
            SELECT first_at, data FROM sample_block WHERE slot_id = :slot
             AND first_at >= COALESCE(
                (SELECT MAX(first_at) FROM sample_block WHERE slot_id = :slot AND first_at < :from), :from)""" + UP_TO_THE_ONE_AFTER;

    private final class Samples implements Iterator<JobSample> {

        private record Data(Instant first, byte[] bytes) {}

        private final long slotId;
        private final Collection<Metric> metrics;
        private final Instant to;
        private final Deque<Data> blocks = new ArrayDeque<>();
        private @Nullable Instant next;
        private int fetched;
        private Iterator<JobSample> samples = List.<JobSample>of().iterator();

        Samples(long slotId, Collection<Metric> metrics, Instant from, Instant to) {
            this.slotId = slotId;
            this.metrics = metrics;
            this.next = from;
            this.to = to;
        }

        @Override
        public boolean hasNext() {
            while (!samples.hasNext()) {
                if (blocks.isEmpty()) {
                    fetch();
                }
                if (blocks.isEmpty()) {
                    return false;
                }
                samples = SampleBlock.decode(blocks.remove().bytes(), metrics).iterator();
            }
            return true;
        }

        private void fetch() {
            if (next == null) {
                return;
            }
            jdbc.sql(fetched == 0 ? WITH_THE_ONE_BEFORE : FROM_HERE_ON)
                    .param("slot", slotId)
                    .param("from", next)
                    .param("to", to)
                    .param("most", AT_ONCE)
                    .query((ResultSet row) -> {
                        blocks.add(new Data(row.getObject("first_at", Instant.class), row.getBytes("data")));
                    });
            fetched++;
            next = blocks.size() < AT_ONCE ? null : blocks.getLast().first().plusMillis(1);
        }

        @Override
        public JobSample next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return samples.next();
        }
    }

    /**
     * @throws org.springframework.dao.DuplicateKeyException when there is a block of this slot with the same first time
     */
    void insert(Collection<OfSlot> blocks) {
        batches.batchUpdate(
                "INSERT INTO sample_block (slot_id, first_at, last_at, samples, out_of_turn, data) VALUES (?, ?, ?, ?, ?, ?)",
                blocks.stream()
                        .map(block -> new Object[] {
                            block.slotId(),
                            block.made().first(),
                            block.made().last(),
                            block.made().samples(),
                            block.made().outOfTurn(),
                            block.made().data()
                        })
                        .toList());
    }

    record OfSlot(long slotId, BlockBuilder.Made made) {}

    void delete(Collection<Long> ids) {
        if (!ids.isEmpty()) {
            batches.batchUpdate(
                    "DELETE FROM sample_block WHERE id = ?",
                    ids.stream().map(id -> new Object[] {id}).toList());
        }
    }
}
