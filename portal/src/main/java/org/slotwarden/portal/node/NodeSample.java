package org.slotwarden.portal.node;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of a node at one moment, by the node's clock. Counters are cumulative since boot; what could not be measured
 * is absent, and so is a figure that is no number. Fields as in {@code report.proto}.
 */
public record NodeSample(
        Instant time,
        @JsonIgnore Map<NodeMetric, Double> levels,
        @JsonIgnore Map<DeviceKind, List<NodeDevice>> devices) {

    public NodeSample {
        Map<NodeMetric, Double> finite = new EnumMap<>(NodeMetric.class);
        levels.forEach((metric, level) -> {
            if (Double.isFinite(level)) {
                finite.put(metric, level);
            }
        });
        levels = finite;
        devices = devices.isEmpty() ? Map.of() : new EnumMap<>(devices);
    }

    public @Nullable Double level(NodeMetric metric) {
        return levels.get(metric);
    }

    /** As {@link #level}, for what is counted in whole things or bytes. */
    public @Nullable Long whole(NodeMetric metric) {
        Double level = levels.get(metric);
        return level == null ? null : (Long) level.longValue();
    }

    public List<NodeDevice> devices(DeviceKind kind) {
        return devices.getOrDefault(kind, List.of());
    }

    /** By the names of metrics, as REST shows it. */
    @JsonAnyGetter
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        levels.forEach((metric, level) ->
                figures.put(metric.metricName(), metric.whole() ? (Number) level.longValue() : (Number) level));
        devices.forEach((kind, some) -> figures.put(kind.column(), DeviceJson.objects(kind, some)));
        return figures;
    }
}
