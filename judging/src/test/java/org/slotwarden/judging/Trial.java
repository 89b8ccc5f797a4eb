package org.slotwarden.judging;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Samples a life, has it judged, and remembers what was said when. */
final class Trial {

    /** Two cores, 2 GB, 5 hours, 60 GB of disk, 1,024 files. */
    static final JobFacts ASKED = JobFacts.UNKNOWN
            .withStart(0)
            .withCores(2)
            .withMemory(2 * Life.GB)
            .withWalltime(5 * 3600)
            .withDiskQuota(60 * Life.GB)
            .withOpenFiles(1024);

    private final JobCase job;
    private final List<Change> changes = new ArrayList<>();

    Trial(JobFacts facts, @Nullable ArrayCase array) {
        this(JudgeSettings.defaults(), facts, array);
    }

    Trial(JudgeSettings settings, JobFacts facts, @Nullable ArrayCase array) {
        this.job = new JobCase(settings, facts, array);
    }

    /** A job of so many seconds, sampled every {@code step} seconds, give or take a tenth. */
    static Trial of(Life life, double step, double seconds, long seed) {
        Trial trial = new Trial(ASKED.withInterval(step), null);
        samples(life, step, seconds, seed).forEach(trial::feed);
        return trial;
    }

    /** What an agent would see. */
    static List<Observation> samples(Life life, double step, double seconds, long seed) {
        Random random = new Random(seed);
        List<Observation> samples = new ArrayList<>();
        double[] counters = new double[Quantity.COUNT];
        double output = 0;
        double due = step;
        Life.Doing doing = new Life.Doing();
        for (int second = 1; second <= seconds; second++) {
            doing = new Life.Doing();
            life.at(second, doing, random);
            count(counters, doing);
            output += doing.output;
            if (second >= due) {
                samples.add(sample(second, counters, doing, Math.floor(output)));
                due = Math.rint(due / step) * step + step + Math.rint(step * 0.1 * (random.nextDouble() - 0.5));
            }
        }
        return samples;
    }

    private static void count(double[] counters, Life.Doing doing) {
        counters[Quantity.CPU_SECONDS.ordinal()] += Math.max(0, doing.cores);
        counters[Quantity.READ_BYTES.ordinal()] += doing.read;
        counters[Quantity.READ_CHARS.ordinal()] += doing.read;
        counters[Quantity.WRITE_BYTES.ordinal()] += doing.write;
        counters[Quantity.WRITE_CHARS.ordinal()] += doing.write + doing.output;
        counters[Quantity.READ_CALLS.ordinal()] += doing.readCalls;
        counters[Quantity.WRITE_CALLS.ordinal()] += doing.writeCalls;
        counters[Quantity.RECEIVED_BYTES.ordinal()] += doing.received;
        counters[Quantity.SENT_BYTES.ordinal()] += doing.sent;
        counters[Quantity.RUN_QUEUE_SECONDS.ordinal()] += doing.starving;
    }

    private static Observation sample(double time, double[] counters, Life.Doing doing, double output) {
        Observation sample = Observation.at(time)
                .with(Quantity.MEMORY_BYTES, Math.rint(doing.memory))
                .with(Quantity.PROCESSES, doing.processes)
                .with(Quantity.ZOMBIES, doing.zombies)
                .with(Quantity.OPEN_FILES, doing.files)
                .with(Quantity.OPEN_SOCKETS, doing.sockets)
                .with(Quantity.BLOCKED_PROCESSES, doing.blocked)
                .with(Quantity.DISK_USED_BYTES, Math.rint(doing.disk))
                .with(Quantity.OUTPUT_BYTES, output)
                .with(Quantity.PROGRESS, doing.progress)
                .with(Quantity.STORAGE_MOVERS, doing.movers);
        for (Quantity quantity : Quantity.values()) {
            if (quantity.counter() && counters[quantity.ordinal()] > 0) {
                sample.with(quantity, counters[quantity.ordinal()]);
            }
        }
        return sample.with(Quantity.CPU_SECONDS, counters[Quantity.CPU_SECONDS.ordinal()])
                .with(Quantity.READ_CHARS, counters[Quantity.READ_CHARS.ordinal()])
                .with(Quantity.WRITE_CHARS, counters[Quantity.WRITE_CHARS.ordinal()]);
    }

    void feed(Observation sample) {
        changes.addAll(job.feed(sample));
    }

    List<Change> changes() {
        return changes;
    }

    /** Kinds that stood at any time. */
    Set<FlagKind> kinds() {
        return first().keySet();
    }

    /** When each kind first stood. */
    Map<FlagKind, Double> first() {
        Map<FlagKind, Double> first = new EnumMap<>(FlagKind.class);
        for (Change change : changes) {
            if (change.what() == Change.What.RAISED) {
                first.putIfAbsent(change.kind(), change.time());
            }
        }
        return first;
    }

    boolean everKill() {
        return changes.stream().anyMatch(change -> change.finding().severity() == Severity.KILL);
    }
}
