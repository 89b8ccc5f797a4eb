package org.slotwarden.portal.node;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is sampled of a node as a whole. A name is that of the column and of the series, too. */
public enum NodeMetric {
    LOAD_1M("1", false),
    LOAD_5M("1", false),
    LOAD_15M("1", false),
    CPU_BUSY_SECONDS("s/s", true),
    CPU_USER_SECONDS("s/s", true),
    CPU_SYSTEM_SECONDS("s/s", true),
    CPU_IOWAIT_SECONDS("s/s", true),
    /** Taken by the hypervisor. */
    CPU_STEAL_SECONDS("s/s", true),
    MEMORY_TOTAL_BYTES("B", false),
    MEMORY_AVAILABLE_BYTES("B", false),
    SWAP_USED_BYTES("B", false),
    SWAP_IN_BYTES("B/s", true),
    SWAP_OUT_BYTES("B/s", true),
    OOM_KILLS("1/s", true),
    DISK_READ_BYTES("B/s", true),
    DISK_WRITE_BYTES("B/s", true),
    NET_RECEIVE_BYTES("B/s", true),
    NET_TRANSMIT_BYTES("B/s", true),
    SCRATCH_FREE_BYTES("B", false),
    PROCESSES("1", false),
    CPU_PRESSURE_SOME_SECONDS("s/s", true),
    CPU_PRESSURE_FULL_SECONDS("s/s", true),
    MEMORY_PRESSURE_SOME_SECONDS("s/s", true),
    MEMORY_PRESSURE_FULL_SECONDS("s/s", true),
    IO_PRESSURE_SOME_SECONDS("s/s", true),
    IO_PRESSURE_FULL_SECONDS("s/s", true),
    /** Clock of the node minus clock of the portal. */
    CLOCK_OFFSET_SECONDS("s", false),
    CLOCK_UNCERTAINTY_SECONDS("s", false);

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

    /** Counted in whole bytes or things. */
    boolean whole() {
        return !unit.startsWith("s") && this != LOAD_1M && this != LOAD_5M && this != LOAD_15M;
    }

    public String metricName() {
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
