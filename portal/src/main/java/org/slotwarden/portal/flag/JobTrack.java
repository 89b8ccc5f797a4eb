package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobCase;
import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;

/** Follows one job: tells the judge in its own words what the job asked for, and what its samples say. */
final class JobTrack {

    private final JobCase job;
    /** Most jobs have one. */
    private final List<SlotObservations> slots = new ArrayList<>(1);

    private final boolean compared;
    private JobRequest request;
    private @Nullable RuleCase byRules;

    /**
     * @param settings with durations as they are in effect
     */
    JobTrack(JudgeSettings settings, JobRequest request) {
        this(settings, request, null);
    }

    /**
     * @param array what the job is compared with; from now on, the others are compared with it, too
     */
    JobTrack(JudgeSettings settings, JobRequest request, @Nullable ArrayCase array) {
        this.request = request;
        JobRequest.Member member = request.member();
        this.compared = array != null && member != null;
        this.job = new JobCase(settings, ofJob(request), compared ? array : null, member == null ? 0 : member.index());
        job.baseline(request.usual());
    }

    /** Rules of the site that judge the job from now on. */
    void rules(RuleSet rules) {
        if (byRules != null) {
            byRules.rules(rules);
        } else if (!rules.isEmpty()) {
            byRules = new RuleCase(rules, request.names());
            job.follower(byRules);
        }
    }

    /** A flag of a rule, by its version, stands already: it was raised before what is fed. */
    void resume(long version, FlagStore.Standing flag) {
        if (byRules != null) {
            byRules.resume(version, SlotObservations.seconds(flag.since()), SlotObservations.seconds(flag.raisedAt()));
        }
    }

    /** Rules whose flags stand. */
    List<RuleCase.Standing> ruled() {
        return byRules == null ? List.of() : byRules.standing();
    }

    void request(JobRequest known) {
        this.request = known;
        if (byRules != null) {
            byRules.names(known.names());
        }
        job.facts(ofJob(known));
        job.baseline(known.usual());
        if (!known.slots().isEmpty()) {
            slots.removeIf(slot -> {
                boolean ended = !known.slots().containsKey(slot.slotId());
                if (ended) {
                    job.end(slot.slotId());
                }
                return ended;
            });
        }
    }

    JobRequest request() {
        return request;
    }

    /** Whether what was before may matter. */
    boolean undecided() {
        return job.undecided() || (byRules != null && byRules.undecided());
    }

    /** Whether there is an array that it should be compared with, and is not. */
    boolean lacksPeers() {
        return request.member() != null && !compared;
    }

    /** Time of the last sample of a slot that was judged; null: none was. */
    @Nullable
    Instant fedTo(long slotId) {
        double seconds = job.judgedTo(slotId);
        return Double.isNaN(seconds) ? null : Instant.ofEpochMilli(Math.round(seconds * 1e3));
    }

    /**
     * Judges one sample.
     *
     * @return false when it was passed over: not later than the slot's sample before
     */
    boolean feed(long slotId, JobSample sample) {
        return feed(slotId, sample, Double.NaN);
    }

    /**
     * As {@link #feed(long, JobSample)}.
     *
     * @param nodeBusy share of the node's cores; NaN: not known
     */
    boolean feed(long slotId, JobSample sample, double nodeBusy) {
        double before = job.judgedTo(slotId);
        SlotObservations slot = observations(slotId);
        Observation observation = slot.of(sample).with(Quantity.NODE_BUSY, nodeBusy);
        job.feed(slotId, ofSlot(slotId, slot.memoryLimit()), observation);
        return Double.isNaN(before) || job.judgedTo(slotId) > before;
    }

    private SlotObservations observations(long slotId) {
        for (SlotObservations slot : slots) {
            if (slot.slotId() == slotId) {
                return slot;
            }
        }
        SlotObservations slot = new SlotObservations(slotId);
        slots.add(slot);
        return slot;
    }

    Set<FlagKind> standing() {
        return job.standing();
    }

    /** Of a flag that stands. */
    Severity severity(FlagKind kind) {
        return job.severity(kind);
    }

    /** Of a flag that stands, as of the last sample. */
    Finding finding(FlagKind kind) {
        return job.finding(kind);
    }

    /** The slot that a flag is about; null: the whole job. */
    @Nullable
    Long slot(FlagKind kind) {
        return job.slot(kind);
    }

    private static JobFacts ofJob(JobRequest request) {
        JobFacts facts = common(request)
                .withCores(number(request.cores()))
                .withSlots(request.nodeCount() == null ? request.slots().size() : request.nodeCount());
        boolean ofSlots =
                request.slots().values().stream().anyMatch(slot -> slot.memoryBytes() != null) || facts.slots() == 1;
        return facts.withMemory(ofSlots ? Double.NaN : number(request.memoryBytes()));
    }

    /**
     * Whether a verdict on this sample may depend on how busy the node is: who suffers with a flagged job, and where
     * nothing tells that a thread waits for a core, whether it could have had one.
     */
    boolean asksForNode(JobSample sample) {
        return !job.standing().isEmpty() || (sample.level(Metric.RUN_QUEUE_WAIT_SECONDS) == null && undecided());
    }

    /**
     * A slot's own limit counts where it is known; of the only one it is the job's. The kernel's counts, too: whichever
     * comes first.
     */
    private JobFacts ofSlot(long slotId, double kernelsLimit) {
        JobRequest.Slot slot = request.slots().get(slotId);
        Long own = slot == null ? null : slot.memoryBytes();
        boolean only = request.slots().size() <= 1 && (request.nodeCount() == null || request.nodeCount() <= 1);
        double asked = number(own == null && only ? request.memoryBytes() : own);
        JobRequest.Place place = slot == null ? null : slot.place();
        return common(request)
                .withCores(cores(slot, only))
                .withMemory(lesser(asked, kernelsLimit))
                .withLink(number(place == null ? null : place.linkBytesPerSecond()));
    }

    /** Of several nodes that do not say what each was given, the same share. */
    private double cores(JobRequest.@Nullable Slot slot, boolean only) {
        if (slot != null && slot.cores() != null) {
            return slot.cores();
        }
        int nodes = Math.max(request.slots().size(), request.nodeCount() == null ? 1 : request.nodeCount());
        return number(request.cores()) / (only ? 1 : nodes);
    }

    private static JobFacts common(JobRequest request) {
        Instant started = request.startedAt();
        return JobFacts.UNKNOWN
                .withWalltime(number(request.wallTimeSeconds()))
                .withInterval(number(request.sampleIntervalSeconds()))
                .withStart(started == null ? Double.NaN : SlotObservations.seconds(started));
    }

    private static double lesser(double a, double b) {
        return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
    }

    private static double number(@Nullable Number number) {
        return number == null ? Double.NaN : number.doubleValue();
    }
}
