package org.slotwarden.portal.node;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the processes of one agent together: what each told holds back to what it told before, and at any time those
 * are added up that tell of it.
 */
final class AgentLines {

    /** Beyond this, a process was not heard of in between. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Before the first word of a process nothing is known; one point of it shows. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    /** Two processes that report one after the other make one point. */
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private record Told(Instant begin, Map<AgentMetric, Double> values) {}

    private static final class Line {
        private final NavigableMap<Instant, Told> told = new TreeMap<>();
        private final Map<AgentMetric, Double> levels = new EnumMap<>(AgentMetric.class);
        private @Nullable Instant last;
    }

    private final List<AgentMetric> metrics;
    private final Map<List<Object>, Line> lines = new HashMap<>();
    private final List<Instant> times = new ArrayList<>();

    AgentLines(List<AgentMetric> metrics) {
        this.metrics = metrics;
    }

    /** Rows come by time. */
    void add(ResultSet row) throws SQLException {
        Instant time = row.getTimestamp("time").toInstant();
        List<Object> process = List.of(row.getTimestamp("started_at"), row.getBoolean("own_process_of_slot"));
        Line line = lines.computeIfAbsent(process, key -> new Line());
        Instant before = line.last;
        boolean connected = before != null && Duration.between(before, time).compareTo(LONGEST) <= 0;
        Map<AgentMetric, Double> values = new EnumMap<>(AgentMetric.class);
        for (AgentMetric metric : metrics) {
            double level = row.getDouble(metric.column());
            if (row.wasNull()) {
                line.levels.remove(metric);
                continue;
            }
            Double previous = line.levels.put(metric, level);
            if (!metric.counter()) {
                values.put(metric, level);
            } else if (connected && before != null && previous != null && level >= previous) {
                values.put(
                        metric,
                        (level - previous)
                                * 1000
                                / Duration.between(before, time).toMillis());
            }
        }
        line.told.put(time, new Told(connected && before != null ? before : time.minus(FIRST), values));
        line.last = time;
        if (times.isEmpty() || Duration.between(times.getLast(), time).compareTo(CLOSE) >= 0) {
            times.add(time);
        }
    }

    List<Instant> times() {
        return times;
    }

    @Nullable
    Double at(Instant time, AgentMetric metric) {
        Double together = null;
        for (Line line : lines.values()) {
            Map.Entry<Instant, Told> next = line.told.ceilingEntry(time);
            if (next == null || !next.getValue().begin().isBefore(time)) {
                continue;
            }
            Double value = next.getValue().values().get(metric);
            if (value != null) {
                together = together == null
                        ? value
                        : metric == AgentMetric.AGENT_LAG_SECONDS
                                ? (Double) Math.max(together, value)
                                : (Double) (together + value);
            }
        }
        return together;
    }
}
