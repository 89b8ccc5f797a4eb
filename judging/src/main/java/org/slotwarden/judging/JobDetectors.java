package org.slotwarden.judging;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who watches a job: its slots one by one, and the whole of it. */
final class JobDetectors {

    private final JobSlots slots;
    private Detector[] ofJob = {};
    private JobSlots.@Nullable Slot fed;
    private double elapsedOfSlot;
    private double elapsedOfJob;

    JobDetectors(JobSlots slots) {
        this.slots = slots;
    }

    /** One more who watches the whole job. */
    void add(Detector detector) {
        ofJob = and(ofJob, detector);
    }

    /** As long as it has to be: there are some of these for each job. */
    static Detector[] and(Detector[] some, Detector further) {
        Detector[] all = Arrays.copyOf(some, some.length + 1);
        all[some.length] = further;
        return all;
    }

    /** Feeds those of the slot. */
    void feed(JobSlots.Slot slot, Reading reading, JobFacts limits) {
        slot.feed(reading, limits);
        fed = slot;
        elapsedOfSlot = reading.elapsed;
    }

    /** Feeds those of the whole job. */
    void feed(Reading job, JobFacts facts) {
        for (Detector detector : ofJob) {
            detector.feed(job, facts);
        }
        elapsedOfJob = job.elapsed;
    }

    /** Seconds that the last reading of this detector stands for; NaN: it was told nothing by the latest sample. */
    double elapsed(Detector detector) {
        if (fed != null && has(fed.detectors, detector)) {
            return elapsedOfSlot;
        }
        return has(ofJob, detector) ? elapsedOfJob : Double.NaN;
    }

    private static boolean has(Detector[] some, Detector detector) {
        for (Detector one : some) {
            if (one == detector) {
                return true;
            }
        }
        return false;
    }

    /** The one whose condition stands, of a slot rather than of the whole job; null: none does. */
    @Nullable
    Detector standing(FlagKind kind) {
        for (JobSlots.Slot slot : slots.all()) {
            Detector stands = standing(kind, slot.detectors);
            if (stands != null) {
                return stands;
            }
        }
        return standing(kind, ofJob);
    }

    private static @Nullable Detector standing(FlagKind kind, Detector[] some) {
        for (Detector detector : some) {
            if (detector.kind() == kind && detector.standing()) {
                return detector;
            }
        }
        return null;
    }

    /** Number of the slot in which a condition of this kind stands; null: in none. */
    @Nullable
    Long slot(FlagKind kind) {
        for (JobSlots.Slot slot : slots.all()) {
            if (standing(kind, slot.detectors) != null) {
                return slot.number;
            }
        }
        return null;
    }

    /** Whether a condition of this kind stands, or may come to. */
    boolean suspected(FlagKind kind) {
        for (JobSlots.Slot slot : slots.all()) {
            if (suspected(kind, slot.detectors)) {
                return true;
            }
        }
        return suspected(kind, ofJob);
    }

    private static boolean suspected(FlagKind kind, Detector[] some) {
        for (Detector detector : some) {
            if (detector.kind() == kind && (detector.standing() || detector.suspects())) {
                return true;
            }
        }
        return false;
    }

    /** Whether what was before the first sample may matter to any of them. */
    boolean undecided() {
        for (JobSlots.Slot slot : slots.all()) {
            if (undecided(slot.detectors)) {
                return true;
            }
        }
        return undecided(ofJob);
    }

    private static boolean undecided(Detector[] some) {
        for (Detector detector : some) {
            if (detector.undecided()) {
                return true;
            }
        }
        return false;
    }
}
