package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slotwarden.portal.job.SlotRows.Slot;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes what nodes tell of their slots: finds the run of the job that a slot belongs to, or opens it, and
 * moves it through its life. In which order things are told, and how often, makes no difference.
 *
 * <p>Works within the caller's transaction and keeps the jobs concerned locked until its end. A {@link
 * org.springframework.dao.DuplicateKeyException} or a deadlock means that another node was faster: roll
 * back and begin again.
 */
@Service
@Transactional(propagation = Propagation.MANDATORY)
public class JobRegister {

    /**
     * A job takes as many waves as it begins anew in what is told together. What is left of a group that has more is not
     * known, and told again.
     */
    private static final int MOST_WAVES = 50;

    private final JobRows jobs;
    private final SlotRows slots;
    private final SlotDetailRows details;
    private final JobLife life;
    private final Openings openings;

    JobRegister(JobRows jobs, SlotRows slots, SlotDetailRows details, JobLife life, Openings openings) {
        this.jobs = jobs;
        this.slots = slots;
        this.details = details;
        this.life = life;
        this.openings = openings;
    }

    /**
     * @param group what nodes tell, in the order in which it came
     * @return where each slot belongs, for each node's news in the same order
     */
    public List<Map<String, SlotPlace>> tell(List<NodeNews> group, Instant now) {
        List<List<ToldSlot>> byBatch = group.stream().map(ToldSlot::of).toList();
        List<ToldSlot> told = byBatch.stream().flatMap(List::stream).toList();
        Map<ToldSlot, SlotPlace> places = new HashMap<>();
        if (!told.isEmpty()) {
            Set<String> keys = told.stream().map(ToldSlot::key).collect(Collectors.toSet());
            // First the locks, in the order of ids, then what they protect.
            Map<Long, BatchId> batchIds =
                    jobs.lock(slots.jobsOf(keys)).stream().collect(Collectors.toMap(Run::id, Run::batchId));
            Map<String, Slot> known = slots.byKey(keys).stream().collect(Collectors.toMap(Slot::key, slot -> slot));
            for (int wave = 0; wave < MOST_WAVES && !told.isEmpty(); wave++) {
                told = store(wave(told, known, batchIds, now), known, batchIds, places, now);
            }
        }
        return byBatch.stream()
                .map(slotsOfBatch -> slotsOfBatch.stream()
                        .collect(Collectors.toMap(
                                ToldSlot::key, slot -> places.getOrDefault(slot, new SlotPlace.Unknown()))))
                .toList();
    }

    private Wave wave(List<ToldSlot> told, Map<String, Slot> known, Map<Long, BatchId> batchIds, Instant now) {
        Map<BatchId, List<Run>> runs = jobs.lockRuns(told.stream()
                .filter(one -> !known.containsKey(one.key()))
                .map(ToldSlot::job)
                .filter(Objects::nonNull)
                .map(BatchId::of)
                .collect(Collectors.toSet()));
        Map<Long, List<Slot>> slotsOf = slots.ofJobs(
                runs.values().stream().flatMap(List::stream).map(Run::id).toList());
        return new Wave(told, known, batchIds, runs, slotsOf, now);
    }

    /** @return what could not be stored with it */
    private List<ToldSlot> store(
            Wave wave,
            Map<String, Slot> known,
            Map<Long, BatchId> batchIds,
            Map<ToldSlot, SlotPlace> places,
            Instant now) {
        wave.foreign().forEach(told -> places.put(told, new SlotPlace.Foreign()));
        slots.tell(wave.known());
        wave.known()
                .forEach((told, slot) -> places.put(
                        told, new SlotPlace.Known(slot.id(), slot.jobId(), told.end(slot.end()) != null, false)));
        Map<ToldSlot, Slot> opened = openings.store(wave.openings(), now);
        Set<Long> fresh = new HashSet<>();
        for (Wave.Opening opening : wave.openings()) {
            Slot slot = Objects.requireNonNull(opened.get(opening.told()));
            known.put(slot.key(), slot);
            batchIds.put(slot.jobId(), opening.batchId());
            places.put(opening.told(), new SlotPlace.Known(slot.id(), slot.jobId(), slot.end() != null, true));
            if (opening.run() == null) {
                fresh.add(slot.jobId());
            }
        }
        complete(wave.known(), Set.of());
        complete(opened, fresh);
        hear(wave.known(), opened, fresh, now);
        return wave.waiting();
    }

    /**
     * Fills in what was not known of the slots' jobs.
     *
     * @param opened with the first facts that their slots told
     */
    private void complete(Map<ToldSlot, Slot> slots, Set<Long> opened) {
        List<JobRows.Completion> completions = new ArrayList<>();
        slots.forEach((told, slot) -> {
            JobFacts known = opened.contains(slot.jobId()) ? told.job() : null;
            for (SlotNews one : told.news()) {
                if (one.job() != null && one.job() != known) {
                    completions.add(new JobRows.Completion(
                            slot.jobId(), one.job(), JobRows.restarts(one.job(), one.startedAt())));
                }
                if (one.loss() != null) {
                    details.lost(slot.id(), one.loss());
                }
            }
        });
        jobs.complete(completions);
    }

    /** A run that was opened just now, and has not ended, is as it should be. */
    private void hear(Map<ToldSlot, Slot> known, Map<ToldSlot, Slot> opened, Set<Long> fresh, Instant now) {
        Set<Long> heard = new TreeSet<>();
        Set<Long> changed = new HashSet<>();
        known.forEach((told, slot) -> {
            heard.add(slot.jobId());
            if (told.changesLife()) {
                changed.add(slot.jobId());
            }
        });
        opened.values().forEach(slot -> {
            if (slot.end() != null || !fresh.contains(slot.jobId())) {
                heard.add(slot.jobId());
                changed.add(slot.jobId());
            }
        });
        jobs.heard(heard, now);
        life.told(jobs.lock(heard).stream()
                .filter(run -> changed.contains(run.id())
                        || run.state() == JobState.SILENT
                        || run.state() == JobState.VANISHED)
                .toList());
    }

    /**
     * Shows the newest figures of slots whose samples were stored, and brings those of their jobs up to date. The jobs
     * count as heard of now. Those that were deleted are passed over.
     */
    public void show(Collection<SlotFigures> figures, Instant now) {
        Set<Long> ids = figures.stream().map(SlotFigures::jobId).collect(Collectors.toCollection(TreeSet::new));
        Set<Long> there = jobs.lock(ids).stream().map(Run::id).collect(Collectors.toSet());
        List<SlotFigures> shown =
                figures.stream().filter(slot -> there.contains(slot.jobId())).toList();
        if (!shown.isEmpty()) {
            slots.show(shown);
            details.show(shown);
            jobs.addUpFigures(there, now);
        }
    }

    /** Something was told of a job, be it nothing that lists show. */
    public void heard(long jobId, Instant now) {
        jobs.heard(List.of(jobId), now);
    }

    /** Samples of these slots were stored that are so old that their time may have been archived already. */
    public void archiveSoon(Collection<Long> slotIds) {
        slots.archiveSoon(slotIds);
    }
}
