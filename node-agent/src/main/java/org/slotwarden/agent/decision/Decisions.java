package org.slotwarden.agent.decision;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.decision.Opinion.Span;
import org.slotwarden.agent.decision.Opinion.Verdict;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.JobSample.Reason;

/** The triggers of one slot and what they hold back. Used by one thread. */
public final class Decisions {

    private final List<Trigger> triggers;
    private final HeldSamples held;
    private final ExtraReports extra;
    private final Statistics statistics;
    private final LongPredicate closely;
    private final Runnable closed;

    /** @param closely whether samples shall be taken closely at a time */
    Decisions(
            List<Trigger> triggers,
            HeldSamples held,
            ExtraReports extra,
            Statistics statistics,
            LongPredicate closely,
            Runnable closed) {
        this.triggers = triggers.stream()
                .sorted((one, other) -> Integer.compare(one.priority(), other.priority()))
                .toList();
        this.held = held;
        this.extra = extra;
        this.statistics = statistics;
        this.closely = closely;
        this.closed = closed;
    }

    /**
     * Decides about a sample.
     *
     * @param regular taken at the slot's interval: reported unless a trigger holds it
     * @return what to report now, in the order in which it was taken
     */
    public List<JobSample> sampled(JobSample sample, boolean regular) {
        statistics.taken();
        Told told = tell(new SlotEvent.Sampled(sample, regular));
        List<JobSample> report = released(told, sample.getTimeMs(), true);
        Opinion verdict = told.verdict == null ? regular ? Opinion.keep(Reason.REGULAR) : Opinion.HOLD : told.verdict;
        if (verdict.verdict() == Verdict.KEEP && (regular || extra.take(1, sample.getTimeMs()) == 1)) {
            report.add(because(sample, verdict.reason()));
        } else {
            hold(sample);
        }
        return report;
    }

    private void hold(JobSample sample) {
        int before = held.size();
        held.add(sample);
        statistics.held(held.size() - before);
    }

    /** The slot ends: what to report of the time before. */
    public List<JobSample> ended(long timeMs, boolean failed) {
        return released(tell(new SlotEvent.Ended(timeMs, failed)), timeMs, false);
    }

    /** The portal asks for a stretch of time, both ends included. */
    public List<JobSample> asked(long nowMs, long fromMs, long toMs) {
        return released(tell(new SlotEvent.Asked(nowMs, fromMs, toMs)), nowMs, false);
    }

    /** Something happened not long ago: look closely. */
    public boolean lookClosely(long nowMs) {
        return closely.test(nowMs);
    }

    /** The slot is gone. */
    public void close() {
        statistics.held(-held.size());
        closed.run();
    }

    /** What all triggers said of one event. */
    private static final class Told {
        private @Nullable Opinion verdict;
        private boolean interesting;
        private final List<Opinion> releases = new ArrayList<>();

        void add(Opinion opinion) {
            if (verdict == null && opinion.verdict() != Verdict.PASS) {
                verdict = opinion;
            }
            interesting |= opinion.interesting();
            if (opinion.release() != null) {
                releases.add(opinion);
            }
        }
    }

    private Told tell(SlotEvent event) {
        Told told = new Told();
        ask(event, told);
        if (told.interesting) {
            ask(new SlotEvent.Interesting(event.timeMs()), told);
        }
        return told;
    }

    private void ask(SlotEvent event, Told told) {
        for (Trigger trigger : triggers) {
            if (trigger.events().contains(event.type())) {
                told.add(trigger.decide(event));
            }
        }
    }

    private List<JobSample> released(Told told, long nowMs, boolean bounded) {
        List<JobSample> report = new ArrayList<>();
        for (Opinion opinion : told.releases) {
            int before = held.size();
            Span span = Objects.requireNonNull(opinion.release());
            int wanted = held.count(span);
            // The newest are nearest to what happened; the others can still be asked for.
            held.takeNewest(span, bounded ? extra.take(wanted, nowMs) : wanted)
                    .forEach(sample -> report.add(because(sample, opinion.reason())));
            statistics.held(held.size() - before);
        }
        return report;
    }

    private JobSample because(JobSample sample, Reason reason) {
        statistics.reported(reason);
        return reason == Reason.REGULAR
                ? sample
                : sample.toBuilder().setReason(reason).build();
    }
}
