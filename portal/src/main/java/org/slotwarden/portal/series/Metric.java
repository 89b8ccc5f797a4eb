package org.slotwarden.portal.series;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What series of a job can be asked for. Names and units are part of the REST contract; a name is that of the column
 * of {@code job_sample}, too, unless the metric is {@linkplain #derived() derived}.
 */
public enum Metric {
    /** Rate of {@link #CPU_USER_SECONDS} plus {@link #CPU_SYSTEM_SECONDS}: how many cores were busy. */
    CORES_USED("1", Kind.COUNTER, Type.DERIVED),
    CPU_SECONDS("s/s", Kind.COUNTER, Type.DERIVED),
    CPU_USER_SECONDS("s/s", Kind.COUNTER, Type.REAL),
    CPU_SYSTEM_SECONDS("s/s", Kind.COUNTER, Type.REAL),
    /** CPU time that the job's cgroup counted and no process that was seen accounts for. */
    CPU_UNATTRIBUTED_SECONDS("s/s", Kind.COUNTER, Type.REAL),
    /** Threads that were ready to run and waited for a core, on average. */
    RUN_QUEUE_WAIT_SECONDS("s/s", Kind.COUNTER, Type.REAL),
    VOLUNTARY_CONTEXT_SWITCHES("1/s", Kind.COUNTER, Type.LONG),
    INVOLUNTARY_CONTEXT_SWITCHES("1/s", Kind.COUNTER, Type.LONG),
    MEMORY_RSS_BYTES("B", Kind.LEVEL, Type.LONG),
    MEMORY_PSS_BYTES("B", Kind.LEVEL, Type.LONG),
    SWAP_BYTES("B", Kind.LEVEL, Type.LONG),
    /** What the kernel holds the job's cgroup to. */
    MEMORY_LIMIT_BYTES("B", Kind.LEVEL, Type.LONG),
    MAJOR_FAULTS("1/s", Kind.COUNTER, Type.LONG),
    OOM_KILLS("1/s", Kind.COUNTER, Type.INT),
    READ_BYTES("B/s", Kind.COUNTER, Type.LONG),
    WRITE_BYTES("B/s", Kind.COUNTER, Type.LONG),
    READ_CHARS("B/s", Kind.COUNTER, Type.LONG),
    WRITE_CHARS("B/s", Kind.COUNTER, Type.LONG),
    READ_CALLS("1/s", Kind.COUNTER, Type.LONG),
    WRITE_CALLS("1/s", Kind.COUNTER, Type.LONG),
    READ_OPERATIONS("1/s", Kind.COUNTER, Type.LONG),
    WRITE_OPERATIONS("1/s", Kind.COUNTER, Type.LONG),
    /** Of jobs with a network namespace of their own only; without its loopback. */
    NET_RECEIVE_BYTES("B/s", Kind.COUNTER, Type.LONG),
    NET_TRANSMIT_BYTES("B/s", Kind.COUNTER, Type.LONG),
    NET_RECEIVE_PACKETS("1/s", Kind.COUNTER, Type.LONG),
    NET_TRANSMIT_PACKETS("1/s", Kind.COUNTER, Type.LONG),
    PROCESSES("1", Kind.LEVEL, Type.INT),
    THREADS("1", Kind.LEVEL, Type.INT),
    UNINTERRUPTIBLE_PROCESSES("1", Kind.LEVEL, Type.INT),
    ZOMBIES("1", Kind.LEVEL, Type.INT),
    OPEN_FILES("1", Kind.LEVEL, Type.INT),
    FULLEST_OPEN_FILES("1", Kind.WORST, Type.INT),
    FULLEST_OPEN_FILES_LIMIT("1", Kind.WORST, Type.INT),
    /** {@link #FULLEST_OPEN_FILES} as a share of {@link #FULLEST_OPEN_FILES_LIMIT}: 1 is full. */
    OPEN_FILES_SHARE("1", Kind.WORST, Type.DERIVED),
    OPEN_SOCKETS("1", Kind.LEVEL, Type.INT),
    SOCKETS_TCP_ESTABLISHED("1", Kind.LEVEL, Type.INT),
    SOCKETS_TCP_SYN_SENT("1", Kind.LEVEL, Type.INT),
    SOCKETS_TCP_TIME_WAIT("1", Kind.LEVEL, Type.INT),
    SOCKETS_TCP_CLOSE_WAIT("1", Kind.LEVEL, Type.INT),
    SOCKETS_TCP_LISTEN("1", Kind.LEVEL, Type.INT),
    /** TCP in any state that has no metric of its own. */
    SOCKETS_TCP_OTHER("1", Kind.LEVEL, Type.INT),
    SOCKETS_UDP("1", Kind.LEVEL, Type.INT),
    SOCKETS_UNIX("1", Kind.LEVEL, Type.INT),
    SOCKETS_OTHER("1", Kind.LEVEL, Type.INT),
    CPU_PRESSURE_SOME_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    CPU_PRESSURE_FULL_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    MEMORY_PRESSURE_SOME_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    MEMORY_PRESSURE_FULL_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    IO_PRESSURE_SOME_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    IO_PRESSURE_FULL_SECONDS("s/s", Kind.WORST_COUNTER, Type.REAL),
    WORKDIR_BYTES("B", Kind.WORST, Type.LONG),
    /** What the job's user can still write there: less of the file system's space and of a quota. */
    WORKDIR_FREE_BYTES("B", Kind.LEAST, Type.LONG),
    SCRATCH_BYTES("B", Kind.LEVEL, Type.LONG),
    SCRATCH_FREE_BYTES("B", Kind.LEAST, Type.LONG),
    STANDARD_OUTPUT_BYTES("B", Kind.WORST, Type.LONG),
    STANDARD_ERROR_BYTES("B", Kind.WORST, Type.LONG),
    /** What the job says of itself: 1 is done. */
    PROGRESS_FRACTION("1", Kind.WORST, Type.REAL),
    /** Movers of storage systems that are certainly the job's: the portal puts them to samples, agents do not know. */
    STORAGE_MOVERS("1", Kind.LEVEL, Type.INT);

    /** What a figure of a slot means for the job. */
    private enum Kind {
        /** As it is; slots are added up. */
        LEVEL,
        /** Cumulative in samples, a rate in series; rates of slots are added up. */
        COUNTER,
        /** As it is; of several slots the greatest counts: shares, and what all nodes see alike. */
        WORST,
        /** As it is; of several slots the least counts: who has least room left is the first to have none. */
        LEAST,
        /** A rate in series, of several slots the greatest counts: shares of time. */
        WORST_COUNTER
    }

    /** Type of the column. */
    enum Type {
        REAL,
        LONG,
        INT,
        DERIVED
    }

    private static final List<Metric> STORED =
            Arrays.stream(values()).filter(metric -> !metric.derived()).toList();

    private final String metricName = name().toLowerCase(Locale.ROOT);
    private final String unit;
    private final Kind kind;
    private final Type type;

    Metric(String unit, Kind kind, Type type) {
        this.unit = unit;
        this.kind = kind;
        this.type = type;
    }

    /** Unit of the series (UCUM-like): a rate for a counter, 1 for a number of things or a share. */
    public String unit() {
        return unit;
    }

    /** Cumulative in reports, a rate in series. */
    public boolean counter() {
        return kind == Kind.COUNTER || kind == Kind.WORST_COUNTER;
    }

    /** Whether a job of several slots has the sum of their values, or else the greatest or the least of them. */
    public boolean addsUp() {
        return kind == Kind.LEVEL || kind == Kind.COUNTER;
    }

    /** What two slots of a job have together. */
    double together(double one, double other) {
        return switch (kind) {
            case LEVEL, COUNTER -> one + other;
            case WORST, WORST_COUNTER -> Math.max(one, other);
            case LEAST -> Math.min(one, other);
        };
    }

    /** Computed of others, and not stored itself. */
    public boolean derived() {
        return type == Type.DERIVED;
    }

    Type type() {
        return type;
    }

    /** Counted in whole things or bytes. */
    public boolean whole() {
        return type == Type.LONG || type == Type.INT;
    }

    /** All that are not derived, in the order of the declaration. */
    static List<Metric> stored() {
        return STORED;
    }

    /** The stored metrics that this one is made of. */
    List<Metric> parts() {
        return switch (this) {
            case CORES_USED, CPU_SECONDS -> List.of(CPU_USER_SECONDS, CPU_SYSTEM_SECONDS);
            case OPEN_FILES_SHARE -> List.of(FULLEST_OPEN_FILES, FULLEST_OPEN_FILES_LIMIT);
            default -> List.of(this);
        };
    }

    /** Name in REST, CSV and Prometheus. */
    public String metricName() {
        return metricName;
    }

    public static Optional<Metric> named(String name) {
        return Arrays.stream(values())
                .filter(metric -> metric.metricName().equals(name))
                .findFirst();
    }
}
