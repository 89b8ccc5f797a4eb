package org.slotwarden.portal.order;

import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What agents are to be told, in the database. */
@Repository
class DeliveryStore {

    private final JdbcClient jdbc;

    DeliveryStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What an agent is to be told now.
     *
     * @param alone no other agent of the job was told, and none may be any more
     */
    record Told(long id, long orderId, boolean alone, byte[] signed, byte[] signature) {}

    /** Makes this slot's agent the only one of its order; false when another one was told before. */
    boolean claim(Told one) {
        jdbc.sql("SELECT id FROM job_order WHERE id = ? FOR UPDATE")
                .param(one.orderId())
                .query(Long.class)
                .optional();
        boolean there = jdbc.sql("SELECT EXISTS (SELECT 1 FROM slot_order WHERE id = ?)")
                .param(one.id())
                .query(Boolean.class)
                .single();
        if (there) {
            jdbc.sql("DELETE FROM slot_order WHERE order_id = ? AND id <> ?")
                    .params(one.orderId(), one.id())
                    .update();
        }
        return there;
    }

    /**
     * @param slotIds slots that the agent process looks after for certain
     * @param all whether it looks after the node's other slots, too
     * @param before those that were told later are not told again yet
     */
    List<Told> toTell(long nodeId, Collection<Long> slotIds, boolean all, Instant now, Instant before, int most) {
        return jdbc.sql("""
                        SELECT o.id, o.order_id, o.alone AND o.told = 0 alone, o.signed, o.signature
                        FROM slot_order o JOIN slot s ON s.id = o.slot_id
                        WHERE o.state IN (:open) AND o.expires_at > :now AND (o.told_at IS NULL OR o.told_at <= :before)
                            AND s.node_id = :node AND s.ended_at IS NULL AND (:all OR s.id IN (:slots))
                        ORDER BY o.expires_at, o.id LIMIT :most
                        """)
                .param("open", OrderStore.OPEN)
                .param("now", now)
                .param("before", before)
                .param("node", nodeId)
                .param("all", all)
                .param("slots", slotIds.isEmpty() ? Set.of(0L) : slotIds)
                .param("most", most)
                .query((row, number) -> new Told(
                        row.getLong("id"),
                        row.getLong("order_id"),
                        row.getBoolean("alone"),
                        row.getBytes("signed"),
                        row.getBytes("signature")))
                .list();
    }

    void told(Collection<Long> ids, Instant now) {
        jdbc.sql("UPDATE slot_order SET state = IF(state = 'WAITING', 'TOLD', state), told = told + 1, told_at = :now"
                        + " WHERE id IN (:ids)")
                .param("now", now)
                .param("ids", ids)
                .update();
    }

    /** Nodes whose agents are to be told something now, and such as will be. */
    record Open(Set<Long> nodes, Set<Long> due) {}

    Open open(Instant now, Instant before) {
        Set<Long> nodes = new HashSet<>();
        Set<Long> due = new HashSet<>();
        jdbc.sql("""
                        SELECT s.node_id, MAX(o.told_at IS NULL OR o.told_at <= :before) due
                        FROM slot_order o JOIN slot s ON s.id = o.slot_id
                        WHERE o.state IN (:open) AND o.expires_at > :now AND s.ended_at IS NULL GROUP BY s.node_id
                        """)
                .param("open", OrderStore.OPEN)
                .param("now", now)
                .param("before", before)
                .query((ResultSet row) -> {
                    nodes.add(row.getLong("node_id"));
                    if (row.getBoolean("due")) {
                        due.add(row.getLong("node_id"));
                    }
                });
        return new Open(nodes, due);
    }

    /** Slots of a node by their names on the wire. */
    List<Long> slots(long nodeId, Collection<String> keys) {
        return keys.isEmpty()
                ? List.of()
                : jdbc.sql("SELECT id FROM slot WHERE node_id = :node AND slot_key IN (:keys)")
                        .param("node", nodeId)
                        .param("keys", keys)
                        .query((row, number) -> row.getLong(1))
                        .list();
    }
}
