package org.slotwarden.portal.node;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The samples of the nodes: one wide row each, told apart by node and time. */
@Service
@Transactional
public class NodeSamples {

    // Not INSERT IGNORE: that would swallow every other error, too.
    private static final String INSERT = """
            INSERT INTO node_sample (node_id, time, load_1m, cpu_busy_seconds, cpu_iowait_seconds, memory_total_bytes,
                memory_available_bytes, swap_used_bytes, disk_read_bytes, disk_write_bytes, net_receive_bytes,
                net_transmit_bytes, scratch_free_bytes, processes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE node_id = node_id""";

    private final JdbcTemplate jdbc;

    NodeSamples(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Stores samples of one node. A sample of a time that is stored already changes nothing. */
    public void store(long nodeId, List<NodeSample> samples) {
        jdbc.batchUpdate(
                INSERT, samples.stream().map(sample -> row(nodeId, sample)).toList());
    }

    private static @Nullable Object[] row(long nodeId, NodeSample sample) {
        return new @Nullable Object[] {
            nodeId,
            Timestamp.from(sample.time()),
            sample.load1m(),
            sample.cpuBusySeconds(),
            sample.cpuIowaitSeconds(),
            sample.memoryTotalBytes(),
            sample.memoryAvailableBytes(),
            sample.swapUsedBytes(),
            sample.diskReadBytes(),
            sample.diskWriteBytes(),
            sample.netReceiveBytes(),
            sample.netTransmitBytes(),
            sample.scratchFreeBytes(),
            sample.processes()
        };
    }

    /** The latest sample of each of these nodes that has one, by the node's id. */
    @Transactional(readOnly = true)
    public Map<Long, NodeSample> latest(Collection<Long> nodeIds) {
        Map<Long, NodeSample> latest = new HashMap<>();
        if (!nodeIds.isEmpty()) {
            String marks = String.join(",", nodeIds.stream().map(id -> "?").toList());
            jdbc.query(
                    """
                    SELECT * FROM node_sample JOIN (
                        SELECT node_id, MAX(time) AS time FROM node_sample WHERE node_id IN (%s) GROUP BY node_id
                    ) latest USING (node_id, time)""".formatted(marks),
                    row -> {
                        latest.put(row.getLong("node_id"), sample(row));
                    },
                    nodeIds.toArray());
        }
        return latest;
    }

    /** Times and values of some metrics of one node. */
    record Columns(List<Instant> times, Map<NodeMetric, List<@Nullable Double>> values) {}

    /** What was sampled from {@code from} on and before {@code to}, in the order of time; counters as they are. */
    @Transactional(readOnly = true)
    Columns between(long nodeId, Collection<NodeMetric> metrics, Instant from, Instant to) {
        Columns columns = new Columns(new ArrayList<>(), new HashMap<>());
        metrics.forEach(metric -> columns.values().put(metric, new ArrayList<>()));
        String names =
                String.join(", ", metrics.stream().map(NodeMetric::metricName).toList());
        jdbc.query(
                "SELECT time, " + names
                        + " FROM node_sample WHERE node_id = ? AND time >= ? AND time < ? ORDER BY time",
                row -> {
                    columns.times().add(row.getTimestamp("time").toInstant());
                    for (var column : columns.values().entrySet()) {
                        double value = row.getDouble(column.getKey().metricName());
                        column.getValue().add(row.wasNull() ? null : value);
                    }
                },
                nodeId,
                Timestamp.from(from),
                Timestamp.from(to));
        return columns;
    }

    private static NodeSample sample(ResultSet row) throws SQLException {
        return new NodeSample(
                row.getTimestamp("time").toInstant(),
                row.getObject("load_1m", Double.class),
                row.getObject("cpu_busy_seconds", Double.class),
                row.getObject("cpu_iowait_seconds", Double.class),
                row.getObject("memory_total_bytes", Long.class),
                row.getObject("memory_available_bytes", Long.class),
                row.getObject("swap_used_bytes", Long.class),
                row.getObject("disk_read_bytes", Long.class),
                row.getObject("disk_write_bytes", Long.class),
                row.getObject("net_receive_bytes", Long.class),
                row.getObject("net_transmit_bytes", Long.class),
                row.getObject("scratch_free_bytes", Long.class),
                row.getObject("processes", Integer.class));
    }
}
