package org.slotwarden.portal.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What series of a node's agent can be asked for; the processes of an agent are taken together. */
enum AgentMetric {
    AGENT_CPU_SECONDS("s/s", true),
    AGENT_MEMORY_RSS_BYTES("B", false),
    AGENT_MEMORY_PSS_BYTES("B", false),
    AGENT_SPOOL_BYTES("B", false),
    /** The greatest of all processes, where the others are added up. */
    AGENT_LAG_SECONDS("s", false);

    private final String unit;
    private final boolean counter;

    AgentMetric(String unit, boolean counter) {
        this.unit = unit;
        this.counter = counter;
    }

    String unit() {
        return unit;
    }

    boolean counter() {
        return counter;
    }

    String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of {@code agent_sample}. */
    String column() {
        return metricName().substring("agent_".length());
    }

    static Optional<AgentMetric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName().equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(AgentMetric::metricName).toList();
    }
}
