package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.SlotRows.Slot;

/**
 * What of the things told can be stored together and comes out as if it had been stored one after the other. What is
 * told of a slot that belongs to nobody yet has to wait when something before it changes to which run of the job it
 * belongs; and what is told after it of the same job waits with it.
 */
final class Wave {

    /**
     * A slot that begins.
     *
     * @param restarts as told by its prologue
     * @param moment when it existed for certain
     * @param run to which it belongs; null: one is to be opened
     * @param runs all that the job has
     */
    record Opening(
            ToldSlot told,
            BatchId batchId,
            JobFacts facts,
            @Nullable Integer restarts,
            Instant moment,
            @Nullable Run run,
            List<Run> runs) {}

    private final Map<ToldSlot, Slot> known = new LinkedHashMap<>();
    private final List<Opening> openings = new ArrayList<>();
    private final List<ToldSlot> foreign = new ArrayList<>();
    private final List<ToldSlot> waiting = new ArrayList<>();

    private final Map<Long, Set<Long>> nodesOf = new HashMap<>();
    private final Set<String> opened = new HashSet<>();
    private final Set<BatchId> changed = new HashSet<>();
    private final Set<BatchId> waits = new HashSet<>();

    /**
     * @param slots by key
     * @param batchIds by job, of all these slots
     * @param runs by batch id, of all slots that are not known
     * @param slotsOf by job, of all these runs
     */
    Wave(
            List<ToldSlot> told,
            Map<String, Slot> slots,
            Map<Long, BatchId> batchIds,
            Map<BatchId, List<Run>> runs,
            Map<Long, List<Slot>> slotsOf,
            Instant now) {
        slotsOf.forEach((job, ofJob) -> ofJob.forEach(slot -> nodesOf(job).add(slot.nodeId())));
        for (ToldSlot one : told) {
            Slot slot = slots.get(one.key());
            JobFacts facts = one.job();
            if (slot != null) {
                goOn(one, slot, Objects.requireNonNull(batchIds.get(slot.jobId())));
            } else if (facts != null) {
                BatchId id = BatchId.of(facts);
                begin(one, id, facts, runs.getOrDefault(id, List.of()), now);
            }
        }
    }

    /** Slots that were known, with what was known of them. */
    Map<ToldSlot, Slot> known() {
        return known;
    }

    List<Opening> openings() {
        return openings;
    }

    /** Told by a node that does not have them. */
    List<ToldSlot> foreign() {
        return foreign;
    }

    /** To be looked at again when this wave is stored. */
    List<ToldSlot> waiting() {
        return waiting;
    }

    private void goOn(ToldSlot told, Slot slot, BatchId id) {
        if (slot.nodeId() != told.nodeId()) {
            foreign.add(told);
        } else if (waits.contains(id)) {
            waiting.add(told);
        } else {
            known.put(told, slot);
            if (told.changesLife() || told.job() != null) {
                changed.add(id);
            }
        }
    }

    private void begin(ToldSlot told, BatchId id, JobFacts facts, List<Run> runs, Instant now) {
        if (changed.contains(id) || waits.contains(id) || !opened.add(told.key())) {
            waits.add(id);
            waiting.add(told);
            return;
        }
        Instant moment = told.moment(now);
        Integer restarts = JobRows.restarts(facts, told.startedAt());
        Run run = runs.stream()
                .filter(one -> one.fits(facts, restarts, told.node(), moment)
                        && !nodesOf(one.id()).contains(told.nodeId()))
                .min(Comparator.comparing((Run one) -> one.distance(moment))
                        .thenComparing(Run::id, Comparator.reverseOrder()))
                .orElse(null);
        openings.add(new Opening(told, id, facts, restarts, moment, run, runs));
        if (run != null) {
            nodesOf(run.id()).add(told.nodeId());
        }
        if (run == null || told.end(null) != null || run.learnsFrom(facts, restarts)) {
            changed.add(id);
        }
    }

    private Set<Long> nodesOf(long jobId) {
        return nodesOf.computeIfAbsent(jobId, job -> new HashSet<>());
    }
}
