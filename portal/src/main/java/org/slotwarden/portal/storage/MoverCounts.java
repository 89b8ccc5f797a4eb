package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.RowCache;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * How many movers are certainly a slot's, by the newest looks. Read from the database now and then, and kept in memory:
 * each sample of each slot asks.
 */
@Service
public class MoverCounts implements RowCache {

    private static final Duration READ_EVERY = Duration.ofSeconds(5);

    /** A storage system of which nothing was heard for so long is not watched any more. */
    private static final Duration WATCHED = Duration.ofDays(1);

    /** @param nodes that have an address of their own: movers of others are not told apart */
    private record Counts(Map<Long, Integer> ofSlot, Set<Long> nodes) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    /** Null: not known, or no storage system is watched. */
    private volatile @Nullable Counts counts;

    private volatile Instant readAt = Instant.MIN;

    MoverCounts(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * @param slotId the portal's own id
     * @param nodeId the slot's node
     * @return null when it is not known: nobody watches, a look is old, or the node's address is not known or shared
     */
    public @Nullable Integer of(long slotId, long nodeId) {
        Counts known = known();
        return known == null || !known.nodes().contains(nodeId)
                ? null
                : known.ofSlot().getOrDefault(slotId, 0);
    }

    private @Nullable Counts known() {
        Instant now = clock.instant();
        if (now.isAfter(readAt.plus(READ_EVERY)) || now.isBefore(readAt)) {
            // Who comes meanwhile takes what is known.
            readAt = now;
            counts = read(now);
        }
        return counts;
    }

    private @Nullable Counts read(Instant now) {
        try {
            List<StorageStatus> watched = jdbc.sql("SELECT * FROM storage_system WHERE received_at > ?")
                    .param(now.minus(WATCHED))
                    .query((row, number) -> StorageRows.status(row, now))
                    .list();
            if (watched.isEmpty() || !watched.stream().allMatch(StorageStatus::fresh)) {
                return null;
            }
            Map<Long, Integer> ofSlot = new HashMap<>();
            jdbc.sql("SELECT slot_id, COUNT(*) FROM storage_mover WHERE gone_at IS NULL AND confidence = 'CERTAIN'"
                            + " AND state <> 'QUEUED' GROUP BY slot_id")
                    .query(row -> {
                        ofSlot.put(row.getLong(1), row.getInt(2));
                    });
            Set<Long> nodes = jdbc.sql("""
                            SELECT a.node_id FROM node_address a WHERE a.seen_at >= :since GROUP BY a.node_id
                            HAVING NOT EXISTS (SELECT 1 FROM node_address o JOIN node_address mine
                                ON mine.address = o.address WHERE mine.node_id = a.node_id AND o.node_id <> a.node_id
                                    AND o.seen_at >= :since AND mine.seen_at >= :since)
                            """)
                    .param("since", now.minus(NodeAddresses.BELIEVED))
                    .query((row, number) -> row.getLong(1))
                    .set();
            return new Counts(ofSlot, nodes);
        } catch (DataAccessException e) {
            return null;
        }
    }

    @Override
    public void forget() {
        readAt = Instant.MIN;
    }
}
