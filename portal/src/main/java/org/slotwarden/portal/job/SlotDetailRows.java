package org.slotwarden.portal.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes what a slot may have several of: executables, and losses of samples. */
@Component
class SlotDetailRows {

    /** A job may call its executables as it likes: of each slot the busiest are kept. */
    private static final int MOST_EXECUTABLES = 50;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    SlotDetailRows(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** What is older than what is known changes nothing but the peak. The order of assignments matters. */
    void show(Collection<SlotFigures> slots) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Set<Long> ids = new TreeSet<>();
        for (SlotFigures slot : slots) {
            for (SlotExecutable executable : slot.executables()) {
                ids.add(slot.slotId());
                rows.add(row(slot.slotId(), executable));
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        batches.batchUpdate("""
                INSERT INTO slot_executable (slot_id, name, seen_at, processes, threads, cpu_seconds, memory_rss_bytes,
                    max_memory_rss_bytes, read_bytes, write_bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE
                    processes = IF(VALUE(seen_at) > seen_at, VALUE(processes), processes),
                    threads = IF(VALUE(seen_at) > seen_at, VALUE(threads), threads),
                    cpu_seconds = IF(VALUE(seen_at) > seen_at, VALUE(cpu_seconds), cpu_seconds),
                    memory_rss_bytes = IF(VALUE(seen_at) > seen_at, VALUE(memory_rss_bytes), memory_rss_bytes),
                    read_bytes = IF(VALUE(seen_at) > seen_at, VALUE(read_bytes), read_bytes),
                    write_bytes = IF(VALUE(seen_at) > seen_at, VALUE(write_bytes), write_bytes),
                    max_memory_rss_bytes = GREATEST(
                        COALESCE(max_memory_rss_bytes, VALUE(max_memory_rss_bytes)),
                        COALESCE(VALUE(max_memory_rss_bytes), max_memory_rss_bytes)),
                    seen_at = GREATEST(seen_at, VALUE(seen_at))
                """, rows);
        jdbc.sql("SELECT slot_id, COUNT(*) known FROM slot_executable WHERE slot_id IN (:slots) GROUP BY slot_id"
                        + " HAVING known > :most")
                .param("slots", ids)
                .param("most", MOST_EXECUTABLES)
                .query((row, number) -> Map.entry(row.getLong("slot_id"), row.getLong("known")))
                .list()
                .forEach(slot -> jdbc.sql(
                                "DELETE FROM slot_executable WHERE slot_id = ? ORDER BY cpu_seconds, seen_at LIMIT ?")
                        .params(slot.getKey(), slot.getValue() - MOST_EXECUTABLES)
                        .update());
    }

    private static @Nullable Object[] row(long slotId, SlotExecutable executable) {
        return new @Nullable Object[] {
            slotId,
            executable.name(),
            executable.seenAt(),
            executable.processes(),
            executable.threads(),
            executable.cpuSeconds(),
            executable.memoryRssBytes(),
            executable.maxMemoryRssBytes(),
            executable.readBytes(),
            executable.writeBytes()
        };
    }

    /** By slot, the most CPU time first. */
    Map<Long, List<SlotExecutable>> executables(long jobId) {
        Map<Long, List<SlotExecutable>> bySlot = new HashMap<>();
        jdbc.sql("""
                        SELECT e.* FROM slot_executable e JOIN slot s ON s.id = e.slot_id
                        WHERE s.job_id = ? ORDER BY e.cpu_seconds DESC, e.name
                        """).param(jobId).query((ResultSet row) -> {
            bySlot.computeIfAbsent(row.getLong("slot_id"), id -> new ArrayList<>())
                    .add(executable(row));
        });
        return bySlot;
    }

    private static SlotExecutable executable(ResultSet row) throws SQLException {
        return new SlotExecutable(
                row.getString("name"),
                row.getObject("seen_at", Instant.class),
                row.getInt("processes"),
                row.getInt("threads"),
                row.getObject("cpu_seconds", Double.class),
                row.getObject("memory_rss_bytes", Long.class),
                row.getObject("max_memory_rss_bytes", Long.class),
                row.getObject("read_bytes", Long.class),
                row.getObject("write_bytes", Long.class));
    }

    void lost(long slotId, SampleLoss loss) {
        jdbc.sql("""
                        INSERT INTO sample_loss (slot_id, sequence, samples, from_at, to_at) VALUES (?, ?, ?, ?, ?)
                        ON DUPLICATE KEY UPDATE slot_id = slot_id
                        """)
                .params(slotId, loss.sequence(), loss.samples(), loss.from(), loss.to())
                .update();
    }

    /** The latest of a job, by time. */
    List<SampleLoss> losses(long jobId, int most) {
        return jdbc.sql("""
                        SELECT l.* FROM sample_loss l JOIN slot s ON s.id = l.slot_id
                        WHERE s.job_id = ? ORDER BY l.to_at DESC LIMIT ?
                        """)
                .params(jobId, most)
                .query((row, number) -> new SampleLoss(
                        row.getLong("sequence"),
                        row.getLong("samples"),
                        row.getObject("from_at", Instant.class),
                        row.getObject("to_at", Instant.class)))
                .list()
                .reversed();
    }

    /** Over all slots of a job; the sum of absurd numbers stays within its type. */
    long samplesGivenUp(long jobId) {
        return jdbc.sql("""
                        SELECT LEAST(COALESCE(SUM(l.samples), 0), 9007199254740992) FROM sample_loss l
                        JOIN slot s ON s.id = l.slot_id WHERE s.job_id = ?
                        """).param(jobId).query(Long.class).single();
    }
}
