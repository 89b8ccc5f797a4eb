package org.slotwarden.agent.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a slot ends. Slurm's Epilog cannot tell a time-out from a cancellation, and while it runs the
 * controller only says COMPLETING. So the controller is asked until it knows: for a few seconds before the
 * end is reported, and for some minutes more, in which case the end is reported a second time with its
 * state. Of so many slots at once only: each stays in memory meanwhile.
 */
public final class SlotEnding {

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration REPORT_AFTER = Duration.ofSeconds(5);
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(3);

    /** More than a node has cores. Beyond it, those that were asked about for longest are given up. */
    private static final int MOST_ASKED = 250;

    private final BatchQuestions questions;
    private final Runnable reported;
    private final int mostAsked;
    private final Map<Slot, Asked> asking = new LinkedHashMap<>();

    private record Asked(HandOver epilogue, Instant since) {}

    /** @param reported called when an end was put into a spool */
    public SlotEnding(BatchQuestions questions, Runnable reported) {
        this(questions, reported, MOST_ASKED);
    }

    SlotEnding(BatchQuestions questions, Runnable reported, int mostAsked) {
        this.questions = questions;
        this.reported = reported;
        this.mostAsked = mostAsked;
    }

    public void begin(Slot slot, HandOver epilogue) {
        if (asking.containsKey(slot) || slot.ended()) {
            return;
        }
        if (!questions.canAsk(slot)) {
            report(slot, epilogue, Optional.empty());
            return;
        }
        asking.put(slot, new Asked(epilogue, Instant.now()));
        if (asking.size() > mostAsked) {
            giveUp(asking.keySet().iterator().next());
        }
        ask(slot, epilogue, FIRST);
    }

    private void giveUp(Slot slot) {
        Asked asked = asking.remove(slot);
        if (asked != null && !slot.ended()) {
            report(slot, asked.epilogue, Optional.empty());
        }
    }

    private void ask(Slot slot, HandOver epilogue, Duration delay) {
        questions.ask(slot, delay, answer -> {
            Asked asked = asking.get(slot);
            if (asked == null) {
                return; // given up
            }
            Duration waited = Duration.between(asked.since, Instant.now());
            answer.filter(record -> !slot.ended()).ifPresent(slot::learn);
            Optional<String> state = answer.filter(ScontrolRecord::over)
                    .flatMap(ScontrolRecord::state)
                    .map(SlotEnding::ofThisRun);
            boolean hidden = answer.isPresent() && answer.get().state().isEmpty();
            if (state.isPresent() || hidden) { // hidden by a name that forges fields: asking again is of no use
                asking.remove(slot);
                report(slot, epilogue, state);
                return;
            }
            if (waited.compareTo(REPORT_AFTER) >= 0 && !slot.ended()) {
                report(slot, epilogue, Optional.empty());
            }
            if (waited.compareTo(GIVE_UP_AFTER) < 0) {
                Duration next = delay.multipliedBy(2);
                ask(slot, epilogue, next.compareTo(REPORT_AFTER) > 0 ? REPORT_AFTER.multipliedBy(4) : next);
            } else {
                asking.remove(slot);
            }
        });
    }

    /** A job that waits again was put back into the queue. */
    private static String ofThisRun(String state) {
        return state.equals("PENDING") ? "REQUEUED" : state;
    }

    private void report(Slot slot, HandOver epilogue, Optional<String> state) {
        slot.end(epilogue, state);
        reported.run();
    }

    /** True while the controller may still tell more about the end. */
    public boolean isAsking(Slot slot) {
        return asking.containsKey(slot);
    }
}
