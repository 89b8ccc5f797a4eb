package org.slotwarden.load;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The nodes whose batches go through one connection, one after the other, step by step. No batch is sent before its
 * samples could have been taken.
 */
final class Lane implements Runnable {

    /** An agent's batch has so many reports at most. */
    private static final int REPORTS = 2_000;

    private final Site site;
    private final Habits habits;
    private final Told told;
    private final RunClock clock;
    private final Sender sender;
    private final int first;
    private final int every;
    private final int steps;
    private final long nanosPerBatch;
    private long nextBatch = System.nanoTime();

    /**
     * @param first node; then every so many
     * @param steps after so many it ends
     */
    Lane(Told told, Habits habits, RunClock clock, Sender sender, int first, int every, int steps) {
        this.site = told.site();
        this.habits = habits;
        this.told = told;
        this.clock = clock;
        this.sender = sender;
        this.first = first;
        this.every = every;
        this.steps = steps;
        long mine = (site.nodes() - first + every - 1) / every;
        double share = habits.samplesPerSecond() * mine / site.nodes();
        this.nanosPerBatch =
                habits.samplesPerSecond() == 0 ? 0 : (long) (1e9 * habits.stepsAtOnce() * site.slots() / share);
    }

    @Override
    public void run() {
        try (sender) {
            int step = 0;
            while (step < steps && round(step)) {
                step += habits.stepsAtOnce();
            }
            for (int node = first; node < site.nodes(); node += every) {
                if (habits.late(site, node)) {
                    sendHeld(node, step);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean round(int step) throws InterruptedException {
        for (int node = first; node < site.nodes(); node += every) {
            int last = Math.min(steps, step + habits.stepsAtOnce()) - 1;
            if (!clock.awaitMs(site.timeMs(node, site.slots() - 1, last)) || !pace()) {
                return false;
            }
            if (!habits.late(site, node)) {
                sender.send(node, IntStream.rangeClosed(step, last).toArray());
                continue;
            }
            int away = habits.awayFrom(site, node);
            if (step < away || step >= away + habits.lateSteps()) {
                sender.send(node, step);
            }
            if (step == away + habits.lateSteps()) {
                sendHeld(node, step);
            }
        }
        return true;
    }

    /** What a node could not tell, the oldest first; the newest was told before. */
    private void sendHeld(int node, int before) throws InterruptedException {
        BitSet held = new BitSet();
        int away = habits.awayFrom(site, node);
        if (away < before) {
            held.set(away, Math.min(before, away + habits.lateSteps()));
        }
        held.andNot(told.sent(node));
        int[] waiting = held.stream().toArray();
        int atOnce = Math.max(1, REPORTS / (site.slots() + 1));
        for (int from = 0; from < waiting.length; from += atOnce) {
            int begin = from;
            int end = Math.min(waiting.length, from + atOnce);
            sender.send(node, IntStream.range(begin, end).map(i -> waiting[i]).toArray());
        }
    }

    /** Without making up for what was missed by more than a second. */
    private boolean pace() throws InterruptedException {
        if (nanosPerBatch == 0) {
            return true;
        }
        nextBatch = Math.max(nextBatch + nanosPerBatch, System.nanoTime() - 1_000_000_000L);
        return clock.awaitNanos(nextBatch);
    }
}
