package org.slotwarden.agent.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a slot ends. Slurm's Epilog cannot tell a time-out from a cancellation, and while it runs the
 * controller only says COMPLETING. So the controller is asked until it knows: for a few seconds before the
 * end is reported, and for some minutes more, in which case the end is reported a second time with its
 * state.
 */
public final class SlotEnding {

    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration REPORT_AFTER = Duration.ofSeconds(5);
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(3);

    private final BatchQuestions questions;
    private final Runnable reported;
    private final Map<Slot, Instant> asking = new HashMap<>();

    /** @param reported called when an end was put into a spool */
    public SlotEnding(BatchQuestions questions, Runnable reported) {
        this.questions = questions;
        this.reported = reported;
    }

    public void begin(Slot slot, HandOver epilogue) {
        if (asking.containsKey(slot) || slot.ended()) {
            return;
        }
        if (!questions.canAsk(slot)) {
            report(slot, epilogue, Optional.empty());
            return;
        }
        asking.put(slot, Instant.now());
        ask(slot, epilogue, FIRST);
    }

    private void ask(Slot slot, HandOver epilogue, Duration delay) {
        questions.ask(slot, delay, answer -> {
            Duration waited = Duration.between(asking.getOrDefault(slot, Instant.EPOCH), Instant.now());
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
