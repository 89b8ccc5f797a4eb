package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slotwarden.portal.database.RowCache;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * From which addresses nodes come. One address may belong to several nodes: where there is address translation, or a
 * proxy between agents and portal.
 */
@Service
public class NodeAddresses implements RowCache {

    /** A node that was not heard from an address for so long has another one. */
    static final Duration BELIEVED = Duration.ofDays(1);

    private static final int MOST_KNOWN = 400_000;

    /** From each source. An agent may tell any address: of one that tells more the rest is left out. */
    private static final int MOST_OF_NODE = 100;

    /**
     * A job may have a network of its own, and give itself any address there: what is known otherwise as another node's
     * is not also this node's by a connection.
     */
    private static final String BELIEVABLE = """
            SELECT a.address, a.node_id FROM node_address a WHERE a.seen_at >= :since AND (a.source <> 'CONNECTION'
                OR NOT EXISTS (SELECT 1 FROM node_address b WHERE b.address = a.address AND b.node_id <> a.node_id
                    AND b.source <> 'CONNECTION' AND b.seen_at >= :since))
            """;

    /** How the portal knows. */
    enum Source {
        /** An agent told of a job's connection with this local address. */
        CONNECTION,
        /** Requests of the node's agent come from it. */
        AGENT,
        /** The name service says so. */
        NAME,
        /** The site's file says so. */
        FILE
    }

    private record Key(long node, String address, Source source) {}

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final Clock clock;

    /** Hours in which rows were written: one is not written twice. */
    private final Map<Key, Instant> written = new ConcurrentHashMap<>();

    /** What is to be written with the next batch. */
    private final Map<Key, Instant> waiting = new ConcurrentHashMap<>();

    NodeAddresses(JdbcClient jdbc, JdbcTemplate batches, Clock clock) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.clock = clock;
    }

    /**
     * A request of a node's agent came from there. Only remembers it: the database is asked later.
     *
     * @param address what is no numeric address is left out
     */
    public void heard(long nodeId, String address) {
        seen(nodeId, address, Source.AGENT);
    }

    void seen(long nodeId, String address, Source source) {
        String canonical = Address.canonical(address);
        if (canonical == null) {
            return;
        }
        Key key = new Key(nodeId, canonical, source);
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        if (!hour.equals(written.get(key)) && waiting.size() < MOST_KNOWN) {
            waiting.put(key, hour);
        }
    }

    /** Writes what was seen. */
    void write() {
        Map<Key, Instant> some = new HashMap<>(waiting);
        if (some.isEmpty()) {
            return;
        }
        // In one order, so that two portals do not wait for each other.
        batches.batchUpdate(
                """
                INSERT INTO node_address (address, node_id, source, seen_at) SELECT ?, n.id, ?, ? FROM node n
                WHERE n.id = ? AND (
                    (SELECT COUNT(*) FROM node_address a WHERE a.node_id = n.id AND a.source = ?) < %d
                    OR EXISTS (SELECT 1 FROM node_address a WHERE a.address = ? AND a.node_id = n.id AND a.source = ?))
                ON DUPLICATE KEY UPDATE seen_at = GREATEST(seen_at, VALUE(seen_at))
                """.formatted(MOST_OF_NODE),
                some.entrySet().stream()
                        .sorted((one, other) -> {
                            int byAddress = one.getKey()
                                    .address()
                                    .compareTo(other.getKey().address());
                            return byAddress != 0
                                    ? byAddress
                                    : Long.compare(
                                            one.getKey().node(), other.getKey().node());
                        })
                        .map(entry -> new Object[] {
                            entry.getKey().address(),
                            entry.getKey().source().name(),
                            entry.getValue(),
                            entry.getKey().node(),
                            entry.getKey().source().name(),
                            entry.getKey().address(),
                            entry.getKey().source().name()
                        })
                        .toList());
        if (written.size() > MOST_KNOWN) {
            written.clear();
        }
        some.forEach((key, hour) -> {
            written.put(key, hour);
            waiting.remove(key, hour);
        });
    }

    /** The nodes that come from each of these addresses; an address of none is left out. */
    Map<String, Set<Long>> nodes(Collection<String> addresses) {
        Map<String, Set<Long>> nodes = new HashMap<>();
        if (!addresses.isEmpty()) {
            jdbc.sql(BELIEVABLE + " AND a.address IN (:addresses)")
                    .param("addresses", addresses)
                    .param("since", clock.instant().minus(BELIEVED))
                    .query((ResultSet row) -> add(row, nodes));
        }
        return nodes;
    }

    /** The nodes that come from each address. */
    Map<String, Set<Long>> nodes() {
        Map<String, Set<Long>> nodes = new HashMap<>();
        jdbc.sql(BELIEVABLE).param("since", clock.instant().minus(BELIEVED)).query((ResultSet row) -> add(row, nodes));
        return nodes;
    }

    private static void add(ResultSet row, Map<String, Set<Long>> nodes) throws SQLException {
        nodes.computeIfAbsent(row.getString(1), address -> new HashSet<>()).add(row.getLong(2));
    }

    /** Deletes what is not believed any more. */
    void deleteOld() {
        jdbc.sql("DELETE FROM node_address WHERE seen_at < ? ORDER BY seen_at LIMIT 10000")
                .param(clock.instant().minus(BELIEVED.multipliedBy(2)))
                .update();
    }

    @Override
    public void forget() {
        written.clear();
        waiting.clear();
    }
}
