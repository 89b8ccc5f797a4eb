package org.slotwarden.portal.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads what tells whose movers are. */
@Component
class EvidenceStore {

    /** Slots that ended longer ago are looked at only where a mover was theirs. */
    static final Duration LOOKED_BACK = Duration.ofHours(1);

    private static final int ROWS_AT_ONCE = 1000;

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(60);

    /** What an agent has not looked at for longer than this counts as not looked at. */
    private static final Duration LATELY = Duration.ofMinutes(15);

    /** A sample has it when the agent looked at what the job's sockets are, or when there were none. */
    private static final String KINDS = "$.sockets_tcp_established";

    private final JdbcClient jdbc;
    private final NodeAddresses addresses;
    private final Clock clock;

    EvidenceStore(JdbcClient jdbc, NodeAddresses addresses, Clock clock) {
        this.jdbc = jdbc;
        this.addresses = addresses;
        this.clock = clock;
    }

    /**
     * @param clients addresses of clients
     * @param slots that have been found to hold movers: looked at however long ago they ended
     */
    Evidence read(Collection<String> clients, Set<Long> slots, Collection<Look.Host> hosts) {
        Map<String, Set<Long>> nodes = addresses.nodes(clients);
        Set<Long> nodeIds = new HashSet<>();
        nodes.values().forEach(nodeIds::addAll);
        Map<String, Set<String>> byName = new HashMap<>();
        Set<String> all = new HashSet<>();
        hosts.forEach(host -> {
            all.add(host.address());
            byName.computeIfAbsent(host.name(), name -> new HashSet<>()).add(host.address());
        });
        return new Evidence(nodes, slots(nodeIds, slots), byName, all);
    }

    private Map<Long, List<Evidence.Slot>> slots(Set<Long> nodes, Set<Long> slots) {
        String columns = """
                SELECT s.id, s.job_id, s.node_id, n.name, j.uid, s.started_at, s.ended_at, s.sample_interval_seconds,
                    IF(JSON_EXISTS(s.latest_figures, :kinds), s.last_sample_at, NULL) looked_at, t.told_at, t.left_out,
                    t.forgotten_until
                FROM slot s JOIN job j ON j.id = s.job_id JOIN node n ON n.id = s.node_id
                    LEFT JOIN storage_slot t ON t.slot_id = s.id
                """;
        Map<Long, Evidence.Slot> found = new HashMap<>();
        if (!nodes.isEmpty()) {
            jdbc.sql(columns + " WHERE s.node_id IN (:nodes) AND s.ended_at IS NULL")
                    .param("kinds", KINDS)
                    .param("nodes", nodes)
                    .query((ResultSet row) -> slot(row, found));
            jdbc.sql(columns + " WHERE s.node_id IN (:nodes) AND s.ended_at >= :since")
                    .param("kinds", KINDS)
                    .param("nodes", nodes)
                    .param("since", clock.instant().minus(LOOKED_BACK))
                    .query((ResultSet row) -> slot(row, found));
        }
        Set<Long> further = new HashSet<>(slots);
        further.removeAll(found.keySet());
        if (!further.isEmpty()) {
            jdbc.sql(columns + " WHERE s.id IN (:slots)")
                    .param("kinds", KINDS)
                    .param("slots", further)
                    .query((ResultSet row) -> slot(row, found));
        }
        lookedBefore(found);
        connections(found);
        found.replaceAll((id, slot) -> slot.lookedAtAsSeldomAsSeen());
        Map<Long, List<Evidence.Slot>> byNode = new HashMap<>();
        found.values()
                .forEach(slot -> byNode.computeIfAbsent(slot.node(), node -> new ArrayList<>())
                        .add(slot));
        return byNode;
    }

    private static void slot(ResultSet row, Map<Long, Evidence.Slot> found) throws SQLException {
        Double interval = row.getObject("sample_interval_seconds", Double.class);
        found.put(
                row.getLong("id"),
                new Evidence.Slot(
                        row.getLong("id"),
                        row.getLong("job_id"),
                        row.getLong("node_id"),
                        row.getString("name"),
                        row.getObject("uid", Long.class),
                        StorageRows.time(row, "started_at"),
                        StorageRows.time(row, "ended_at"),
                        StorageRows.time(row, "looked_at"),
                        interval == null ? USUAL_INTERVAL : Duration.ofMillis(Math.round(1000 * interval)),
                        row.getObject("told_at") != null,
                        row.getInt("left_out"),
                        StorageRows.time(row, "forgotten_until"),
                        new ArrayList<>()));
    }

    /** Where the newest sample is without kinds of sockets, the one before may have them. */
    private void lookedBefore(Map<Long, Evidence.Slot> slots) {
        List<Long> unknown = slots.values().stream()
                .filter(slot -> slot.told() && slot.lookedAt() == null && slot.endedAt() == null)
                .map(Evidence.Slot::id)
                .toList();
        if (unknown.isEmpty()) {
            return;
        }
        jdbc.sql("""
                        SELECT slot_id, MAX(time) looked_at FROM job_sample
                        WHERE slot_id IN (:slots) AND time >= :since AND sockets_tcp_established IS NOT NULL
                        GROUP BY slot_id
                        """)
                .param("slots", unknown)
                .param("since", clock.instant().minus(LATELY))
                .query((ResultSet row) -> {
                    Instant at = row.getObject("looked_at", Instant.class);
                    slots.computeIfPresent(row.getLong("slot_id"), (id, slot) -> slot.lookedAt(at));
                });
    }

    private void connections(Map<Long, Evidence.Slot> slots) {
        List<Long> told = slots.values().stream()
                .filter(Evidence.Slot::told)
                .map(Evidence.Slot::id)
                .toList();
        if (told.isEmpty()) {
            return;
        }
        // Some hundred thousand of a large site: neither is their text kept more than once, nor all of the answer.
        Map<String, String> storageAddresses = new HashMap<>();
        jdbc.sql("SELECT * FROM storage_connection WHERE slot_id IN (:slots)")
                .param("slots", told)
                .withFetchSize(ROWS_AT_ONCE)
                .query((ResultSet row) -> {
                    Evidence.Slot slot = slots.get(row.getLong("slot_id"));
                    if (slot != null) {
                        slot.connections().add(connection(row, storageAddresses));
                    }
                });
    }

    private static Evidence.Connection connection(ResultSet row, Map<String, String> storageAddresses)
            throws SQLException {
        @Nullable Long own = row.getObject("own_process", Long.class);
        return new Evidence.Connection(
                storageAddresses.computeIfAbsent(row.getString("storage_address"), address -> address),
                row.getInt("storage_port"),
                row.getInt("local_port"),
                own == null ? row.getObject("process", Long.class) : own,
                StorageRows.time(row, "began_after"),
                row.getObject("first_seen_at", Instant.class),
                StorageRows.time(row, "gone_at"));
    }
}
