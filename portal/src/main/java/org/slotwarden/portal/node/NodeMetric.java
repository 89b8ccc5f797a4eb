package org.slotwarden.portal.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What series of a node can be asked for. A name is that of the column, too. */
enum NodeMetric {
    LOAD_1M("1", false),
    CPU_BUSY_SECONDS("s/s", true),
    CPU_IOWAIT_SECONDS("s/s", true),
    MEMORY_TOTAL_BYTES("B", false),
    MEMORY_AVAILABLE_BYTES("B", false),
    SWAP_USED_BYTES("B", false),
    DISK_READ_BYTES("B/s", true),
    DISK_WRITE_BYTES("B/s", true),
    NET_RECEIVE_BYTES("B/s", true),
    NET_TRANSMIT_BYTES("B/s", true),
    SCRATCH_FREE_BYTES("B", false),
    PROCESSES("1", false);

    private final String unit;
    private final boolean counter;

    NodeMetric(String unit, boolean counter) {
        this.unit = unit;
        this.counter = counter;
    }

    /** Unit of the series: a rate for a counter. */
    String unit() {
        return unit;
    }

    /** Cumulative since boot in samples, a rate in series. */
    boolean counter() {
        return counter;
    }

    String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<NodeMetric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName().equals(name))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(NodeMetric::metricName).toList();
    }
}
