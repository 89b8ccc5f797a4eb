package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobRegister;
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
    private final ApplicationEventPublisher events;

    SampleStore(SampleRows rows, JobRegister register, ApplicationEventPublisher events) {
        this.rows = rows;
        this.register = register;
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
        register.show(slot.id(), figures(slot.id(), added));
        events.publishEvent(new SamplesStored(slot.jobId(), slot.id(), added));
    }

    private SlotFigures figures(long slotId, List<JobSample> added) {
        List<JobSample> newest = rows.newest(slotId, 2);
        JobSample latest = newest.getFirst();
        @Nullable JobSample previous = newest.size() > 1 ? newest.getLast() : null;
        return new SlotFigures(
                latest.time(),
                Measure.of(Metric.CORES_USED, previous, latest),
                latest.cpuSeconds(),
                latest.memoryRssBytes(),
                added.stream()
                        .map(JobSample::memoryRssBytes)
                        .filter(Objects::nonNull)
                        .max(Long::compare)
                        .orElse(null),
                latest.readBytes(),
                latest.writeBytes(),
                latest.processes(),
                latest.openSockets());
    }
}
