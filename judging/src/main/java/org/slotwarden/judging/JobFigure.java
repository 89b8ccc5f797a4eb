package org.slotwarden.judging;

import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * What is known of a whole job at one moment, counters turned into rates: what site rules are made of. Names and units
 * are part of what admins write, so none is ever changed.
 */
public enum JobFigure {
    CORES("cores", "busy cores since the sample before", Wording::number, now -> now.reading().cores),
    CORES_ASKED("cores", "cores asked for", Wording::number, now -> now.facts().cores()),
    CPU_SECONDS("s", "CPU time used so far", Wording::duration, now -> now.reading().cpuSeconds),
    RUN_QUEUE_WAIT(
            "1",
            "threads that are ready and wait for a core, on average",
            Wording::number,
            now -> now.reading().starving),
    MEMORY("B", "resident memory, shared pages counted once where known", Wording::memory, now -> now.reading().memory),
    MEMORY_LIMIT("B", "limit of memory", Wording::memory, now -> now.facts().memoryBytes()),
    WALL_TIME(
            "s",
            "time since the job began",
            Wording::duration,
            now -> now.time() - now.facts().startedAt()),
    WALL_TIME_ASKED(
            "s", "limit of wall time", Wording::duration, now -> now.facts().walltimeSeconds()),
    WALL_TIME_LEFT("s", "wall time left, 0 when it is over", Wording::duration, now -> {
        double left = now.facts().walltimeSeconds() - now.time() + now.facts().startedAt();
        return Double.isNaN(left) ? left : Math.max(0, left);
    }),
    READ_RATE("B/s", "read from storage", JobFigure::pace, now -> now.reading().storageRead),
    WRITE_RATE("B/s", "written to storage", JobFigure::pace, now -> now.reading().written),
    CALL_READ_RATE(
            "B/s",
            "read by calls of all sorts, pipes and sockets too",
            JobFigure::pace,
            now -> now.reading().readChars),
    CALL_WRITE_RATE("B/s", "written by calls of all sorts", JobFigure::pace, now -> now.reading().writtenChars),
    CALL_RATE(
            "1/s",
            "read and write calls",
            Wording::number,
            now -> Reading.sum(now.reading().readCalls, now.reading().writeCalls)),
    NETWORK_IN_RATE("B/s", "received", JobFigure::pace, now -> now.reading().received),
    NETWORK_OUT_RATE("B/s", "sent", JobFigure::pace, now -> now.reading().sent),
    PACKET_RATE("1/s", "packets in the busier direction", Wording::number, now -> now.reading().packets),
    PROCESSES("1", "processes", Wording::number, now -> now.reading().processes),
    THREADS("1", "threads", Wording::number, now -> now.reading().threads),
    BLOCKED_PROCESSES("1", "processes in state D", Wording::number, now -> now.reading().blocked),
    OPEN_FILES("1", "open files", Wording::number, now -> now.reading().files),
    SOCKETS("1", "open sockets", Wording::number, now -> now.reading().sockets),
    STORAGE_MOVERS("1", "storage movers held", Wording::number, now -> now.reading().movers),
    DISK_USED("B", "disk space used by the job", Wording::memory, now -> now.reading().diskUsed),
    DISK_FREE("B", "free space of the file system that it fills", Wording::memory, now -> now.reading().diskFree),
    DISK_QUOTA("B", "limit of disk space", Wording::memory, now -> now.facts().diskQuotaBytes()),
    OUTPUT("B", "size of standard output and error", Wording::memory, now -> now.reading().outputBytes),
    PROGRESS("1", "what the job says of its progress, 0 to 1", Wording::percent, now -> now.reading().progress),
    NODE_BUSY(
            "1",
            "busy share of the node's cores, whoever uses them, 0 to 1",
            Wording::percent,
            now -> now.reading().nodeBusy),
    SLOTS(
            "1",
            "slots, one for each node of the job",
            Wording::number,
            now -> now.facts().slots());

    private final String unit;
    private final String description;
    private final DoubleFunction<String> words;
    private final ToDoubleFunction<JobFigures> value;

    JobFigure(String unit, String description, DoubleFunction<String> words, ToDoubleFunction<JobFigures> value) {
        this.unit = unit;
        this.description = description;
        this.words = words;
        this.value = value;
    }

    private static String pace(double bytesPerSecond) {
        return Wording.bytes(bytesPerSecond) + "/s";
    }

    /** As it is written in rules ({@code cores_asked}). */
    public String variable() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@code cores}, {@code s}, {@code B}, {@code B/s}, {@code 1/s} or {@code 1}. */
    public String unit() {
        return unit;
    }

    /** A few words for people. */
    public String description() {
        return description;
    }

    /** For sentences. */
    public String words(double value) {
        return words.apply(value);
    }

    double of(JobFigures now) {
        return value.applyAsDouble(now);
    }
}
