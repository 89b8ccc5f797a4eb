package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slotwarden.portal.job.SlotRows.Slot;
import org.slotwarden.portal.job.Wave.Opening;
import org.springframework.stereotype.Component;

/** Stores slots that begin, with the runs that begin with them: all together, for statements are dear. */
@Component
class Openings {

    private final JobRows jobs;
    private final SlotRows slots;
    private final JobLife life;

    Openings(JobRows jobs, SlotRows slots, JobLife life) {
        this.jobs = jobs;
        this.slots = slots;
        this.life = life;
    }

    /** @return the slots */
    Map<ToldSlot, Slot> store(List<Opening> openings, Instant now) {
        // In one order everywhere: whoever opens the same jobs waits, instead of each for the other.
        List<Opening> fresh = openings.stream()
                .filter(opening -> opening.run() == null)
                .sorted(Comparator.comparing(Opening::batchId))
                .toList();
        Map<BatchId, Long> opened = jobs.insert(fresh, now);
        Map<ToldSlot, Long> jobOf = new LinkedHashMap<>();
        openings.forEach(opening -> jobOf.put(
                opening.told(),
                opening.run() != null ? opening.run().id() : Objects.requireNonNull(opened.get(opening.batchId()))));
        Map<ToldSlot, Slot> stored = slots.insert(jobOf);
        fresh.forEach(opening -> others(Objects.requireNonNull(jobOf.get(opening.told())), opening));
        return stored;
    }

    /** What becomes of the earlier runs when another one is opened. */
    private void others(long id, Opening opening) {
        List<Run> requeues = new ArrayList<>();
        Integer restarts = opening.restarts();
        for (Run run : opening.runs()) {
            if (restarts != null && run.requeueOf(opening.facts()) && !restarts.equals(run.restartCount())) {
                requeues.add(run);
            } else if (run.state().live() && run.lastHeardAt().isBefore(opening.moment())) {
                // A batch system never has two live jobs of one id.
                life.lost(run);
            }
        }
        if (restarts != null && !requeues.isEmpty()) {
            link(id, restarts, requeues);
        }
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
        Set<Long> all = new TreeSet<>(restartsOf.keySet());
        all.add(id);
        life.told(
                jobs.lock(all).stream().filter(run -> run.requeuedAs() != null).toList());
    }
}
