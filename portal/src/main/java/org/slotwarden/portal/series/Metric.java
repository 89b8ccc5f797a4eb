package org.slotwarden.portal.series;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What series of a job can be asked for. Names and units are part of the REST contract. */
public enum Metric {
    /** Rate of {@link #CPU_USER_SECONDS} plus {@link #CPU_SYSTEM_SECONDS}: how many cores were busy. */
    CORES_USED("1", true),
    CPU_SECONDS("s/s", true),
    CPU_USER_SECONDS("s/s", true),
    CPU_SYSTEM_SECONDS("s/s", true),
    MEMORY_RSS_BYTES("B", false),
    MEMORY_PSS_BYTES("B", false),
    SWAP_BYTES("B", false),
    READ_BYTES("B/s", true),
    WRITE_BYTES("B/s", true),
    READ_CHARS("B/s", true),
    WRITE_CHARS("B/s", true),
    PROCESSES("1", false),
    THREADS("1", false),
    OPEN_FILES("1", false),
    OPEN_SOCKETS("1", false);

    private final String unit;
    private final boolean counter;

    Metric(String unit, boolean counter) {
        this.unit = unit;
        this.counter = counter;
    }

    /** Unit of the series (UCUM-like): a rate for a counter, 1 for a number of things. */
    public String unit() {
        return unit;
    }

    /** Cumulative in reports, a rate in series. */
    public boolean counter() {
        return counter;
    }

    /** Name in REST, CSV and Prometheus. */
    public String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Metric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName().equals(name))
                .findFirst();
    }
}
