package org.slotwarden.portal.node;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The samples of the nodes: one wide row each, told apart by node and time. */
@Service
@Transactional
public class NodeSamples {

    // IGNORE, not ON DUPLICATE KEY: of the latter the driver makes a statement for each row, at ten times the price. It
    // hides other errors, too; but figures were checked when they were read, and a node just deleted needs no sample.
    private static final String INSERT = "INSERT IGNORE INTO node_sample (node_id, time"
            + Arrays.stream(NodeMetric.values())
                    .map(metric -> ", " + metric.metricName())
                    .collect(Collectors.joining())
            + Arrays.stream(DeviceKind.values())
                    .map(kind -> ", " + kind.column())
                    .collect(Collectors.joining())
            + ") VALUES (?" + ", ?".repeat(1 + NodeMetric.values().length + DeviceKind.values().length)
            + ")";

    private static final int INSERT_AT_ONCE = 1000;

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    NodeSamples(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Samples of one node. */
    public record OfNode(long nodeId, List<NodeSample> samples) {}

    /** Stores samples. One of a time that is stored already changes nothing. */
    public void store(List<OfNode> nodes) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (OfNode node : nodes) {
            for (NodeSample sample : node.samples()) {
                rows.add(row(node.nodeId(), sample));
                if (rows.size() == INSERT_AT_ONCE) {
                    jdbc.batchUpdate(INSERT, rows);
                    rows.clear();
                }
            }
        }
        if (!rows.isEmpty()) {
            jdbc.batchUpdate(INSERT, rows);
        }
    }

    private @Nullable Object[] row(long nodeId, NodeSample sample) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(nodeId);
        row.add(Timestamp.from(sample.time()));
        for (NodeMetric metric : NodeMetric.values()) {
            row.add(metric.whole() ? (@Nullable Number) sample.whole(metric) : (@Nullable Number) sample.level(metric));
        }
        for (DeviceKind kind : DeviceKind.values()) {
            row.add(DeviceJson.write(json, kind, sample.devices(kind)));
        }
        return row.toArray();
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

    /** The newest samples of a node, the newest first. */
    @Transactional(readOnly = true)
    public List<NodeSample> newest(long nodeId, int count) {
        return jdbc.query(
                "SELECT * FROM node_sample WHERE node_id = ? ORDER BY time DESC LIMIT ?",
                (row, number) -> sample(row),
                nodeId,
                count);
    }

    /** Times of samples, and the values of what was asked for in the same order, by the name of the series. */
    record Columns(List<Instant> times, Map<String, List<@Nullable Double>> values) {}

    /** What was sampled from {@code from} on and before {@code to}, in the order of time; counters as they are. */
    @Transactional(readOnly = true)
    Columns between(long nodeId, Collection<NodeSeries.Wanted> wanted, Instant from, Instant to) {
        Columns columns = new Columns(new ArrayList<>(), new HashMap<>());
        Set<String> names = new LinkedHashSet<>();
        Set<DeviceKind> kinds = new LinkedHashSet<>();
        for (NodeSeries.Wanted one : wanted) {
            columns.values().put(one.name(), new ArrayList<>());
            names.add(one.column());
            if (one instanceof NodeSeries.OfDevice device) {
                kinds.add(device.metric().kind());
            }
        }
        jdbc.query(
                "SELECT time, " + String.join(", ", names)
                        + " FROM node_sample WHERE node_id = ? AND time >= ? AND time < ? ORDER BY time",
                row -> {
                    columns.times().add(row.getTimestamp("time").toInstant());
                    Map<DeviceKind, List<NodeDevice>> devices = new EnumMap<>(DeviceKind.class);
                    for (DeviceKind kind : kinds) {
                        devices.put(kind, DeviceJson.read(json, kind, row.getString(kind.column())));
                    }
                    for (NodeSeries.Wanted one : wanted) {
                        List<@Nullable Double> line = columns.values().get(one.name());
                        if (line != null) {
                            line.add(
                                    one instanceof NodeSeries.OfDevice device
                                            ? device.of(devices)
                                            : level(row, one.column()));
                        }
                    }
                },
                nodeId,
                Timestamp.from(from),
                Timestamp.from(to));
        return columns;
    }

    private static @Nullable Double level(ResultSet row, String column) throws SQLException {
        double level = row.getDouble(column);
        return row.wasNull() ? null : (Double) level;
    }

    private NodeSample sample(ResultSet row) throws SQLException {
        Map<NodeMetric, Double> levels = new EnumMap<>(NodeMetric.class);
        for (NodeMetric metric : NodeMetric.values()) {
            Double level = level(row, metric.metricName());
            if (level != null) {
                levels.put(metric, level);
            }
        }
        Map<DeviceKind, List<NodeDevice>> devices = new EnumMap<>(DeviceKind.class);
        for (DeviceKind kind : DeviceKind.values()) {
            List<NodeDevice> some = DeviceJson.read(json, kind, row.getString(kind.column()));
            if (!some.isEmpty()) {
                devices.put(kind, some);
            }
        }
        return new NodeSample(row.getTimestamp("time").toInstant(), levels, devices);
    }
}
