package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.SlotRows.Slot;
import org.springframework.context.ApplicationEventPublisher;
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

    private final JobRows jobs;
    private final SlotRows slots;
    private final SlotDetailRows details;
    private final JobLife life;
    private final ApplicationEventPublisher events;

    JobRegister(JobRows jobs, SlotRows slots, SlotDetailRows details, JobLife life, ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.slots = slots;
        this.details = details;
        this.life = life;
        this.events = events;
    }

    /**
     * @param node name of the reporting node, as the batch system spells it
     * @param news of any number of slots, any number of times each
     * @return where each slot belongs
     */
    public Map<String, SlotPlace> tell(long nodeId, String node, Collection<SlotNews> news, Instant now) {
        Map<String, List<SlotNews>> bySlot =
                news.stream().collect(Collectors.groupingBy(SlotNews::slotId, TreeMap::new, Collectors.toList()));
        if (bySlot.isEmpty()) {
            return Map.of();
        }
        // First the locks, in the order of ids, then what they protect.
        jobs.lock(slots.jobsOf(bySlot.keySet()));
        Map<String, Slot> known =
                slots.byKey(bySlot.keySet()).stream().collect(Collectors.toMap(Slot::key, slot -> slot));
        Map<String, SlotPlace> places = new HashMap<>();
        Set<Long> changed = new HashSet<>();
        bySlot.forEach((key, ofSlot) -> {
            Slot slot = known.get(key);
            if (slot != null && slot.nodeId() != nodeId) {
                places.put(key, new SlotPlace.Foreign());
                return;
            }
            Slot told = slot == null ? open(nodeId, node, ofSlot, now) : tell(slot, ofSlot);
            if (told == null) {
                places.put(key, new SlotPlace.Unknown());
            } else {
                places.put(key, new SlotPlace.Known(told.id(), told.jobId(), told.end() != null));
                if (ofSlot.stream().anyMatch(SlotNews::changesLife) || !known.containsKey(key)) {
                    changed.add(told.jobId());
                }
            }
        });
        hear(places.values(), changed, now);
        return places;
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

    private Slot tell(Slot slot, List<SlotNews> news) {
        Slot told = slot;
        for (SlotNews one : news) {
            if (one.job() != null) {
                jobs.complete(slot.jobId(), one.job(), restarts(one.job(), one.startedAt()));
            }
            if (one.job() != null || one.changesLife()) {
                told = slots.tell(told, one);
            }
            if (one.loss() != null) {
                details.lost(slot.id(), one.loss());
            }
        }
        return told;
    }

    private void hear(Collection<SlotPlace> places, Set<Long> changed, Instant now) {
        Set<Long> heard = places.stream()
                .filter(SlotPlace.Known.class::isInstance)
                .map(place -> ((SlotPlace.Known) place).jobId())
                .collect(Collectors.toSet());
        jobs.heard(heard, now);
        life.told(jobs.lock(heard).stream()
                .filter(run -> changed.contains(run.id())
                        || run.state() == JobState.SILENT
                        || run.state() == JobState.VANISHED)
                .toList());
    }

    /** Null when nobody has told yet which job the slot belongs to. */
    private @Nullable Slot open(long nodeId, String node, List<SlotNews> news, Instant now) {
        JobFacts facts = first(news, SlotNews::job);
        if (facts == null) {
            return null;
        }
        Instant startedAt = first(news, SlotNews::startedAt);
        Instant moment = startedAt != null
                ? startedAt
                : news.stream()
                        .map(one -> one.moment(now))
                        .min(Comparator.naturalOrder())
                        .orElse(now);
        Integer restarts = restarts(facts, startedAt);
        List<Run> runs = jobs.lockRuns(facts);
        Set<Long> onThisNode =
                slots.jobsOnNode(nodeId, runs.stream().map(Run::id).toList());
        Run fitting = runs.stream()
                .filter(run -> run.fits(facts, restarts, node, moment) && !onThisNode.contains(run.id()))
                .min(Comparator.comparing((Run run) -> run.distance(moment))
                        .thenComparing(Run::id, Comparator.reverseOrder()))
                .orElse(null);
        long jobId = fitting != null ? fitting.id() : openRun(facts, restarts, startedAt, moment, runs, now);
        Slot slot = slots.insert(jobId, nodeId, news);
        for (SlotNews one : news) {
            // The facts that a run was opened with are stored.
            if (one.job() != null && (fitting != null || one.job() != facts)) {
                jobs.complete(jobId, one.job(), restarts(one.job(), one.startedAt()));
            }
            if (one.loss() != null) {
                details.lost(slot.id(), one.loss());
            }
        }
        return slot;
    }

    private long openRun(
            JobFacts facts,
            @Nullable Integer restarts,
            @Nullable Instant startedAt,
            Instant moment,
            List<Run> runs,
            Instant now) {
        int number = 1 + runs.stream().mapToInt(Run::number).max().orElse(0);
        long id = jobs.insert(facts, number, restarts, startedAt, now);
        List<Run> requeues = new ArrayList<>();
        for (Run run : runs) {
            if (restarts != null && run.requeueOf(facts) && !restarts.equals(run.restartCount())) {
                requeues.add(run);
            } else if (run.state().live() && run.lastHeardAt().isBefore(moment)) {
                // A batch system never has two live jobs of one id.
                life.lost(run);
            }
        }
        if (restarts != null) {
            link(id, restarts, requeues);
        }
        events.publishEvent(new JobEvents.JobStarted(id));
        return id;
    }

    /** Every run points to the next one of the same submitted job, whichever was told first. */
    private void link(long id, int restarts, List<Run> others) {
        Map<Integer, Run> byRestarts = new TreeMap<>();
        others.forEach(run -> byRestarts.put(Objects.requireNonNull(run.restartCount()), run));
        Map<Long, Integer> restartsOf = new HashMap<>();
        byRestarts.forEach((count, run) -> restartsOf.put(run.id(), count));
        for (Map.Entry<Integer, Run> other : byRestarts.entrySet()) {
            if (other.getKey() > restarts) {
                jobs.requeuedAs(id, other.getValue().id());
                break;
            }
            Integer next =
                    restartsOf.get(Objects.requireNonNullElse(other.getValue().requeuedAs(), id));
            if (next == null || next > restarts) {
                jobs.requeuedAs(other.getValue().id(), id);
            }
        }
        life.told(jobs.lock(restartsOf.keySet()).stream()
                .filter(run -> run.requeuedAs() != null)
                .toList());
    }

    /** Slurm counts a requeue before the epilogue of the run that it ends: only a prologue's count is the run's. */
    private static @Nullable Integer restarts(JobFacts facts, @Nullable Instant startedAt) {
        return startedAt == null ? null : facts.restartCount();
    }

    private static <T> @Nullable T first(List<SlotNews> news, Function<SlotNews, @Nullable T> part) {
        for (SlotNews one : news) {
            T value = part.apply(one);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
