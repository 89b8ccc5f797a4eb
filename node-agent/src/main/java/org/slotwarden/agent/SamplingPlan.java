package org.slotwarden.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.FinePace;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.slot.Slot;

/**
 * When which slot is sampled: regularly at its interval, or later where that costs too much, and in between
 * as often as that is cheap. Moments are on the clock of {@link System#nanoTime}.
 */
final class SamplingPlan {

    private static final Logger LOG = LoggerFactory.getLogger(SamplingPlan.class);

    /**
     * Slots to look at now.
     *
     * @param regular at their interval
     * @param between in between
     * @param planned when the first of them was due
     */
    record Round(List<Slot> regular, List<Slot> between, long planned) {
        boolean isEmpty() {
            return regular.isEmpty() && between.isEmpty();
        }
    }

    private final SamplingGrid grid = SamplingGrid.atAnyPhase(new Random());
    private final Map<String, Long> due = new HashMap<>();
    private final FinePace pace;
    private final FinePace closePace;
    private final SamplingBudget budget;
    private boolean stretched;

    /** @param share of one core that regular samples may cost; 0: no bound */
    SamplingPlan(Policy policy, double share) {
        this.budget = new SamplingBudget(share, System.nanoTime());
        this.pace = policy.pace();
        this.closePace = policy.closePace();
    }

    void begin(Slot slot) {
        due.put(slot.id(), System.nanoTime());
    }

    /** False when the slot was not sampled any more anyway. */
    boolean end(Slot slot) {
        return due.remove(slot.id()) != null;
    }

    boolean isSampled(Slot slot) {
        return due.containsKey(slot.id());
    }

    boolean isEmpty() {
        return due.isEmpty();
    }

    /** Ids of the slots that are sampled. */
    Set<String> slots() {
        return due.keySet();
    }

    /** The next regular sample comes at the interval, or before. */
    void regularDone(Slot slot, long now, long latest) {
        due.put(slot.id(), Math.min(grid.next(now, slot.intervalSeconds()), latest));
    }

    /** The slot's interval is another one now. */
    void intervalChanged(Slot slot) {
        due.put(slot.id(), grid.next(System.nanoTime(), slot.intervalSeconds()));
    }

    Round round(Collection<Slot> slots, long now, Instant time) {
        List<Slot> regular = new ArrayList<>();
        List<Slot> between = new ArrayList<>();
        long planned = now;
        boolean all = pace.due(now);
        boolean close = closePace.due(now);
        for (Slot slot : slots) {
            Long at = due.get(slot.id());
            if (at != null && budget.earliest(at) - now <= 0) {
                regular.add(slot);
                planned = Math.min(planned, at);
            } else if (at != null && ((all && isWorth(slot)) || (close && isWorthClosely(slot, time)))) {
                between.add(slot);
            }
        }
        return new Round(regular, between, planned);
    }

    private boolean isWorth(Slot slot) {
        return hasProcesses(slot) && pace.worthFor(slot.intervalSeconds());
    }

    private boolean isWorthClosely(Slot slot, Instant time) {
        return hasProcesses(slot) && slot.looksClosely(time) && closePace.worthFor(slot.intervalSeconds());
    }

    private static boolean hasProcesses(Slot slot) {
        return slot.membersSeen() && slot.emptySince() == null;
    }

    /**
     * A round with regular samples was made.
     *
     * @param cpuSeconds what it cost, where that is known
     */
    void roundCost(OptionalDouble cpuSeconds) {
        long now = System.nanoTime();
        budget.used(now, cpuSeconds);
        boolean late = due.values().stream().anyMatch(at -> budget.earliest(at) - at > 0);
        if (late) {
            ErrorCounts.count(ErrorKind.SAMPLES_STRETCHED);
        }
        if (late && !stretched) {
            stretched = true; // and is so again and again: the count of errors tells how often
            LOG.warn(
                    "a round of samples took {} s of CPU time: the next ones come later than at their interval",
                    cpuSeconds.orElse(0));
        }
    }

    /** A round with samples in between was made, and took so long. */
    void betweenDone(long now, long tookNanos) {
        if (pace.due(now)) {
            pace.took(now, tookNanos);
        }
        if (closePace.due(now)) {
            closePace.took(now, tookNanos);
        }
    }

    /** When the next slot is due; {@code otherwise} when that is earlier, or when none is. */
    long next(Collection<Slot> slots, long now, Instant time, long otherwise) {
        long next = otherwise;
        for (Slot slot : slots) {
            Long at = due.get(slot.id());
            if (at != null) {
                next = Math.min(next, budget.earliest(at));
                if (isWorth(slot)) {
                    next = Math.min(next, pace.nextNanos(now));
                }
                if (isWorthClosely(slot, time)) {
                    next = Math.min(next, closePace.nextNanos(now));
                }
            }
        }
        return next;
    }
}
