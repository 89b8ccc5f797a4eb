package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.SlotRows.Slot;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Moves jobs from state to state, by what their slots tell or leave untold. Callers hold the job's lock. */
@Component
class JobLife {

    private final JobRows jobs;
    private final SlotRows slots;
    private final HeldBackSamples heldBack;
    private final ApplicationEventPublisher events;

    JobLife(JobRows jobs, SlotRows slots, HeldBackSamples heldBack, ApplicationEventPublisher events) {
        this.jobs = jobs;
        this.slots = slots;
        this.heldBack = heldBack;
        this.events = events;
    }

    /** Something was told of these jobs, be it that they are still there. */
    void told(Collection<Run> runs) {
        if (!runs.isEmpty()) {
            Map<Long, List<Slot>> byJob =
                    slots.ofJobs(runs.stream().map(Run::id).toList());
            store(runs.stream()
                    .map(run -> told(run, byJob.getOrDefault(run.id(), List.of())))
                    .filter(Objects::nonNull)
                    .toList());
        }
    }

    /**
     * A run that has ended.
     *
     * @param told whether a slot told so
     */
    private record Ending(
            Run run, JobOutcome outcome, @Nullable Instant startedAt, boolean told) {}

    /** @return null when it goes on */
    private @Nullable Ending told(Run run, List<Slot> told) {
        boolean allEnded = allEnded(told);
        // A node that has not reported yet may still be at it.
        boolean goesOn =
                run.state().live() && !(allEnded && told.size() >= run.nodes().size());
        boolean givenUpTooEarly = run.state() == JobState.VANISHED && !allEnded;
        if (run.requeuedAs() == null && (goesOn || givenUpTooEarly)) {
            live(run, JobState.RUNNING, start(told));
            return null;
        }
        return end(run, told);
    }

    private List<Slot> ofJob(Run run) {
        return slots.ofJobs(List.of(run.id())).getOrDefault(run.id(), List.of());
    }

    /** Nothing was told for longer than reports may take. */
    void silent(Run run) {
        List<Slot> told = ofJob(run);
        if (allEnded(told)) {
            // The nodes still expected will not report any more.
            store(List.of(end(run, told)));
        } else {
            live(run, JobState.SILENT, run.startedAt());
            events.publishEvent(new JobEvents.JobFellSilent(run.id()));
        }
    }

    /** Nothing more is expected of a live job: it was given up, or its id has gone to another job. */
    void lost(Run run) {
        store(List.of(new Ending(run, unheardOf(run, run.state().to(JobState.VANISHED)), run.startedAt(), false)));
        events.publishEvent(new JobEvents.JobFellSilent(run.id()));
    }

    private static Ending end(Run run, List<Slot> told) {
        List<SlotEnd> ends =
                told.stream().map(Slot::end).filter(Objects::nonNull).toList();
        boolean requeued = run.requeuedAs() != null;
        JobOutcome outcome = ends.isEmpty()
                ? unheardOf(run, requeued ? JobState.REQUEUED : run.state())
                : JobOutcome.of(run.batchId().batchSystem(), ends, requeued);
        run.state().to(outcome.state());
        return new Ending(run, outcome, start(told), !ends.isEmpty());
    }

    /** No slot has told an end: the last that was heard has to do. */
    private static JobOutcome unheardOf(Run run, JobState state) {
        Instant endedAt = run.endedAt() != null ? run.endedAt() : run.lastHeardAt();
        return new JobOutcome(state, endedAt, null, null, null);
    }

    private void live(Run run, JobState state, @Nullable Instant startedAt) {
        if (run.state().to(state) != run.state() || !Objects.equals(startedAt, run.startedAt())) {
            jobs.live(run.id(), state, startedAt);
            slots.keepArchiving(run.id());
        }
    }

    private void store(List<Ending> endings) {
        if (endings.isEmpty()) {
            return;
        }
        jobs.ended(endings.stream()
                .map(ending -> new JobRows.Ended(ending.run().id(), ending.outcome(), ending.startedAt()))
                .toList());
        slots.archiveSoonOf(endings.stream().map(ending -> ending.run().id()).toList());
        for (Ending ending : endings) {
            Run run = ending.run();
            JobOutcome outcome = ending.outcome();
            if (ending.told() && outcome.state().failure()) {
                heldBack.askAfterFailure(run.id(), outcome.endedAt());
            }
            if (outcome.state() != run.state() || !outcome.endedAt().equals(run.endedAt())) {
                events.publishEvent(new JobEvents.JobEnded(run.id(), outcome.state(), outcome.endedAt()));
            }
        }
    }

    private static boolean allEnded(List<Slot> told) {
        return told.stream().allMatch(slot -> slot.end() != null);
    }

    private static @Nullable Instant start(List<Slot> told) {
        return told.stream()
                .map(Slot::startedAt)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
