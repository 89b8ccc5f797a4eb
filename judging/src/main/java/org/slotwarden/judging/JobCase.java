package org.slotwarden.judging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges one job: fed with what is observed of its slots, it says which flags come, become graver and go. Its state
 * depends on nothing but what it was fed with: a job that is fed again from its history stands where it stood. It takes
 * some kilobytes and does not grow with the number of samples. Not for more than one thread at a time.
 */
public final class JobCase {

    private static final FlagKind[] KINDS =
            EnumSet.complementOf(EnumSet.of(FlagKind.SITE_RULE)).toArray(FlagKind[]::new);
    private static final Leaking[] LEAKING = Leaking.values();
    private static final int TRAFFIC = 1 << LEAKING.length;

    /** Kinds that do harm or waste beyond the job itself, and that two signals may call worth a kill. */
    private static final Set<FlagKind> KILLABLE = EnumSet.of(
            FlagKind.PROCESS_STORM,
            FlagKind.PROCESS_LEAK,
            FlagKind.SOCKET_LEAK,
            FlagKind.FILE_LEAK,
            FlagKind.MEMORY_LEAK,
            FlagKind.DISK_FILL,
            FlagKind.NETWORK_FLOOD,
            FlagKind.IO_STORM,
            FlagKind.HANG,
            FlagKind.CPU_OVERUSE);

    private static final long ONLY_SLOT = 0;

    private final JudgeSettings settings;
    private final List<Detector> ofJob = new ArrayList<>();
    private final Map<Long, Slot> slots = new LinkedHashMap<>();
    private final @Nullable Flag[] flags = new Flag[KINDS.length];
    private double @Nullable [] explainedAt;
    private @Nullable Detector memoryOfAll;
    private @Nullable UnlikeBefore unlikeBefore;
    private boolean progresses;
    private JobFacts facts;
    private double time = Double.NaN;
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
        ofJob.add(new Silence(settings.hang(), settings.gap()));
        ofJob.add(new Spinning(settings.spinning(), settings.hang(), settings.gap()));
        ofJob.add(new CpuOveruse(settings.cpuOveruse()));
        ofJob.add(new IdleCores(settings.idleCores(), settings.hang()));
        if (array != null) {
            ofJob.add(new OutlierDetector(settings.outlier(), array, member));
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
            ofJob.add(unlikeBefore);
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
        Slot fed = slots.computeIfAbsent(slot, name -> new Slot(ofSlot));
        Reading reading = fed.track.next(observation);
        if (reading == null) {
            return List.of();
        }
        if (Double.isNaN(facts.startedAt())) {
            facts = facts.withStart(reading.time);
        }
        fed.latest = several() ? reading : null;
        fed.memoryLimit = ofSlot.memoryBytes();
        JobFacts limits = Double.isNaN(ofSlot.startedAt()) ? ofSlot.withStart(facts.startedAt()) : ofSlot;
        fed.watch(reading);
        for (Detector detector : fed.detectors) {
            detector.feed(reading, limits);
        }
        Reading job = whole(fed, reading);
        if (!progresses && !Double.isNaN(job.progress)) {
            progresses = true;
            ofJob.add(new WalltimeOverrun(settings.walltimeOverrun()));
        }
        for (Detector detector : ofJob) {
            detector.feed(job, facts);
        }
        if (several()) {
            memoryOfAll = memoryOfAll == null ? new MemoryNearLimit(settings.memoryNearLimit()) : memoryOfAll;
            memoryOfAll.feed(job, facts);
        }
        if (follower != null) {
            follower.accept(new JobFigures(job, several() ? ofAll() : limits, !several() || fresh() >= expected()));
        }
        return changes(fed, reading.elapsed, job.elapsed);
    }

    /** With the limits of all slots together where only those are known. */
    private JobFacts ofAll() {
        if (!Double.isNaN(facts.memoryBytes()) || slots.size() < facts.slots()) {
            return facts;
        }
        double memory = 0;
        for (Slot slot : slots.values()) {
            memory += slot.memoryLimit;
        }
        return facts.withMemory(memory);
    }

    private int fresh() {
        int fresh = 0;
        for (Slot slot : slots.values()) {
            Reading latest = slot.latest;
            if (latest != null && time - latest.time <= slot.track.gap()) {
                fresh++;
            }
        }
        return fresh;
    }

    private int expected() {
        return Math.max(facts.slots(), slots.size());
    }

    /** A slot that has ended is no longer waited for. */
    public void end(long slot) {
        slots.remove(slot);
    }

    /** Kinds of the flags that stand. */
    public Set<FlagKind> standing() {
        Set<FlagKind> standing = EnumSet.noneOf(FlagKind.class);
        for (FlagKind kind : KINDS) {
            if (flags[kind.ordinal()] != null) {
                standing.add(kind);
            }
        }
        return standing;
    }

    /**
     * Severity of a flag that stands.
     *
     * @throws IllegalArgumentException when it does not
     */
    public Severity severity(FlagKind kind) {
        return flag(kind).finding.severity();
    }

    /**
     * The evidence as of the last sample.
     *
     * @throws IllegalArgumentException when there is no such flag
     */
    public Finding finding(FlagKind kind) {
        Flag flag = flag(kind);
        Detector stands = detector(kind);
        return stands == null ? flag.finding : stands.finding().withSeverity(flag.finding.severity(), flag.reason);
    }

    private Flag flag(FlagKind kind) {
        Flag flag = flags[kind.ordinal()];
        if (flag == null) {
            throw new IllegalArgumentException(kind.kindName() + " does not stand");
        }
        return flag;
    }

    /** Number of the slot that a flag is about, null when it is about the whole job. */
    public @Nullable Long slot(FlagKind kind) {
        for (Map.Entry<Long, Slot> slot : slots.entrySet()) {
            for (Detector detector : slot.getValue().detectors) {
                if (detector.kind() == kind && detector.standing()) {
                    return slot.getKey();
                }
            }
        }
        return null;
    }

    /** Whether what was before the first sample may matter: something is seen that might come to be a flag. */
    public boolean undecided() {
        for (Detector detector : ofJob) {
            if (detector.undecided()) {
                return true;
            }
        }
        for (Slot slot : slots.values()) {
            for (Detector detector : slot.detectors) {
                if (detector.undecided()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Time of the last sample of the slot that was judged, in seconds; NaN when none was. */
    public double judgedTo(long slot) {
        Slot known = slots.get(slot);
        return known == null ? Double.NaN : known.track.last();
    }

    private boolean several() {
        return slots.size() > 1 || facts.slots() > 1;
    }

    private Reading whole(Slot fed, Reading reading) {
        double before = time;
        time = Double.isNaN(before) ? reading.time : Math.max(before, reading.time);
        if (!several()) {
            return reading;
        }
        double gap = fed.track.gap();
        Reading sum = new Reading();
        sum.time = time;
        sum.elapsed = time - before <= gap ? time - before : Double.NaN;
        sum.complete = true;
        int fresh = 0;
        for (Slot slot : slots.values()) {
            Reading latest = slot.latest;
            if (latest != null && time - latest.time <= gap) {
                sum.add(latest);
                fresh++;
            }
        }
        sum.complete &= fresh >= Math.max(facts.slots(), slots.size());
        sum.moved = reading.moved;
        return sum;
    }

    private List<Change> changes(Slot fed, double elapsedOfSlot, double elapsedOfJob) {
        List<Change> changes = new ArrayList<>(0);
        for (FlagKind kind : KINDS) {
            Detector stands = detector(kind);
            Flag flag = flags[kind.ordinal()];
            if (flag == null) {
                if (stands != null && mayRaise(stands)) {
                    flag = new Flag(stands.finding());
                    flags[kind.ordinal()] = flag;
                    changes.add(new Change(Change.What.RAISED, time, flag.finding));
                }
            } else if (stands == null) {
                flags[kind.ordinal()] = null;
                changes.add(new Change(Change.What.CLEARED, time, flag.finding));
            } else if (grows(
                    flag,
                    stands,
                    fed.detectors.contains(stands)
                            ? elapsedOfSlot
                            : ofJob.contains(stands) || stands == memoryOfAll ? elapsedOfJob : Double.NaN)) {
                changes.add(new Change(Change.What.SEVERITY_RISEN, time, flag.finding));
            }
        }
        return changes;
    }

    /** What is worth knowing only explains nothing graver. */
    private boolean mayRaise(Detector stands) {
        FlagKind kind = stands.kind();
        boolean waits = false;
        for (FlagKind cause : Causes.of(kind)) {
            Flag explains = flags[cause.ordinal()];
            boolean asGrave = explains == null
                    || explains.finding.severity().compareTo(stands.finding().severity()) >= 0;
            if (explains != null && asGrave) {
                if (explainedAt == null) {
                    explainedAt = new double[KINDS.length];
                    Arrays.fill(explainedAt, Double.NEGATIVE_INFINITY);
                }
                explainedAt[kind.ordinal()] = time;
                return false;
            }
            waits |= asGrave && Causes.waits(kind) && suspected(cause);
        }
        return !waits && (explainedAt == null || time - explainedAt[kind.ordinal()] >= settings.causeLingers());
    }

    /**
     * Seen to hold, since it was warned of, for as long as it dwelt, and now, and something else says so, too. What was
     * not measured is no proof: not a gap, nor a slot that is not heard of any more.
     *
     * @param elapsed seconds that the last reading of this detector stands for; NaN: it was told nothing just now
     */
    private boolean grows(Flag flag, Detector stands, double elapsed) {
        if (flag.finding.severity() == Severity.KILL) {
            return false;
        }
        boolean warned = flag.finding.severity() == Severity.WARN;
        if (warned) {
            if (!KILLABLE.contains(stands.kind()) || Double.isNaN(elapsed) || !stands.holds()) {
                return false;
            }
            flag.heldFor += elapsed;
            if (flag.heldFor < flag.finding.dwellSeconds()) {
                return false;
            }
        }
        Finding now = stands.finding();
        if (!warned) {
            flag.heldFor = 0;
            boolean graver = now.severity().compareTo(flag.finding.severity()) > 0;
            flag.finding = graver ? now : flag.finding;
            return graver;
        }
        FlagKind other = otherWarning(stands.kind());
        if (!now.secondSignal() && other == null) {
            return false;
        }
        flag.reason = "; worth a kill: it was warned of, stood for %s more and %s"
                .formatted(
                        Wording.duration(flag.heldFor),
                        other == null
                                ? "a hard limit is near, others suffer, or it had reported progress before"
                                : other.kindName() + " stands, too");
        flag.finding = now.withSeverity(Severity.KILL, flag.reason);
        return true;
    }

    /** What explains this kind, or is explained by it, is the same signal again. */
    private @Nullable FlagKind otherWarning(FlagKind kind) {
        for (Flag flag : flags) {
            if (flag != null
                    && flag.finding.kind() != kind
                    && KILLABLE.contains(flag.finding.kind())
                    && !Causes.of(flag.finding.kind()).contains(kind)
                    && !Causes.of(kind).contains(flag.finding.kind())
                    && flag.finding.severity() != Severity.INFO
                    && holds(flag.finding.kind())) {
                return flag.finding.kind();
            }
        }
        return null;
    }

    private boolean holds(FlagKind kind) {
        Detector stands = detector(kind);
        return stands != null && stands.holds();
    }

    private @Nullable Detector detector(FlagKind kind) {
        for (Detector detector : ofJob) {
            if (detector.kind() == kind && detector.standing()) {
                return detector;
            }
        }
        for (Slot slot : slots.values()) {
            for (Detector detector : slot.detectors) {
                if (detector.kind() == kind && detector.standing()) {
                    return detector;
                }
            }
        }
        return memoryOfAll != null && memoryOfAll.kind() == kind && memoryOfAll.standing() ? memoryOfAll : null;
    }

    private boolean suspected(FlagKind kind) {
        for (Detector detector : ofJob) {
            if (detector.kind() == kind && (detector.standing() || detector.suspects())) {
                return true;
            }
        }
        for (Slot slot : slots.values()) {
            for (Detector detector : slot.detectors) {
                if (detector.kind() == kind && (detector.standing() || detector.suspects())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static final class Flag {
        private Finding finding;
        /** Seconds in which it was seen to hold since it was warned of. */
        private double heldFor;

        private String reason = "";

        private Flag(Finding finding) {
            this.finding = finding;
        }
    }

    private final class Slot {
        private final SlotTrack track;
        private final List<Detector> detectors = new ArrayList<>(8);
        /** Bits of the things that may leak and are watched; the last one stands for traffic. */
        private int watched;

        private @Nullable Reading latest;
        private double memoryLimit;

        private Slot(JobFacts ofSlot) {
            track = new SlotTrack(settings.gap(), ofSlot.intervalSeconds());
            detectors.add(new ProcessStorm(settings.processStorm()));
            detectors.add(new IoStorm(settings.ioStorm()));
            detectors.add(new MemoryNearLimit(settings.memoryNearLimit()));
        }

        /** Many sites measure no traffic, no disk: what is never seen needs nobody who watches it. */
        private void watch(Reading reading) {
            for (Leaking what : LEAKING) {
                if ((watched & 1 << what.ordinal()) == 0 && !Double.isNaN(what.value(reading))) {
                    watched |= 1 << what.ordinal();
                    detectors.add(new LeakDetector(what, settings));
                }
            }
            if ((watched & TRAFFIC) == 0 && !(Double.isNaN(reading.network()) && Double.isNaN(reading.packets))) {
                watched |= TRAFFIC;
                detectors.add(new NetworkFlood(settings.networkFlood()));
            }
        }
    }
}
