package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * A made-up life of a job, told sample by sample: what its slots do from now on, for how long. Remembers when which
 * flag came and went.
 */
final class Story {

    static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    static final long GIGABYTE = 1_000_000_000L;

    /** One thing that the detectors said. */
    record Verdict(FlagKind kind, boolean raised, Duration at) {}

    /** What a slot does from one sample to the next; null is not measured. */
    static final class Doing {
        @Nullable
        Double cores = 1.0;

        @Nullable
        Double ioBytesPerSecond = 0.0;

        @Nullable
        Double rss = 0.1 * GIGABYTE;

        @Nullable
        Double pss;

        @Nullable
        Double sockets = 3.0;

        @Nullable
        Double movers;

        @Nullable
        Double receivedPerSecond;

        @Nullable
        Double packetsPerSecond;

        @Nullable
        Double workdir;

        @Nullable
        Double workdirFree;

        @Nullable
        Double scratch;

        @Nullable
        Double scratchFree;

        @Nullable
        Double memoryLimit;

        Doing receives(double bytesPerSecond, double packets) {
            receivedPerSecond = bytesPerSecond;
            packetsPerSecond = packets;
            return this;
        }

        Doing workdir(double used, double free) {
            workdir = used;
            workdirFree = free;
            return this;
        }

        Doing scratch(double used, double free) {
            scratch = used;
            scratchFree = free;
            return this;
        }

        Doing memoryLimit(double bytes) {
            memoryLimit = bytes;
            return this;
        }

        Doing cores(@Nullable Double value) {
            cores = value;
            return this;
        }

        Doing io(@Nullable Double value) {
            ioBytesPerSecond = value;
            return this;
        }

        Doing rss(@Nullable Double value) {
            rss = value;
            return this;
        }

        Doing pss(@Nullable Double value) {
            pss = value;
            return this;
        }

        Doing movers(@Nullable Double value) {
            movers = value;
            return this;
        }

        Doing sockets(@Nullable Double value) {
            sockets = value;
            return this;
        }
    }

    private static final class Counters {
        double cpu;
        double io;
        double received;
        double packets;
    }

    final JobTrack track;
    final List<Verdict> verdicts = new ArrayList<>();
    private final Map<Long, List<JobSample>> samples = new LinkedHashMap<>();
    private final Map<FlagKind, Boolean> standing = new HashMap<>();
    private final Map<Long, Counters> counters = new HashMap<>();
    private final Duration interval;
    private Instant now = START;

    Story(FlagProperties settings, JobRequest request, Duration interval) {
        this.track = new JobTrack(settings.judging(), request);
        this.interval = interval;
    }

    static FlagProperties settings(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("slotwarden.flags", FlagProperties.class);
    }

    /** A job of one slot, judged as in production. */
    static Story of(@Nullable Integer cores, @Nullable Long memory) {
        return new Story(settings(Map.of()), request(cores, memory, 1), Duration.ofSeconds(30));
    }

    static JobRequest request(@Nullable Integer cores, @Nullable Long memory, int slots) {
        Map<Long, JobRequest.Slot> known = new HashMap<>();
        for (long id = 1; id <= slots; id++) {
            known.put(id, new JobRequest.Slot("node" + id, null, null, null));
        }
        return new JobRequest(null, cores, memory, slots, 30.0, null, START, null, null, known);
    }

    List<JobSample> samples(long slot) {
        return samples.getOrDefault(slot, List.of());
    }

    Duration age() {
        return Duration.between(START, now);
    }

    /** Slot 1 does the same all the time. */
    Story does(Duration howLong, Consumer<Doing> what) {
        return changes(howLong, (doing, seconds) -> what.accept(doing));
    }

    interface Change {
        void at(Doing doing, int seconds);
    }

    /** Slot 1 does something else with each sample; seconds count from the begin of this stretch. */
    Story changes(Duration howLong, Change change) {
        return together(howLong, Map.of(1L, change));
    }

    /** Several slots at once, sampled some seconds apart. */
    Story together(Duration howLong, Map<Long, Change> changes) {
        Instant begin = now;
        while (now.isBefore(begin.plus(howLong))) {
            now = now.plus(interval);
            int seconds = (int) Duration.between(begin, now).toSeconds();
            changes.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
                Doing doing = new Doing();
                entry.getValue().at(doing, seconds);
                feed(entry.getKey(), sample(entry.getKey(), doing));
            });
        }
        return this;
    }

    /** Nothing is heard, while the counters go on. */
    Story gap(Duration howLong, double cores) {
        now = now.plus(howLong);
        counters.values().forEach(slot -> slot.cpu += cores * howLong.toSeconds());
        return this;
    }

    Story countersRestart() {
        counters.clear();
        return this;
    }

    JobSample sample(long slot, Doing doing) {
        Counters slotCounters = counters.computeIfAbsent(slot, id -> new Counters());
        double seconds = interval.toMillis() / 1e3;
        slotCounters.cpu += seconds * (doing.cores == null ? 0 : doing.cores);
        slotCounters.io += seconds * (doing.ioBytesPerSecond == null ? 0 : doing.ioBytesPerSecond);
        Double cpu = doing.cores == null ? null : slotCounters.cpu;
        Long io = doing.ioBytesPerSecond == null ? null : (long) slotCounters.io;
        Map<Metric, Double> levels = new EnumMap<>(Metric.class);
        if (cpu != null) {
            levels.put(Metric.CPU_USER_SECONDS, cpu);
            levels.put(Metric.CPU_SYSTEM_SECONDS, 0.0);
        }
        put(levels, Metric.MEMORY_RSS_BYTES, doing.rss);
        put(levels, Metric.MEMORY_PSS_BYTES, doing.pss);
        put(levels, Metric.OPEN_SOCKETS, doing.sockets);
        put(levels, Metric.STORAGE_MOVERS, doing.movers);
        put(levels, Metric.WORKDIR_BYTES, doing.workdir);
        put(levels, Metric.WORKDIR_FREE_BYTES, doing.workdirFree);
        put(levels, Metric.SCRATCH_BYTES, doing.scratch);
        put(levels, Metric.SCRATCH_FREE_BYTES, doing.scratchFree);
        put(levels, Metric.MEMORY_LIMIT_BYTES, doing.memoryLimit);
        if (doing.receivedPerSecond != null && doing.packetsPerSecond != null) {
            slotCounters.received += seconds * doing.receivedPerSecond;
            slotCounters.packets += seconds * doing.packetsPerSecond;
            put(levels, Metric.NET_RECEIVE_BYTES, slotCounters.received);
            put(levels, Metric.NET_TRANSMIT_BYTES, 0.0);
            put(levels, Metric.NET_RECEIVE_PACKETS, slotCounters.packets);
            put(levels, Metric.NET_TRANSMIT_PACKETS, 0.0);
        }
        if (io != null) {
            levels.put(Metric.READ_CHARS, io.doubleValue());
            levels.put(Metric.WRITE_CHARS, 0.0);
        }
        return new JobSample(now.plusMillis(slot), levels);
    }

    private static void put(Map<Metric, Double> levels, Metric metric, @Nullable Double level) {
        if (level != null) {
            levels.put(metric, Math.floor(level));
        }
    }

    boolean feed(long slot, JobSample sample) {
        samples.computeIfAbsent(slot, id -> new ArrayList<>()).add(sample);
        boolean taken = track.feed(slot, sample);
        for (FlagKind kind : FlagKind.values()) {
            boolean stands = track.standing().contains(kind);
            if (stands != standing.getOrDefault(kind, false)) {
                standing.put(kind, stands);
                verdicts.add(new Verdict(
                        kind,
                        stands,
                        Duration.ofSeconds(
                                Duration.between(START, sample.time()).toSeconds())));
            }
        }
        return taken;
    }

    /** When flags of this kind came, since the start. */
    List<Duration> raised(FlagKind kind) {
        return at(kind, true);
    }

    List<Duration> cleared(FlagKind kind) {
        return at(kind, false);
    }

    private List<Duration> at(FlagKind kind, boolean raised) {
        return verdicts.stream()
                .filter(verdict -> verdict.kind() == kind && verdict.raised() == raised)
                .map(Verdict::at)
                .toList();
    }
}
