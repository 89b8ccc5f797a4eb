package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes pools, queues, their past and that of all together, and the hosts of a storage system. */
@Component
class QueueStore {

    /** A queue in which nothing changes has a point so often, and one after each silence. */
    static final Duration POINT_EVERY = Duration.ofMinutes(10);

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    QueueStore(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** The newest look. */
    void store(long storage, Look look) {
        Map<String, Long> pools = pools(storage, look);
        Map<Key, Row> known = queues(storage);
        Duration believed = StorageRows.believed(look.intervalSeconds());
        List<@Nullable Object[]> rows = new ArrayList<>();
        List<@Nullable Object[]> points = new ArrayList<>();
        for (Look.Pool pool : look.pools()) {
            long id = Objects.requireNonNull(pools.get(pool.name()));
            for (Look.Queue queue : pool.queues()) {
                Row before = known.get(new Key(id, queue.name()));
                Instant fullSince = !queue.full()
                        ? null
                        : before != null && before.fullSince() != null ? before.fullSince() : look.lookedAt();
                Instant pointAt = before == null ? null : before.pointAt();
                if (before == null || before.differs(queue)) {
                    if (before != null && !before.lookedAt().equals(pointAt)) {
                        points.add(before.point());
                    }
                    pointAt = look.lookedAt();
                } else if (pointAt == null
                        || pointAt.isBefore(look.lookedAt().minus(POINT_EVERY))
                        || before.lookedAt().plus(believed).isBefore(look.lookedAt())) {
                    // In a silence nothing is known to have stayed the same: what is told holds from now on again.
                    pointAt = look.lookedAt();
                }
                rows.add(new @Nullable Object[] {
                    id,
                    queue.name(),
                    queue.defaultQueue(),
                    queue.active(),
                    queue.maxActive(),
                    queue.queued(),
                    look.lookedAt(),
                    fullSince,
                    pointAt
                });
            }
        }
        batches.batchUpdate("""
                INSERT INTO storage_queue (pool_id, name, default_queue, active, max_active, queued, looked_at, full_since,
                    point_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE default_queue = VALUE(default_queue), active = VALUE(active),
                    max_active = VALUE(max_active), queued = VALUE(queued), looked_at = VALUE(looked_at),
                    full_since = VALUE(full_since), point_at = VALUE(point_at)
                """, rows);
        points(points);
        jdbc.sql("""
                        INSERT IGNORE INTO storage_queue_history (queue_id, time, active, max_active, queued)
                        SELECT q.id, q.looked_at, q.active, q.max_active, q.queued FROM storage_queue q
                        JOIN storage_pool p ON p.id = q.pool_id
                        WHERE p.storage_id = ? AND q.looked_at = ? AND q.point_at = q.looked_at
                        """).params(storage, look.lookedAt()).update();
    }

    /** All queues together at the newest look: of a pool that did not answer now what it told before. */
    void sum(long storage, Look look) {
        jdbc.sql("""
                        INSERT IGNORE INTO storage_look (storage_id, time, interval_seconds, active, max_active, queued)
                        SELECT :storage, :time, :interval, LEAST(SUM(q.active), :most), LEAST(SUM(q.max_active), :most),
                            LEAST(SUM(q.queued), :most)
                        FROM storage_queue q JOIN storage_pool p ON p.id = q.pool_id
                        WHERE p.storage_id = :storage AND p.gone_at IS NULL
                            AND q.looked_at >= COALESCE(p.read_at, q.looked_at)
                        """)
                .param("storage", storage)
                .param("time", look.lookedAt())
                .param("interval", look.intervalSeconds())
                .param("most", Integer.MAX_VALUE)
                .update();
    }

    /** A look that is older than the newest: of queues that are known a point is added. */
    void past(long storage, Look look) {
        Map<String, Long> pools = new HashMap<>();
        jdbc.sql("SELECT id, name FROM storage_pool WHERE storage_id = ?")
                .param(storage)
                .query(row -> {
                    pools.put(row.getString("name"), row.getLong("id"));
                });
        Map<Key, Row> known = queues(storage);
        List<@Nullable Object[]> points = new ArrayList<>();
        for (Look.Pool pool : look.pools()) {
            Long id = pools.get(pool.name());
            for (Look.Queue queue : pool.queues()) {
                Row row = id == null ? null : known.get(new Key(id, queue.name()));
                if (row != null) {
                    points.add(new @Nullable Object[] {
                        row.id(), look.lookedAt(), queue.active(), queue.maxActive(), queue.queued()
                    });
                }
            }
        }
        points(points);
    }

    /** All queues together at a look that is older than the newest. */
    void pastSum(long storage, Look look) {
        jdbc.sql("""
                        INSERT IGNORE INTO storage_look (storage_id, time, interval_seconds, active, max_active, queued)
                        VALUES (:storage, :time, :interval, :active, :most, :queued)
                        """)
                .param("storage", storage)
                .param("time", look.lookedAt())
                .param("interval", look.intervalSeconds())
                .param("active", sum(look, Look.Queue::active))
                .param("most", sum(look, Look.Queue::maxActive))
                .param("queued", sum(look, Look.Queue::queued))
                .update();
    }

    /** Null where none was told. */
    private static @Nullable Integer sum(Look look, Function<Look.Queue, @Nullable Integer> count) {
        List<Integer> counts = look.pools().stream()
                .flatMap(pool -> pool.queues().stream())
                .map(count)
                .filter(Objects::nonNull)
                .toList();
        return counts.isEmpty()
                ? null
                : (Integer) (int) Math.min(
                        Integer.MAX_VALUE,
                        counts.stream().mapToLong(Integer::longValue).sum());
    }

    private void points(List<@Nullable Object[]> points) {
        if (!points.isEmpty()) {
            batches.batchUpdate(
                    "INSERT IGNORE INTO storage_queue_history (queue_id, time, active, max_active, queued)"
                            + " VALUES (?, ?, ?, ?, ?)",
                    points);
        }
    }

    /** @return ids by name */
    private Map<String, Long> pools(long storage, Look look) {
        batches.batchUpdate(
                """
                INSERT INTO storage_pool (storage_id, name, pool_groups, unread, read_at) VALUES (?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE pool_groups = IF(VALUE(unread), pool_groups, VALUE(pool_groups)),
                    unread = VALUE(unread), read_at = COALESCE(VALUE(read_at), read_at), gone_at = NULL
                """,
                look.pools().stream()
                        .map(pool -> new @Nullable Object[] {
                            storage, pool.name(), pool.groups(), pool.unread(), pool.unread() ? null : look.lookedAt()
                        })
                        .toList());
        Map<String, Long> ids = new HashMap<>();
        Set<Long> there = new HashSet<>();
        jdbc.sql("SELECT id, name, gone_at FROM storage_pool WHERE storage_id = ?")
                .param(storage)
                .query(row -> {
                    ids.put(row.getString("name"), row.getLong("id"));
                    if (row.getObject("gone_at") == null) {
                        there.add(row.getLong("id"));
                    }
                });
        look.pools().forEach(pool -> there.remove(ids.get(pool.name())));
        if (!there.isEmpty()) {
            jdbc.sql("UPDATE storage_pool SET gone_at = :at WHERE id IN (:pools)")
                    .param("at", look.lookedAt())
                    .param("pools", there)
                    .update();
        }
        return ids;
    }

    /** When each pool was read last, by name. */
    Map<String, Instant> readAt(long storage) {
        Map<String, Instant> readAt = new HashMap<>();
        jdbc.sql("SELECT name, read_at FROM storage_pool WHERE storage_id = ? AND read_at IS NOT NULL")
                .param(storage)
                .query(row -> {
                    readAt.put(row.getString("name"), row.getObject("read_at", Instant.class));
                });
        return readAt;
    }

    private record Key(long pool, String name) {}

    private record Row(
            long id,
            @Nullable Integer active,
            @Nullable Integer maxActive,
            @Nullable Integer queued,
            Instant lookedAt,
            @Nullable Instant fullSince,
            @Nullable Instant pointAt) {

        boolean differs(Look.Queue queue) {
            return !Objects.equals(active, queue.active())
                    || !Objects.equals(maxActive, queue.maxActive())
                    || !Objects.equals(queued, queue.queued());
        }

        @Nullable
        Object[] point() {
            return new @Nullable Object[] {id, lookedAt, active, maxActive, queued};
        }
    }

    private Map<Key, Row> queues(long storage) {
        Map<Key, Row> known = new HashMap<>();
        jdbc.sql("SELECT q.* FROM storage_queue q JOIN storage_pool p ON p.id = q.pool_id WHERE p.storage_id = ?")
                .param(storage)
                .query(row -> {
                    known.put(
                            new Key(row.getLong("pool_id"), row.getString("name")),
                            new Row(
                                    row.getLong("id"),
                                    row.getObject("active", Integer.class),
                                    row.getObject("max_active", Integer.class),
                                    row.getObject("queued", Integer.class),
                                    row.getObject("looked_at", Instant.class),
                                    StorageRows.time(row, "full_since"),
                                    StorageRows.time(row, "point_at")));
                });
        return known;
    }

    /** Writes them where they are others than before. */
    void hosts(long storage, List<Look.Host> hosts) {
        Set<Look.Host> before = new HashSet<>(jdbc.sql("SELECT * FROM storage_host WHERE storage_id = ?")
                .param(storage)
                .query((row, number) -> new Look.Host(
                        row.getString("address"), row.getInt("port"), row.getString("role"), row.getString("name")))
                .list());
        if (before.equals(new HashSet<>(hosts))) {
            return;
        }
        jdbc.sql("DELETE FROM storage_host WHERE storage_id = ?").param(storage).update();
        batches.batchUpdate(
                "INSERT INTO storage_host (storage_id, address, port, role, name) VALUES (?, ?, ?, ?, ?)",
                hosts.stream()
                        .map(host -> new Object[] {storage, host.address(), host.port(), host.role(), host.name()})
                        .toList());
    }
}
