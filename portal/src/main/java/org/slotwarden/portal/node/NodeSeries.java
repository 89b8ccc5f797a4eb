package org.slotwarden.portal.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.SeriesForm;
import org.slotwarden.portal.api.Thinning;
import org.springframework.stereotype.Service;

/** A node's samples as series: counters become rates, many samples become fewer points. */
@Service
class NodeSeries {

    /** The longest stretch that is read at once: 90,000 samples at the usual interval. */
    static final Duration LONGEST = Duration.ofDays(31);

    private static final Pattern DEVICE = Pattern.compile("([a-z_]+)\\[([^\\[\\]]+)]");

    private final NodeSamples samples;
    private final AgentProcesses agents;

    NodeSeries(NodeSamples samples, AgentProcesses agents) {
        this.samples = samples;
        this.agents = agents;
    }

    /** A series that somebody asks for. */
    sealed interface Wanted {
        String name();

        String column();

        String unit();

        boolean counter();

        static Optional<Wanted> named(String name) {
            Matcher device = DEVICE.matcher(name);
            if (device.matches()) {
                return DeviceMetric.named(device.group(1)).map(metric -> new OfDevice(metric, device.group(2)));
            }
            Optional<Wanted> node = NodeMetric.named(name).map(OfNode::new);
            return node.isPresent() ? node : AgentMetric.named(name).map(OfAgent::new);
        }

        static List<String> names() {
            List<String> names = new ArrayList<>(NodeMetric.names());
            DeviceMetric.names().forEach(name -> names.add(name + "[device]"));
            names.addAll(AgentMetric.names());
            return names;
        }
    }

    record OfNode(NodeMetric metric) implements Wanted {
        @Override
        public String name() {
            return metric.metricName();
        }

        @Override
        public String column() {
            return metric.metricName();
        }

        @Override
        public String unit() {
            return metric.unit();
        }

        @Override
        public boolean counter() {
            return metric.counter();
        }
    }

    record OfDevice(DeviceMetric metric, String device) implements Wanted {
        @Override
        public String name() {
            return metric.metricName() + "[" + device + "]";
        }

        @Override
        public String column() {
            return metric.kind().column();
        }

        @Override
        public String unit() {
            return metric.unit();
        }

        @Override
        public boolean counter() {
            return metric.counter();
        }

        @Nullable
        Double of(Map<DeviceKind, List<NodeDevice>> devices) {
            for (NodeDevice one : devices.getOrDefault(metric.kind(), List.of())) {
                if (one.name().equals(device)) {
                    return one.level(metric);
                }
            }
            return null;
        }
    }

    record OfAgent(AgentMetric metric) implements Wanted {
        @Override
        public String name() {
            return metric.metricName();
        }

        @Override
        public String column() {
            return metric.column();
        }

        @Override
        public String unit() {
            return metric.unit();
        }

        @Override
        public boolean counter() {
            return metric.counter();
        }
    }

    /** Lines come in the order of {@code wanted}. Those of the agent have times of their own. */
    SeriesForm of(long nodeId, Collection<Wanted> wanted, Instant from, Instant to, int points) {
        List<Wanted> ofNode =
                wanted.stream().filter(one -> !(one instanceof OfAgent)).toList();
        List<OfAgent> ofAgent = wanted.stream()
                .filter(OfAgent.class::isInstance)
                .map(OfAgent.class::cast)
                .toList();
        Map<String, SeriesForm.Line> lines = new HashMap<>();
        Double interval = null;
        if (!ofAgent.isEmpty()) {
            NodeSamples.Columns columns = agents.between(nodeId, ofAgent, from, to);
            interval = draw(columns, ofAgent, from, to, points, false, lines);
        }
        if (!ofNode.isEmpty()) {
            NodeSamples.Columns columns = samples.between(nodeId, ofNode, from, to);
            interval = draw(columns, ofNode, from, to, points, true, lines);
        }
        Map<String, SeriesForm.Line> ordered = new LinkedHashMap<>();
        wanted.forEach(one -> ordered.put(one.name(), Objects.requireNonNull(lines.get(one.name()))));
        return new SeriesForm(from, to, interval, List.copyOf(ordered.values()));
    }

    private static @Nullable Double draw(
            NodeSamples.Columns columns,
            Collection<? extends Wanted> wanted,
            Instant from,
            Instant to,
            int points,
            boolean countersToRates,
            Map<String, SeriesForm.Line> lines) {
        Thinning thinning = new Thinning(from, to, columns.times(), points);
        for (Wanted one : wanted) {
            List<@Nullable Double> values =
                    Objects.requireNonNull(columns.values().get(one.name()));
            boolean rates = countersToRates && one.counter();
            lines.put(
                    one.name(), thinning.line(one.name(), one.unit(), rates ? rates(columns.times(), values) : values));
        }
        return thinning.intervalSeconds();
    }

    /**
     * Per second, since the latest earlier sample that has a value. Where a counter fell, the node was
     * booted in between and the rate is not known.
     */
    static List<@Nullable Double> rates(List<Instant> times, List<@Nullable Double> values) {
        List<@Nullable Double> rates = new ArrayList<>(values.size());
        Double before = null;
        Instant then = Instant.MIN;
        for (int i = 0; i < values.size(); i++) {
            Double value = values.get(i);
            Double rate = null;
            if (value != null) {
                if (before != null && value >= before) {
                    rate = (value - before)
                            * 1000
                            / Duration.between(then, times.get(i)).toMillis();
                }
                before = value;
                then = times.get(i);
            }
            rates.add(rate);
        }
        return rates;
    }
}
