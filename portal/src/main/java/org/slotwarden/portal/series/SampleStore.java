package org.slotwarden.portal.series;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobRegister;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores samples. At one time, one transaction only stores samples of a slot. */
@Service
@Transactional(propagation = Propagation.MANDATORY)
public class SampleStore {

    /** Older samples may belong to a day of a running slot that is archived already. */
    private static final Duration NEVER_ARCHIVED = Duration.ofHours(6);

    private final SampleRows rows;
    private final SampleHistory history;
    private final JobRegister register;
    private final HeldBackSamples heldBack;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    SampleStore(
            SampleRows rows,
            SampleHistory history,
            JobRegister register,
            HeldBackSamples heldBack,
            ApplicationEventPublisher events,
            Clock clock) {
        this.rows = rows;
        this.history = history;
        this.register = register;
        this.clock = clock;
        this.heldBack = heldBack;
        this.events = events;
    }

    /**
     * Samples that a slot told.
     *
     * @param known what was stored before
     * @param samples in any order, any number of times each: of a time, the first one counts
     */
    public record Told(long jobId, long slotId, LatestSamples known, Collection<JobSample> samples) {}

    /**
     * What of it was new.
     *
     * @param samples by time; may be none
     * @param latest what is known now
     */
    public record Added(Told told, List<JobSample> samples, LatestSamples latest) {}

    /** Times of the newest samples, by slot. */
    public Map<Long, Instant> newest(Collection<Long> slotIds) {
        return slotIds.isEmpty() ? Map.of() : history.newest(slotIds);
    }

    /** What is known of slots, by their ids, read from their samples. Slots without samples are not in it. */
    public Map<Long, LatestSamples> latest(Collection<Long> slotIds) {
        return slotIds.isEmpty() ? Map.of() : history.latest(slotIds);
    }

    /**
     * Stores what is not stored yet: the first sample of a time counts.
     *
     * @param told each slot once
     * @return in the same order
     */
    public List<Added> store(Collection<Told> told) {
        List<SampleRows.OfSlot> fresh = new ArrayList<>();
        List<SamplesStored> stored = new ArrayList<>();
        for (Told slot : told) {
            List<JobSample> samples = fresh(slot);
            stored.add(new SamplesStored(slot.jobId(), slot.slotId(), samples));
            samples.forEach(sample -> fresh.add(new SampleRows.OfSlot(slot.slotId(), sample)));
        }
        rows.insert(fresh);
        register.archiveSoon(outOfOrder(told, stored));
        Map<Long, LatestSamples> readAgain = new HashMap<>(latest(told.stream()
                .filter(slot -> slot.samples().stream().anyMatch(slot.known()::changedBy))
                .map(Told::slotId)
                .toList()));
        List<Added> added = new ArrayList<>();
        int index = 0;
        for (Told slot : told) {
            List<JobSample> samples = stored.get(index++).samples();
            @Nullable LatestSamples again = readAgain.get(slot.slotId());
            added.add(new Added(slot, samples, again == null ? slot.known().with(samples) : again));
            release(slot.slotId(), samples);
        }
        stored.removeIf(slot -> slot.samples().isEmpty());
        if (!stored.isEmpty()) {
            events.publishEvent(new StoredSamples(stored));
        }
        return added;
    }

    /** Slots of which samples were stored between others, at a time that may have been archived. */
    private List<Long> outOfOrder(Collection<Told> told, List<SamplesStored> stored) {
        Instant archivable = clock.instant().minus(NEVER_ARCHIVED);
        List<Long> slots = new ArrayList<>();
        int index = 0;
        for (Told slot : told) {
            List<JobSample> samples = stored.get(index++).samples();
            if (!samples.isEmpty()
                    && !slot.known().before(samples.getFirst())
                    && samples.getFirst().time().isBefore(archivable)) {
                slots.add(slot.slotId());
            }
        }
        return slots;
    }

    private List<JobSample> fresh(Told slot) {
        if (slot.samples().size() == 1) {
            JobSample only = slot.samples().iterator().next();
            if (slot.known().before(only)) {
                return List.of(only);
            }
        }
        TreeMap<Instant, JobSample> fresh = new TreeMap<>();
        slot.samples().forEach(sample -> fresh.putIfAbsent(sample.time(), sample));
        if (!fresh.isEmpty() && !slot.known().before(fresh.firstEntry().getValue())) {
            Set<Instant> stored = history.times(slot.slotId(), fresh.firstKey(), fresh.lastKey());
            fresh.keySet().removeAll(stored);
        }
        return List.copyOf(fresh.values());
    }

    private void release(long slotId, List<JobSample> added) {
        List<Instant> released =
                added.stream().filter(JobSample::heldBack).map(JobSample::time).toList();
        if (!released.isEmpty()) {
            heldBack.came(slotId, released);
        }
    }
}
