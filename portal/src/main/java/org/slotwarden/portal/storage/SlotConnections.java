package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps what agents tell of their jobs' connections to storage hosts. A connection that is gone stays for a while: a
 * mover may outlive its client, and is then known by it. Of a slot with more than {@link #MOST_GONE} of these the newest
 * stay, and that others were there.
 */
@Service
public class SlotConnections {

    /** All are read at each look of a storage system, of thousands of slots. */
    static final int MOST_GONE = 100;

    /** Half of them, so that not each report has to forget some. */
    private static final int KEPT_GONE = MOST_GONE / 2;

    private static final int LAST_PORT = 65_535;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final NodeAddresses addresses;

    SlotConnections(JdbcClient jdbc, JdbcTemplate batches, NodeAddresses addresses) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.addresses = addresses;
    }

    /**
     * What an agent told of one slot.
     *
     * @param slotId the portal's own id
     * @param nodeId the node that told it
     * @param at when the agent looked
     * @param connections all that there were then, {@link org.slotwarden.wire.WireContract#MAX_STORAGE_CONNECTIONS} at
     *     most; what has no numeric address or no possible port is left out
     * @param leftOut how many more there were
     * @param unchangedUntil what is new began after it; null: not known
     */
    public record Told(
            long slotId,
            long nodeId,
            Instant at,
            List<SlotConnection> connections,
            int leftOut,
            @Nullable Instant unchangedUntil) {
        public Told {
            connections = List.copyOf(connections);
        }
    }

    /**
     * Within the transaction that stores the reports. What is older than what is known of a slot changes nothing; of a
     * slot that is told twice the newest counts.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void take(Collection<Told> told) {
        Map<Long, Told> newest = new LinkedHashMap<>();
        told.stream()
                .sorted((one, other) -> Long.compare(one.slotId(), other.slotId()))
                .forEach(one -> newest.merge(
                        one.slotId(), one, (before, next) -> next.at().isBefore(before.at()) ? before : next));
        if (newest.isEmpty()) {
            return;
        }
        Map<Long, Instant> toldBefore = new LinkedHashMap<>();
        jdbc.sql("SELECT slot_id, told_at FROM storage_slot WHERE slot_id IN (:slots) ORDER BY slot_id FOR UPDATE")
                .param("slots", newest.keySet())
                .query(row -> {
                    toldBefore.put(row.getLong(1), row.getObject(2, Instant.class));
                });
        newest.values().removeIf(one -> {
            Instant before = toldBefore.get(one.slotId());
            return before != null && !one.at().isAfter(before);
        });
        if (newest.isEmpty()) {
            return;
        }
        batches.batchUpdate(
                "INSERT INTO storage_slot (slot_id, told_at, left_out) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE"
                        + " told_at = VALUE(told_at), left_out = VALUE(left_out)",
                newest.values().stream()
                        .map(one -> new Object[] {one.slotId(), one.at(), Math.max(0, one.leftOut())})
                        .toList());
        Map<Long, Map<Ends, Row>> open = open(newest.keySet());
        List<@Nullable Object[]> come = new ArrayList<>();
        List<Object[]> gone = new ArrayList<>();
        Set<Long> losing = new LinkedHashSet<>();
        for (Told one : newest.values()) {
            Map<Ends, Row> known = open.getOrDefault(one.slotId(), Map.of());
            Set<Ends> there = new LinkedHashSet<>();
            for (SlotConnection connection : one.connections()) {
                Ends ends = Ends.of(connection);
                if (ends != null && there.add(ends)) {
                    addresses.seen(one.nodeId(), ends.localAddress(), NodeAddresses.Source.CONNECTION);
                    Row row = known.get(ends);
                    if (row == null || !row.sameProcesses(connection)) {
                        come.add(ends.row(one, row == null ? one.at() : row.firstSeenAt(), connection));
                    }
                }
            }
            known.values().stream().filter(row -> !there.contains(row.ends())).forEach(row -> {
                gone.add(row.gone(one));
                losing.add(one.slotId());
            });
        }
        write(come, gone);
        if (!losing.isEmpty()) {
            forget(losing);
        }
    }

    private void forget(Set<Long> slots) {
        record Gone(long slot, int count) {}
        List<Gone> tooMany = jdbc.sql("""
                        SELECT slot_id, COUNT(*) FROM storage_connection WHERE slot_id IN (:slots) AND gone_at IS NOT NULL
                        GROUP BY slot_id HAVING COUNT(*) > :most ORDER BY slot_id
                        """)
                .param("slots", slots)
                .param("most", MOST_GONE)
                .query((row, number) -> new Gone(row.getLong(1), row.getInt(2)))
                .list();
        for (Gone gone : tooMany) {
            Instant until = jdbc.sql("""
                            SELECT gone_at FROM storage_connection WHERE slot_id = ? AND gone_at IS NOT NULL
                            ORDER BY gone_at DESC LIMIT 1 OFFSET ?
                            """)
                    .params(gone.slot(), KEPT_GONE)
                    .query(Instant.class)
                    .single();
            // Counted, and not by that time: of many that are gone at once some stay.
            jdbc.sql("""
                            DELETE FROM storage_connection WHERE slot_id = ? AND gone_at IS NOT NULL
                            ORDER BY gone_at, first_seen_at LIMIT ?
                            """).params(gone.slot(), gone.count() - KEPT_GONE).update();
            jdbc.sql("UPDATE storage_slot SET forgotten_until = ? WHERE slot_id = ?")
                    .params(until, gone.slot())
                    .update();
        }
    }

    private void write(List<@Nullable Object[]> come, List<Object[]> gone) {
        if (!gone.isEmpty()) {
            batches.batchUpdate(
                    "UPDATE storage_connection SET gone_at = ? WHERE slot_id = ? AND first_seen_at = ?"
                            + " AND storage_address = ? AND storage_port = ? AND local_address = ? AND local_port = ?",
                    gone);
        }
        if (!come.isEmpty()) {
            batches.batchUpdate("""
                    INSERT INTO storage_connection (slot_id, first_seen_at, storage_address, storage_port, local_address,
                        local_port, process, own_process, began_after)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON DUPLICATE KEY UPDATE process = VALUE(process), own_process = VALUE(own_process), gone_at = NULL
                    """, come);
        }
    }

    /** By slot: connections that were there when the agent told last. */
    private Map<Long, Map<Ends, Row>> open(Set<Long> slots) {
        Map<Long, Map<Ends, Row>> open = new LinkedHashMap<>();
        jdbc.sql("SELECT * FROM storage_connection WHERE slot_id IN (:slots) AND gone_at IS NULL")
                .param("slots", slots)
                .query(row -> {
                    Ends ends = new Ends(
                            row.getString("storage_address"),
                            row.getInt("storage_port"),
                            row.getString("local_address"),
                            row.getInt("local_port"));
                    open.computeIfAbsent(row.getLong("slot_id"), slot -> new LinkedHashMap<>())
                            .put(
                                    ends,
                                    new Row(
                                            ends,
                                            row.getObject("first_seen_at", Instant.class),
                                            row.getObject("process", Long.class),
                                            row.getObject("own_process", Long.class)));
                });
        return open;
    }

    private record Row(
            Ends ends,
            Instant firstSeenAt,
            @Nullable Long process,
            @Nullable Long ownProcess) {

        boolean sameProcesses(SlotConnection connection) {
            return Objects.equals(process, connection.process()) && Objects.equals(ownProcess, connection.ownProcess());
        }

        Object[] gone(Told told) {
            return new Object[] {
                told.at(),
                told.slotId(),
                firstSeenAt,
                ends.storageAddress(),
                ends.storagePort(),
                ends.localAddress(),
                ends.localPort()
            };
        }
    }

    private record Ends(String storageAddress, int storagePort, String localAddress, int localPort) {

        static @Nullable Ends of(SlotConnection connection) {
            String storage = Address.canonical(connection.storageAddress());
            String local = Address.canonical(connection.localAddress());
            return storage == null
                            || local == null
                            || !isPort(connection.storagePort())
                            || !isPort(connection.localPort())
                    ? null
                    : new Ends(storage, connection.storagePort(), local, connection.localPort());
        }

        private static boolean isPort(int port) {
            return port >= 0 && port <= LAST_PORT;
        }

        @Nullable
        Object[] row(Told told, Instant firstSeenAt, SlotConnection connection) {
            return new @Nullable Object[] {
                told.slotId(),
                firstSeenAt,
                storageAddress,
                storagePort,
                localAddress,
                localPort,
                connection.process(),
                connection.ownProcess(),
                told.unchangedUntil()
            };
        }
    }
}
