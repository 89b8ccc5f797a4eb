package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.SlotRows.Slot;
import org.springframework.dao.ConcurrencyFailureException;

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

    private final Map<String, Slot> slots;
    private final Map<BatchId, List<Run>> runs;
    private final Map<Long, Set<Long>> nodesOf = new HashMap<>();
    private final Set<String> opened = new HashSet<>();
    private final Set<BatchId> touched = new HashSet<>();
    private final Set<BatchId> changed = new HashSet<>();
    private final Set<BatchId> waits = new HashSet<>();

    /**
     * @param slots by key; brought up to date with the ends that are told
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
        this.slots = slots;
        this.runs = runs;
        slotsOf.forEach((job, ofJob) -> ofJob.forEach(slot -> nodesOf(job).add(slot.nodeId())));
        for (ToldSlot one : told) {
            Slot slot = slots.get(one.key());
            JobFacts facts = one.job();
            if (slot != null) {
                BatchId id = batchIds.get(slot.jobId());
                if (id == null) {
                    throw new ConcurrencyFailureException("Slot " + one.key() + " was opened at the same moment");
                }
                goOn(one, slot, id);
            } else if (facts != null) {
                begin(one, facts, now);
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
            slots.put(slot.key(), slot.withEnd(told.end(slot.end())));
            touched.add(id);
            JobFacts facts = told.job();
            Run run = runs.getOrDefault(id, List.of()).stream()
                    .filter(one -> one.id() == slot.jobId())
                    .findFirst()
                    .orElse(null);
            if (run == null
                    || (facts != null
                            && run.learnsFrom(facts, JobRows.restarts(facts, told.startedAt()), told.startedAt()))
                    || (told.end(null) != null
                            && !run.waitsForMoreThan(nodesOf(run.id()).size()))) {
                changed.add(id);
            }
        }
    }

    private void begin(ToldSlot told, JobFacts facts, Instant now) {
        BatchId id = BatchId.of(facts);
        if (changed.contains(id) || waits.contains(id) || opened.contains(told.key())) {
            wait(told, id);
            return;
        }
        List<Run> all = runs.getOrDefault(id, List.of());
        Instant moment = told.moment(now);
        Integer restarts = JobRows.restarts(facts, told.startedAt());
        Run run = all.stream()
                .filter(one -> one.fits(facts, restarts, told.node(), moment)
                        && !nodesOf(one.id()).contains(told.nodeId()))
                .min(Comparator.comparing((Run one) -> one.distance(moment))
                        .thenComparing(Run::id, Comparator.reverseOrder()))
                .orElse(null);
        if (run == null && touched.contains(id)) {
            // It may end a run of which something was told just before.
            wait(told, id);
            return;
        }
        opened.add(told.key());
        touched.add(id);
        openings.add(new Opening(told, id, facts, restarts, moment, run, all));
        if (run != null) {
            nodesOf(run.id()).add(told.nodeId());
        }
        if (run == null
                || run.learnsFrom(facts, restarts, told.startedAt())
                || (told.end(null) != null
                        && !run.waitsForMoreThan(nodesOf(run.id()).size()))) {
            changed.add(id);
        }
    }

    private void wait(ToldSlot told, BatchId id) {
        waits.add(id);
        waiting.add(told);
    }

    private Set<Long> nodesOf(long jobId) {
        return nodesOf.computeIfAbsent(jobId, job -> new HashSet<>());
    }
}
