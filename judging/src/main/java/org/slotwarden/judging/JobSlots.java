package org.slotwarden.judging;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The slots of a job that have not ended, and what they are together. */
final class JobSlots {

    private static final Leaking[] LEAKING = Leaking.values();
    private static final int TRAFFIC = 1 << LEAKING.length;

    private final JudgeSettings settings;
    /** Most jobs have one. Each sample is added up over all of them anyway, so that nobody needs to find one faster. */
    private final List<Slot> slots = new ArrayList<>(1);

    private double time = Double.NaN;

    JobSlots(JudgeSettings settings) {
        this.settings = settings;
    }

    Slot slot(long number, JobFacts ofSlot) {
        Slot known = known(number);
        if (known != null) {
            return known;
        }
        Slot slot = new Slot(number, settings, ofSlot);
        slots.add(slot);
        return slot;
    }

    /** Null when nothing was heard of it, or when it has ended. */
    @Nullable
    Slot known(long number) {
        for (Slot slot : slots) {
            if (slot.number == number) {
                return slot;
            }
        }
        return null;
    }

    List<Slot> all() {
        return slots;
    }

    void end(long number) {
        slots.removeIf(slot -> slot.number == number);
    }

    /** Whether the job has, or should have, more than one. */
    boolean several(JobFacts ofJob) {
        return slots.size() > 1 || ofJob.slots() > 1;
    }

    /** Time of the latest sample of any slot, in seconds; NaN when there was none. */
    double time() {
        return time;
    }

    /**
     * The whole job at the moment of a sample: the sum of what each slot said last, of those that were heard of lately.
     */
    Reading together(Slot fed, Reading reading, JobFacts ofJob) {
        double before = time;
        time = Double.isNaN(before) ? reading.time : Math.max(before, reading.time);
        if (!several(ofJob)) {
            fed.latest = null;
            return reading;
        }
        fed.latest = reading;
        double gap = fed.track.gap();
        Reading sum = new Reading();
        sum.time = time;
        sum.elapsed = time - before <= gap ? time - before : Double.NaN;
        sum.complete = true;
        int fresh = 0;
        for (Slot slot : slots) {
            Reading latest = slot.latest;
            if (latest != null && time - latest.time <= gap) {
                sum.add(latest);
                fresh++;
            }
        }
        sum.complete &= fresh >= expected(ofJob);
        sum.moved = reading.moved;
        return sum;
    }

    /** Whether each slot that the job should have was heard of lately. */
    boolean complete(JobFacts ofJob) {
        if (!several(ofJob)) {
            return true;
        }
        int fresh = 0;
        for (Slot slot : slots) {
            Reading latest = slot.latest;
            if (latest != null && time - latest.time <= slot.track.gap()) {
                fresh++;
            }
        }
        return fresh >= expected(ofJob);
    }

    private int expected(JobFacts ofJob) {
        return Math.max(ofJob.slots(), slots.size());
    }

    /** What the job may use, with the limits of all slots together where only those are known. */
    JobFacts limits(JobFacts ofJob) {
        if (!Double.isNaN(ofJob.memoryBytes()) || slots.size() < ofJob.slots()) {
            return ofJob;
        }
        double memory = 0;
        for (Slot slot : slots) {
            memory += slot.memoryLimit;
        }
        return ofJob.withMemory(memory);
    }

    /** One slot, and who watches it. */
    static final class Slot {

        final long number;
        final SlotTrack track;
        Detector[] detectors;
        private final JudgeSettings settings;
        /** Bits of the things that may leak and are watched; the last one stands for traffic. */
        private int watched;

        private @Nullable Reading latest;
        private double memoryLimit;

        private Slot(long number, JudgeSettings settings, JobFacts ofSlot) {
            this.number = number;
            this.settings = settings;
            track = new SlotTrack(settings.gap(), ofSlot.intervalSeconds());
            detectors = new Detector[] {
                new ProcessStorm(settings.processStorm()),
                new IoStorm(settings.ioStorm()),
                new MemoryNearLimit(settings.memoryNearLimit())
            };
        }

        void feed(Reading reading, JobFacts limits) {
            memoryLimit = limits.memoryBytes();
            watch(reading);
            for (Detector detector : detectors) {
                detector.feed(reading, limits);
            }
        }

        /** Many sites measure no traffic, no disk: what is never seen needs nobody who watches it. */
        private void watch(Reading reading) {
            for (Leaking what : LEAKING) {
                if ((watched & 1 << what.ordinal()) == 0 && !Double.isNaN(what.value(reading))) {
                    watched |= 1 << what.ordinal();
                    detectors = JobDetectors.and(detectors, new LeakDetector(what, settings));
                }
            }
            if ((watched & TRAFFIC) == 0 && !(Double.isNaN(reading.network()) && Double.isNaN(reading.packets))) {
                watched |= TRAFFIC;
                detectors = JobDetectors.and(detectors, new NetworkFlood(settings.networkFlood()));
            }
        }
    }
}
