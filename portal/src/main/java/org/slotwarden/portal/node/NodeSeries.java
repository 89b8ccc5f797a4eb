package org.slotwarden.portal.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.SeriesForm;
import org.slotwarden.portal.api.Thinning;
import org.springframework.stereotype.Service;

/** A node's samples as series: counters become rates, many samples become fewer points. */
@Service
class NodeSeries {

    /** The longest stretch that is read at once: 90,000 samples at the usual interval. */
    static final Duration LONGEST = Duration.ofDays(31);

    private final NodeSamples samples;

    NodeSeries(NodeSamples samples) {
        this.samples = samples;
    }

    SeriesForm of(long nodeId, Collection<NodeMetric> metrics, Instant from, Instant to, int points) {
        NodeSamples.Columns columns = samples.between(nodeId, metrics, from, to);
        Thinning thinning = new Thinning(from, to, columns.times(), points);
        List<SeriesForm.Line> lines = metrics.stream()
                .map(metric -> {
                    List<@Nullable Double> values =
                            Objects.requireNonNull(columns.values().get(metric));
                    return thinning.line(
                            metric.metricName(),
                            metric.unit(),
                            metric.counter() ? rates(columns.times(), values) : values);
                })
                .toList();
        return new SeriesForm(from, to, thinning.intervalSeconds(), lines);
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
