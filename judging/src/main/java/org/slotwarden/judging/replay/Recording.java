package org.slotwarden.judging.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;

/** The samples of one recorded run, read one after the other. */
final class Recording implements Closeable {

    /** Samples that are looked at in advance. */
    private static final int LOOKED_AT = 400;

    private static final int LEAST = 10;
    private static final double LEAST_CORES = 0.1;
    /** How far apart the quartiles of the counters' pace may be, as a share of the median. */
    private static final double LIKE_ONE = 0.2;

    private static final double LEAST_PACE = 2;

    /**
     * What is known of a recording before it is judged.
     *
     * @param interval seconds between two samples
     * @param counters what counters are to be multiplied with; NaN where it does not compute enough to tell
     */
    record Pace(double interval, double counters) {}

    private record Column(int index, String name, Quantity quantity) {}

    private final CsvFile file;
    private final Column[] columns;
    private final int time;
    private final double counters;

    /**
     * @param counters what counters are multiplied with
     * @throws IOException when the file cannot be read, or has no column {@code t}
     */
    Recording(Path path, Problems problems, double counters) throws IOException {
        this.file = new CsvFile(path, problems);
        this.counters = counters;
        this.time = file.column("t");
        if (time < 0) {
            file.close();
            throw new IOException("no column t");
        }
        this.columns = Arrays.stream(Quantity.values())
                .map(quantity -> new Column(file.column(name(quantity)), name(quantity), quantity))
                .filter(column -> column.index >= 0)
                .toArray(Column[]::new);
    }

    private static String name(Quantity quantity) {
        return switch (quantity) {
            case CPU_SECONDS -> "cpu_s";
            case CORES -> "cores";
            case MEMORY_BYTES -> "rss";
            case READ_BYTES -> "read_bytes";
            case WRITE_BYTES -> "write_bytes";
            case READ_CHARS -> "rchar";
            case WRITE_CHARS -> "wchar";
            case READ_CALLS -> "syscr";
            case WRITE_CALLS -> "syscw";
            case THREADS -> "threads";
            case PROCESSES -> "procs";
            case ZOMBIES -> "zombies";
            case OPEN_FILES -> "fds";
            case OPEN_SOCKETS -> "sockets";
            case RECEIVED_BYTES -> "net_rx";
            case SENT_BYTES -> "net_tx";
            case RECEIVED_PACKETS -> "net_rx_packets";
            case SENT_PACKETS -> "net_tx_packets";
            case MAJOR_FAULTS -> "majflt";
            case BLOCKED_PROCESSES -> "dstate";
            case DISK_USED_BYTES -> "disk_used";
            case DISK_FREE_BYTES -> "disk_free";
            case SCRATCH_USED_BYTES -> "scratch_used";
            case SCRATCH_FREE_BYTES -> "scratch_free";
            case OUTPUT_BYTES -> "stdout_bytes";
            case PROGRESS -> "progress";
            case RUN_QUEUE_SECONDS -> "runq_wait_s";
            case NODE_BUSY -> "node_busy";
            case STORAGE_MOVERS -> "movers";
        };
    }

    /** The next sample; null at the end. A line without a time is passed over. */
    @Nullable
    Observation next() throws IOException {
        for (List<String> row = file.row(); row != null; row = file.row()) {
            double t = file.number(row, time, "t");
            if (Double.isNaN(t)) {
                file.problem("no time: line passed over");
                continue;
            }
            Observation observation = Observation.at(t);
            for (Column column : columns) {
                double value = file.number(row, column.index, column.name);
                observation.with(column.quantity, column.quantity.counter() ? value * counters : value);
            }
            return observation;
        }
        return null;
    }

    /**
     * Of runs that were recorded together: what counters are multiplied with where a run itself does not tell.
     *
     * @param paces of some of them
     */
    static double counters(List<Pace> paces) {
        double[] known = paces.stream()
                .mapToDouble(Pace::counters)
                .filter(counters -> !Double.isNaN(counters))
                .toArray();
        return known.length == 0 ? 1 : quartile(known, known.length, 2);
    }

    /**
     * Looks at the first samples. Where recordings are stretched in time, counters may have been left as they were:
     * then {@code cpu_s} passes, in all samples alike, many times slower than {@code cores} says, and all counters are
     * multiplied.
     *
     * @throws IOException as the constructor
     */
    static Pace pace(Path path) throws IOException {
        double[] intervals = new double[LOOKED_AT];
        double[] paces = new double[LOOKED_AT];
        int known = 0;
        int compared = 0;
        try (Recording recording = new Recording(path, new Problems(nowhere()), 1)) {
            Observation before = recording.next();
            for (int i = 0; before != null && i < LOOKED_AT; i++) {
                Observation now = recording.next();
                if (now == null) {
                    break;
                }
                double elapsed = now.time() - before.time();
                if (elapsed > 0) {
                    intervals[known++] = elapsed;
                    double used = now.value(Quantity.CPU_SECONDS) - before.value(Quantity.CPU_SECONDS);
                    double cores = now.value(Quantity.CORES);
                    if (used > 0 && cores >= LEAST_CORES) {
                        paces[compared++] = cores * elapsed / used;
                    }
                }
                before = now;
            }
        }
        return new Pace(quartile(intervals, known, 2), counters(paces, compared));
    }

    private static double counters(double[] paces, int compared) {
        double median = quartile(paces, compared, 2);
        if (compared < LEAST) {
            return Double.NaN;
        }
        if (median < LEAST_PACE) {
            return 1;
        }
        boolean alike = quartile(paces, compared, 3) - quartile(paces, compared, 1) <= LIKE_ONE * median;
        return alike ? median : Double.NaN;
    }

    private static double quartile(double[] values, int count, int which) {
        if (count == 0) {
            return Double.NaN;
        }
        Arrays.sort(values, 0, count);
        return values[Math.min(count - 1, count * which / 4)];
    }

    private static java.io.PrintStream nowhere() {
        return new java.io.PrintStream(
                java.io.OutputStream.nullOutputStream(), false, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
