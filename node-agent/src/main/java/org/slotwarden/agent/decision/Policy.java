package org.slotwarden.agent.decision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What an admin decides about samples on a node, and what its slots share.
 *
 * @see Settings
 */
public final class Policy {

    /** Least share of the memory for held samples that a slot has, in bytes: two minutes or so at 1 s. */
    private static final long LEAST_SHARE = 16 << 10;

    /** Released when something interesting happens; all that is kept, when a job fails. */
    private static final Duration BEFORE = Duration.ofMinutes(1);

    private static final Duration AFTER = Duration.ofMinutes(1);

    /** On the average of an hour: ten minutes at 1 s. */
    private static final int EXTRA_PER_HOUR = 600;

    /**
     * The admin's part (docs/node-agent.md).
     *
     * @param fineInterval between two samples that are held back; zero: none are taken
     * @param fineShare part of one core that taking them may cost, 0 to 1
     * @param kept how long a held sample is kept
     * @param heldBytes memory for all held samples of the node
     * @param thresholds above which a job is interesting
     * @param everyNthUnchanged of the regular samples of a job in which nothing moves, one of so many is
     *     reported; 1: all of them
     */
    public record Settings(
            Duration fineInterval,
            double fineShare,
            Duration kept,
            long heldBytes,
            List<Threshold> thresholds,
            int everyNthUnchanged) {}

    private final Settings settings;
    private final Statistics statistics = new Statistics();
    private final AtomicInteger slots = new AtomicInteger();

    public Policy(Settings settings) {
        this.settings = settings;
    }

    /** Decisions for a slot that begins; {@link Decisions#close} gives its share of the memory back. */
    public Decisions forSlot(Supplier<JobLimits> limits) {
        slots.incrementAndGet();
        BeforeAndAfter beforeAndAfter = new BeforeAndAfter(BEFORE, settings.kept, AFTER);
        List<Trigger> triggers = new ArrayList<>(
                List.of(new AskedFor(), new OnThreshold(settings.thresholds, limits), beforeAndAfter, new OnChange()));
        if (settings.everyNthUnchanged > 1) {
            triggers.add(new WhileUnchanged(settings.everyNthUnchanged));
        }
        return new Decisions(
                triggers,
                new HeldSamples(settings.kept.toMillis(), this::shareBytes),
                new ExtraReports(EXTRA_PER_HOUR),
                statistics,
                beforeAndAfter::isAfter,
                slots::decrementAndGet);
    }

    private long shareBytes() {
        return Math.max(LEAST_SHARE, settings.heldBytes / Math.max(1, slots.get()));
    }

    /** When to take samples in between, of all slots. */
    public FinePace pace() {
        return new FinePace(settings.fineInterval, settings.fineShare);
    }

    /** When to take samples in between of slots where something happened: those may cost ten times as much. */
    public FinePace closePace() {
        return new FinePace(settings.fineInterval, Math.min(0.5, settings.fineShare * 10));
    }

    public Statistics statistics() {
        return statistics;
    }
}
