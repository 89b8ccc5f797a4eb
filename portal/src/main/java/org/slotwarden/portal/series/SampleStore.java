package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.SlotExecutable;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.job.SlotPlace;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores samples of slots whose jobs the caller's transaction has locked (see {@link JobRegister}). */
@Service
@Transactional(propagation = Propagation.MANDATORY)
public class SampleStore {

    private final SampleRows rows;
    private final JobRegister register;
    private final HeldBackSamples heldBack;
    private final ApplicationEventPublisher events;

    SampleStore(SampleRows rows, JobRegister register, HeldBackSamples heldBack, ApplicationEventPublisher events) {
        this.rows = rows;
        this.register = register;
        this.heldBack = heldBack;
        this.events = events;
    }

    /** Stores what is not stored yet; the first sample of a time counts. In any order. */
    public void store(SlotPlace.Known slot, Collection<JobSample> samples) {
        TreeMap<Instant, JobSample> fresh = new TreeMap<>();
        samples.forEach(sample -> fresh.putIfAbsent(sample.time(), sample));
        if (fresh.isEmpty()) {
            return;
        }
        if (slot.lastSampleAt() != null && !fresh.firstKey().isAfter(slot.lastSampleAt())) {
            Set<Instant> stored = rows.times(slot.id(), fresh.firstKey(), fresh.lastKey());
            fresh.keySet().removeAll(stored);
        }
        if (fresh.isEmpty()) {
            return;
        }
        List<JobSample> added = new ArrayList<>(fresh.values());
        rows.insert(slot.id(), added);
        register.show(slot.id(), figures(slot, added));
        List<Instant> released =
                added.stream().filter(JobSample::heldBack).map(JobSample::time).toList();
        if (!released.isEmpty()) {
            heldBack.came(slot.id(), released);
        }
        events.publishEvent(new SamplesStored(slot.jobId(), slot.id(), added));
    }

    /**
     * The latest figures are those of the newest sample that was not held back, even when samples that were are newer:
     * these may lack figures that are dear to measure, and tell of a second where the others tell of an interval.
     */
    private SlotFigures figures(SlotPlace.Known slot, List<JobSample> added) {
        List<JobSample> newest = rows.newestRegular(slot.id(), 2);
        JobSample latest = newest.isEmpty() ? added.getLast() : newest.getFirst();
        @Nullable JobSample previous = newest.size() > 1 ? newest.getLast() : null;
        Instant before = slot.lastSampleAt();
        Instant last = added.getLast().time();
        List<JobSample> newer = added.stream()
                .filter(sample -> before == null || sample.time().isAfter(before))
                .toList();
        return new SlotFigures(
                before == null || last.isAfter(before) ? last : before,
                Measure.of(Metric.CORES_USED, previous, latest),
                latest.cpuSeconds(),
                latest.whole(Metric.MEMORY_RSS_BYTES),
                added.stream()
                        .map(sample -> sample.whole(Metric.MEMORY_RSS_BYTES))
                        .filter(Objects::nonNull)
                        .max(Long::compare)
                        .orElse(null),
                latest.whole(Metric.READ_BYTES),
                latest.whole(Metric.WRITE_BYTES),
                count(latest, Metric.PROCESSES),
                count(latest, Metric.OPEN_SOCKETS),
                byName(latest),
                newest(newer, sample -> word(sample.membership())),
                newest(newer, JobSample::progress),
                executables(added));
    }

    private static @Nullable Integer count(JobSample sample, Metric metric) {
        Long level = sample.whole(metric);
        return level == null ? null : (Integer) level.intValue();
    }

    private static Map<String, Number> byName(JobSample sample) {
        Map<String, Number> figures = new LinkedHashMap<>();
        sample.levels().forEach((metric, level) -> {
            boolean real = metric.type() == Metric.Type.REAL;
            figures.put(metric.metricName(), real ? (Number) level : (Number) level.longValue());
        });
        return figures;
    }

    private static @Nullable String word(@Nullable Enum<?> constant) {
        return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
    }

    /** The last of these samples that has this part has the say. */
    private static <T> @Nullable T newest(List<JobSample> byTime, Function<JobSample, @Nullable T> part) {
        for (JobSample sample : byTime.reversed()) {
            T found = part.apply(sample);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** By name: as the newest of these samples tells, with the most memory that any tells. */
    private static List<SlotExecutable> executables(List<JobSample> byTime) {
        Map<String, SlotExecutable> byName = new TreeMap<>();
        for (JobSample sample : byTime) {
            for (JobSample.Executable told : sample.executables()) {
                SlotExecutable before = byName.get(told.name());
                Long peak = before == null ? null : before.maxMemoryRssBytes();
                Long now = told.memoryRssBytes();
                byName.put(
                        told.name(),
                        new SlotExecutable(
                                told.name(),
                                sample.time(),
                                told.processes(),
                                told.threads(),
                                told.cpuSeconds(),
                                now,
                                peak == null || (now != null && now > peak) ? now : peak,
                                told.readBytes(),
                                told.writeBytes()));
            }
        }
        return List.copyOf(byName.values());
    }
}
