package org.slotwarden.portal.order;

import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What jobs wrote while somebody looked on, in the database. */
@Repository
class OutputStore {

    private final JdbcClient jdbc;

    OutputStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What came twice is there once. */
    void add(long id, OrderNews.Output output, Instant now) {
        jdbc.sql("INSERT IGNORE INTO order_output (slot_order_id, file_offset, left_out_bytes, data, heard_at)"
                        + " VALUES (?, ?, ?, ?, ?)")
                .params(id, output.offset(), output.leftOutBytes(), output.data(), now)
                .update();
    }

    /** How many parts came of an order: asked of an index, for each one that comes. */
    int count(long id) {
        return jdbc.sql("SELECT COUNT(*) FROM order_output WHERE slot_order_id = ?")
                .param(id)
                .query(Integer.class)
                .single();
    }

    /** A part of the job's output, in the order in which they came. */
    record Part(long id, String node, long offset, long leftOutBytes, byte[] data) {}

    List<Part> of(long orderId, long after, int most) {
        return jdbc.sql("""
                        SELECT p.id, n.name, p.file_offset, p.left_out_bytes, p.data
                        FROM order_output p JOIN slot_order o ON o.id = p.slot_order_id
                            JOIN slot s ON s.id = o.slot_id JOIN node n ON n.id = s.node_id
                        WHERE o.order_id = ? AND p.id > ? ORDER BY p.id LIMIT ?
                        """)
                .params(orderId, after, most)
                .query((row, number) -> new Part(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getLong("file_offset"),
                        row.getLong("left_out_bytes"),
                        row.getBytes("data")))
                .list();
    }

    /** @return how many parts were deleted */
    int forget(Instant before, int most) {
        return jdbc.sql("DELETE FROM order_output WHERE heard_at < ? LIMIT ?")
                .params(before, most)
                .update();
    }
}
