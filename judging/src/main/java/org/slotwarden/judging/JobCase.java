package org.slotwarden.judging;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges one job: fed with what is observed of its slots, it says which flags come, become graver and go. Its state
 * depends on nothing but what it was fed with: a job that is fed again from its history stands where it stood. It takes
 * some kilobytes and does not grow with the number of samples. Not for more than one thread at a time.
 */
public final class JobCase {

    private static final long ONLY_SLOT = 0;

    private final JudgeSettings settings;
    private final JobSlots slots;
    private final JobDetectors detectors;
    private final StandingFlags flags;
    private @Nullable UnlikeBefore unlikeBefore;
    private boolean progresses;
    private boolean severalSlots;
    private JobFacts facts;
    private @Nullable Consumer<JobFigures> follower;

    /** A job that has no peers. */
    public JobCase(JudgeSettings settings, JobFacts facts) {
        this(settings, facts, null);
    }

    /**
     * @param array in which the job has peers, null when it has none
     */
    public JobCase(JudgeSettings settings, JobFacts facts, @Nullable ArrayCase array) {
        this(settings, facts, array, array == null ? 0 : array.nextNumber());
    }

    /**
     * @param array in which the job has peers, null when it has none
     * @param member its number there
     */
    public JobCase(JudgeSettings settings, JobFacts facts, @Nullable ArrayCase array, long member) {
        this.settings = settings;
        this.facts = facts;
        slots = new JobSlots(settings);
        detectors = new JobDetectors(slots);
        flags = new StandingFlags(detectors, settings.causeLingers());
        detectors.add(new Silence(settings.hang(), settings.gap()));
        detectors.add(new Spinning(settings.spinning(), settings.hang(), settings.gap()));
        detectors.add(new CpuOveruse(settings.cpuOveruse()));
        detectors.add(new IdleCores(settings.idleCores(), settings.hang()));
        if (array != null) {
            detectors.add(new OutlierDetector(settings.outlier(), array, member));
        }
    }

    /** What earlier jobs of the same user and workflow used; null when nothing is known of them. */
    public void baseline(@Nullable Baseline known) {
        if (known == null) {
            // What was known is better than nothing.
            return;
        }
        if (unlikeBefore == null) {
            unlikeBefore = new UnlikeBefore(settings.outlier());
            detectors.add(unlikeBefore);
        }
        unlikeBefore.baseline(known);
    }

    /** Told the figures of the whole job with each sample that is judged; null: nobody is. */
    public void follower(@Nullable Consumer<JobFigures> told) {
        follower = told;
    }

    /** What is known by now of the whole job. */
    public void facts(JobFacts known) {
        // A start that nobody told is that of the first sample.
        this.facts = Double.isNaN(known.startedAt()) ? known.withStart(facts.startedAt()) : known;
    }

    /** Judges a sample of a job that has one slot. */
    public List<Change> feed(Observation observation) {
        return feed(ONLY_SLOT, facts, observation);
    }

    /**
     * Judges a sample of one slot.
     *
     * @param slot its number
     * @param ofSlot what the slot may use; without a limit of memory where only that of the whole job is known
     * @return what changes by it, causes before symptoms; empty for a sample whose time has been judged already
     */
    public List<Change> feed(long slot, JobFacts ofSlot, Observation observation) {
        JobSlots.Slot fed = slots.slot(slot, ofSlot);
        Reading reading = fed.track.next(observation);
        if (reading == null) {
            return List.of();
        }
        if (Double.isNaN(facts.startedAt())) {
            facts = facts.withStart(reading.time);
        }
        JobFacts limits = Double.isNaN(ofSlot.startedAt()) ? ofSlot.withStart(facts.startedAt()) : ofSlot;
        detectors.feed(fed, reading, limits);
        Reading job = slots.together(fed, reading, facts);
        watch(job);
        detectors.feed(job, facts);
        if (follower != null) {
            JobFacts ofAll = slots.several(facts) ? slots.limits(facts) : limits;
            follower.accept(new JobFigures(job, ofAll, slots.complete(facts)));
        }
        return flags.follow(slots.time());
    }

    /** What is never seen of a job needs nobody who watches it. */
    private void watch(Reading job) {
        if (!progresses && !Double.isNaN(job.progress)) {
            progresses = true;
            detectors.add(new WalltimeOverrun(settings.walltimeOverrun()));
        }
        if (!severalSlots && slots.several(facts)) {
            severalSlots = true;
            detectors.add(new MemoryNearLimit(settings.memoryNearLimit()));
        }
    }

    /** A slot that has ended is no longer waited for. */
    public void end(long slot) {
        slots.end(slot);
    }

    /** Kinds of the flags that stand. */
    public Set<FlagKind> standing() {
        return flags.kinds();
    }

    /**
     * Severity of a flag that stands.
     *
     * @throws IllegalArgumentException when it does not
     */
    public Severity severity(FlagKind kind) {
        return flags.severity(kind);
    }

    /**
     * The evidence as of the last sample.
     *
     * @throws IllegalArgumentException when there is no such flag
     */
    public Finding finding(FlagKind kind) {
        return flags.finding(kind);
    }

    /** Number of the slot that a flag is about, null when it is about the whole job. */
    public @Nullable Long slot(FlagKind kind) {
        return detectors.slot(kind);
    }

    /** Whether what was before the first sample may matter: something is seen that might come to be a flag. */
    public boolean undecided() {
        return detectors.undecided();
    }

    /** Time of the last sample of the slot that was judged, in seconds; NaN when none was. */
    public double judgedTo(long slot) {
        JobSlots.Slot known = slots.known(slot);
        return known == null ? Double.NaN : known.track.last();
    }
}
