package org.slotwarden.agent.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Ends slots whose processes are gone for long and of which no epilogue tells. */
public final class Vanishing {

    private final Duration after;
    private final BatchQuestions questions;
    private final SlotEnding ending;
    private final BiConsumer<Slot, Instant> vanish;
    private final Map<Slot, Instant> asked = new HashMap<>();

    /**
     * @param after how long a slot may be without a process
     * @param vanish ends a slot, which has been empty since then
     */
    public Vanishing(Duration after, BatchQuestions questions, SlotEnding ending, BiConsumer<Slot, Instant> vanish) {
        this.after = after;
        this.questions = questions;
        this.ending = ending;
        this.vanish = vanish;
    }

    /** Looks at a slot after a sample. Slurm's processes may come again, so Slurm is asked first. */
    public void look(Slot slot, Instant now) {
        Instant empty = slot.emptySince();
        if (empty == null || Duration.between(empty, now).compareTo(after) < 0) {
            return;
        }
        if (!questions.canAsk(slot)) {
            if (!slot.job().batchSystem().equals("slurm")) {
                vanish.accept(slot, empty);
            }
            return;
        }
        Instant before = asked.get(slot);
        if (before != null && now.isBefore(before.plus(after))) {
            return;
        }
        asked.put(slot, now);
        questions.ask(slot, Duration.ZERO, answer -> {
            boolean over = answer.filter(ScontrolRecord::over).isPresent();
            if (over && !slot.ended() && !ending.isAsking(slot)) {
                vanish.accept(slot, empty);
            }
        });
    }

    /** The slot is gone. */
    public void forget(Slot slot) {
        asked.remove(slot);
    }
}
