package org.slotwarden.portal.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static final Duration ASKED_EVERY = Duration.ofSeconds(5);

    /** A storage system of which nothing was heard for so long is not watched any more. */
    private static final Duration WATCHED = Duration.ofDays(1);

    /** @param nodes whose clients are told from those of other nodes */
    private record Counts(Map<Long, @Nullable Integer> ofSlot, Set<Long> nodes) {}

    private final JdbcClient jdbc;
    private final NodeAddresses addresses;
    private final Clock clock;

    /** Null: not known, or no storage system is watched. */
    private volatile @Nullable Counts counts;

    /** When the looks that they are of were stored. */
    private volatile List<Instant> countedAt = List.of();

    private volatile Instant askedAt = Instant.MIN;

    MoverCounts(JdbcClient jdbc, NodeAddresses addresses, Clock clock) {
        this.jdbc = jdbc;
        this.addresses = addresses;
        this.clock = clock;
    }

    /**
     * @param slotId the portal's own id
     * @param nodeId the slot's node
     * @return null when it is not known: nobody watches, a look is old, a pool where it holds some does not answer, or
     *     clients of the node cannot be told from those of others by their address
     */
    public @Nullable Integer of(long slotId, long nodeId) {
        Counts known = known();
        if (known == null || !known.nodes().contains(nodeId)) {
            return null;
        }
        return known.ofSlot().containsKey(slotId) ? known.ofSlot().get(slotId) : (Integer) 0;
    }

    private @Nullable Counts known() {
        Instant now = clock.instant();
        if (now.isAfter(askedAt.plus(ASKED_EVERY)) || now.isBefore(askedAt)) {
            // Who comes meanwhile takes what is known.
            askedAt = now;
            try {
                ask(now);
            } catch (DataAccessException e) {
                counts = null;
                countedAt = List.of();
            }
        }
        return counts;
    }

    private void ask(Instant now) {
        List<StorageStatus> watched = jdbc.sql("SELECT * FROM storage_system WHERE received_at > ? ORDER BY id")
                .param(now.minus(WATCHED))
                .query((row, number) -> StorageRows.status(row, now))
                .list();
        if (watched.isEmpty() || !watched.stream().allMatch(StorageStatus::fresh)) {
            counts = null;
            countedAt = List.of();
            return;
        }
        List<Instant> received = watched.stream()
                .map(StorageStatus::receivedAt)
                .filter(Objects::nonNull)
                .toList();
        if (!received.equals(countedAt)) {
            counts = new Counts(ofSlot(), nodes());
            countedAt = received;
        }
    }

    /** Null for a slot with movers of a pool that does not answer: whether they are still there is not known. */
    private Map<Long, @Nullable Integer> ofSlot() {
        Map<Long, @Nullable Integer> ofSlot = new HashMap<>();
        jdbc.sql("""
                        SELECT m.slot_id, COUNT(*), MAX(p.unread) FROM storage_mover m
                            JOIN storage_pool p ON p.storage_id = m.storage_id AND p.name = m.pool
                        WHERE m.gone_at IS NULL AND m.confidence = 'CERTAIN' AND m.state <> 'QUEUED' GROUP BY m.slot_id
                        """).query(row -> {
            ofSlot.put(row.getLong(1), row.getBoolean(3) ? null : (Integer) row.getInt(2));
        });
        return ofSlot;
    }

    /** Those with an address of their own, unless movers come from one that they share. */
    private Set<Long> nodes() {
        Set<String> clients = jdbc.sql(
                        "SELECT DISTINCT client_address FROM storage_mover WHERE gone_at IS NULL AND client_address IS NOT NULL")
                .query((row, number) -> row.getString(1))
                .set();
        Map<String, Set<Long>> byAddress = addresses.nodes();
        Set<Long> nodes = new HashSet<>();
        byAddress.values().stream().filter(of -> of.size() == 1).forEach(nodes::addAll);
        byAddress.forEach((address, of) -> {
            if (of.size() > 1 && clients.contains(address)) {
                nodes.removeAll(of);
            }
        });
        return nodes;
    }

    @Override
    public void forget() {
        askedAt = Instant.MIN;
        countedAt = List.of();
    }
}
