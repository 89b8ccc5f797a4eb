package org.slotwarden.portal.flag;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobFlags;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SamplesStored;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the live jobs' cases and turns what the judge says into flags. One thread at a time: {@link FlagJudge}'s.
 *
 * <p>A job that is not in memory, because it is new or the portal was started since, is followed from its last stored
 * samples first, and from all of the last hours as soon as anything is seen of it that may come to be a flag, as fast
 * as the {@link HistoryBudget} has it: the others are to be judged in time meanwhile. What is said of stored samples raises nothing, so that nothing is raised twice; what still stands at the
 * first sample after them is raised with it.
 */
@Component
class Judgement {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);
    private static final Duration ASK_AGAIN_WHEN_INCOMPLETE = Duration.ofMinutes(1);

    private final FlagProperties properties;
    private final QueueSettings settings;
    private final Duration updateEvery;
    private final HistoryBudget budget = new HistoryBudget();
    private final JobQueries jobs;
    private final JobRequests requests;
    private final JobFlags jobFlags;
    private final JobHistory history;
    private final JobArrays arrays;
    private final FlagStore store;
    private final RuleFlags ruleFlags;
    private final HeldBackSamples heldBack;
    private final EvidenceRequests evidence;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<Long, Case> cases;

    Judgement(
            FlagProperties properties,
            QueueSettings settings,
            JobQueries jobs,
            JobRequests requests,
            JobFlags jobFlags,
            JobHistory history,
            JobArrays arrays,
            FlagStore store,
            RuleFlags ruleFlags,
            HeldBackSamples heldBack,
            EvidenceRequests evidence,
            TransactionTemplate transaction,
            Clock clock) {
        this.properties = properties;
        this.settings = settings;
        this.updateEvery = properties.updateEveryInEffect();
        this.jobs = jobs;
        this.requests = requests;
        this.jobFlags = jobFlags;
        this.history = history;
        this.arrays = arrays;
        this.store = store;
        this.ruleFlags = ruleFlags;
        this.heldBack = heldBack;
        this.evidence = evidence;
        this.transaction = transaction;
        this.clock = clock;
        this.cases = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Case> eldest) {
                boolean tooMany = size() > properties.maxJobs();
                if (tooMany) {
                    arrays.leave(eldest.getValue().track.request());
                }
                return tooMany;
            }
        };
    }

    /** A job in memory: what the judge knows of it, and its flags that stand in the database. */
    private static final class Case {
        private final Map<FlagKind, FlagStore.Standing> flags;
        /** Of site rules, by version. */
        private Map<Long, FlagStore.Standing> ofRules;

        private JobTrack track;
        private Instant askedAt;
        /** Whether all of the last hours has been judged. */
        private boolean whole;

        Case(
                JobTrack track,
                Map<FlagKind, FlagStore.Standing> flags,
                Map<Long, FlagStore.Standing> ofRules,
                Instant askedAt) {
            this.track = track;
            this.flags = flags;
            this.ofRules = ofRules;
            this.askedAt = askedAt;
        }

        /** What raises or clears a flag is never judged on a part of the job's life. */
        boolean needsHistory(HistoryBudget budget) {
            return !whole
                    && (!flags.isEmpty()
                            || !ofRules.isEmpty()
                            || !track.standing().isEmpty()
                            || !track.ruled().isEmpty()
                            || ((track.undecided() || track.lacksPeers()) && budget.allows()));
        }
    }

    /** Kinds of all flags that stand, for lists of jobs. */
    private static Set<String> shown(Set<FlagKind> flags, Map<Long, FlagStore.Standing> ofRules) {
        Set<String> kinds = flags.stream().map(FlagKind::kindName).collect(Collectors.toCollection(HashSet::new));
        if (!ofRules.isEmpty()) {
            kinds.add(FlagKind.SITE_RULE.kindName());
        }
        return kinds;
    }

    /**
     * Samples that were held back are passed over, here and when a job is followed from what is stored: which of them
     * came, and when, would else decide on flags.
     */
    void judge(SamplesStored all) {
        prepare(List.of(all));
        SamplesStored stored = regular(all);
        Case current = cases.get(stored.jobId());
        if (current == null) {
            return;
        }
        Instant now = clock.instant();
        Instant late = now.minus(properties.lateAfter());
        current.track.rules(ruleFlags.rules());
        for (JobSample sample : stored.samples()) {
            if (current.needsHistory(budget)) {
                followWhole(current, stored.slotId(), sample, now);
            }
            boolean judged = history.feed(current.track, stored.slotId(), sample);
            if (judged && current.needsHistory(budget)) {
                followWhole(current, stored.slotId(), sample, now);
                history.feed(current.track, stored.slotId(), sample);
            }
            if (judged && !sample.time().isBefore(late)) {
                settle(stored.jobId(), current, sample.time());
            }
        }
    }

    private static SamplesStored regular(SamplesStored all) {
        return all.samples().stream().noneMatch(JobSample::heldBack)
                ? all
                : new SamplesStored(
                        all.jobId(),
                        all.slotId(),
                        all.samples().stream()
                                .filter(sample -> !sample.heldBack())
                                .toList());
    }

    /**
     * Reads what is needed to judge these samples, of all of them together: after a start of the portal all that it is
     * told of is new to it.
     */
    void prepare(Collection<SamplesStored> some) {
        Instant now = clock.instant();
        Instant late = now.minus(properties.lateAfter());
        Map<Long, Instant> unknown = new LinkedHashMap<>();
        Set<Long> due = new HashSet<>();
        for (SamplesStored all : some) {
            SamplesStored stored = regular(all);
            if (stored.samples().isEmpty()) {
                continue;
            }
            Case known = cases.get(stored.jobId());
            if (known != null) {
                if (isDue(stored, known, now)) {
                    due.add(stored.jobId());
                }
            } else if (!stored.samples().getLast().time().isBefore(late)) {
                // Later ones decide nothing; when one comes that does, they are read again with all others.
                unknown.putIfAbsent(stored.jobId(), stored.samples().getFirst().time());
            }
        }
        if (unknown.isEmpty() && due.isEmpty()) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            if (!due.isEmpty()) {
                askAgain(due, now);
            }
            if (!unknown.isEmpty()) {
                open(unknown, now);
            }
        });
    }

    /** @param first sample that is to be judged, by job */
    private void open(Map<Long, Instant> first, Instant now) {
        Map<Long, JobRequest> known = requests.ofLive(first.keySet());
        Map<Long, Map<FlagKind, FlagStore.Standing>> standing = store.standing(known.keySet());
        Map<Long, Map<Long, FlagStore.Standing>> ofRules = ruleFlags.standing(known.keySet());
        Instant late = now.minus(properties.lateAfter());
        Instant since = first.values().stream()
                .min(Comparator.naturalOrder())
                .filter(late::isBefore)
                .orElse(late)
                .minus(Duration.ofMillis(Math.round(settings.longestGap() * 1e3)));
        Map<Long, Case> opened = new LinkedHashMap<>();
        known.forEach((job, request) -> {
            boolean young = request.slots().size() == 1
                    && request.startedAt() != null
                    && !request.startedAt().isBefore(since);
            Map<FlagKind, FlagStore.Standing> flags = standing.getOrDefault(job, new EnumMap<>(FlagKind.class));
            Map<Long, FlagStore.Standing> byRules = ofRules.getOrDefault(job, new HashMap<>());
            opened.put(
                    job,
                    young ? young(request, flags, byRules, now) : new Case(newTrack(request), flags, byRules, now));
        });
        Map<Long, JobTrack> tracks = new LinkedHashMap<>();
        opened.forEach((job, one) -> tracks.put(job, one.track));
        history.feedLatest(tracks, first, since);
        cases.putAll(opened);
    }

    /** Of a job that has just begun all that there is is read at once. */
    private Case young(
            JobRequest request,
            Map<FlagKind, FlagStore.Standing> flags,
            Map<Long, FlagStore.Standing> ofRules,
            Instant now) {
        if (arrays.lacksHistory(request) && budget.allows()) {
            long began = System.nanoTime();
            arrays.readPeers(settings.of(request.queue()), request, now.minus(properties.history()), now);
            budget.spend(System.nanoTime() - began);
        }
        Case young = new Case(comparedTrack(request), flags, ofRules, now);
        young.whole = true;
        return young;
    }

    /** Begins anew, and feeds what was stored before this sample. */
    private void followWhole(Case current, long slotId, JobSample next, Instant now) {
        long began = System.nanoTime();
        JobRequest request = current.track.request();
        Instant since = now.minus(properties.history());
        if (current.flags.containsKey(FlagKind.OUTLIER) || budget.allows()) {
            arrays.readPeers(settings.of(request.queue()), request, since, now);
        }
        JobTrack track = comparedTrack(request);
        history.feedWhole(track, current.track, slotId, next, since);
        current.track = track;
        current.whole = true;
        budget.spend(System.nanoTime() - began);
    }

    private static boolean isDue(SamplesStored stored, Case current, Instant now) {
        JobRequest request = current.track.request();
        boolean incomplete = request.incomplete() || !request.slots().containsKey(stored.slotId());
        Duration age = Duration.between(current.askedAt, now);
        return age.compareTo(incomplete ? ASK_AGAIN_WHEN_INCOMPLETE : ASK_AGAIN) >= 0;
    }

    private void askAgain(Set<Long> due, Instant now) {
        Map<Long, JobRequest> known = requests.ofLive(due);
        due.forEach(job -> {
            Case current = Objects.requireNonNull(cases.get(job));
            current.askedAt = now;
            JobRequest request = known.get(job);
            if (request == null) {
                return;
            }
            if (settings.of(request.queue())
                    == settings.of(current.track.request().queue())) {
                current.track.request(request);
                current.whole &= !current.track.lacksPeers();
            } else {
                arrays.leave(current.track.request());
                current.track = newTrack(request);
                current.whole = false;
            }
        });
    }

    private JobTrack newTrack(JobRequest request) {
        JobTrack track = new JobTrack(settings.of(request.queue()), request);
        track.rules(ruleFlags.rules());
        return track;
    }

    /** Of a job of which all is known: a part of its life would be taken for the whole by its peers. */
    private JobTrack comparedTrack(JobRequest request) {
        JobTrack track = new JobTrack(settings.of(request.queue()), request, arrays.of(request));
        track.rules(ruleFlags.rules());
        return track;
    }

    /** Makes the flags in the database what the judge says. */
    private void settle(long jobId, Case current, Instant at) {
        Set<FlagKind> standing = current.track.standing();
        List<RuleCase.Standing> ruled = current.track.ruled();
        if (!standing.equals(current.flags.keySet()) || RuleFlags.changes(current.ofRules, ruled)) {
            transaction.executeWithoutResult(status -> raiseAndClear(jobId, current, at));
        }
        for (FlagKind kind : standing) {
            FlagStore.Standing flag = Objects.requireNonNull(current.flags.get(kind));
            Severity severity = graver(flag.severity(), current.track.severity(kind));
            if (severity != flag.severity() || !at.isBefore(flag.writtenAt().plus(updateEvery))) {
                FlagStore.Verdict verdict = verdict(current, kind, severity, at);
                if (severity == Severity.KILL && flag.severity() != Severity.KILL) {
                    transaction.executeWithoutResult(status -> {
                        store.renew(flag.id(), verdict);
                        evidence.ask(jobId, verdict.slotId(), flag.id(), kind.kindName(), true);
                    });
                } else {
                    store.renew(flag.id(), verdict);
                }
                current.flags.put(kind, new FlagStore.Standing(flag.id(), severity, at));
            }
        }
        ruleFlags.renew(current.ofRules, ruled, at, updateEvery);
    }

    private void raiseAndClear(long jobId, Case current, Instant at) {
        Set<FlagKind> standing = current.track.standing();
        record Raised(FlagKind kind, FlagStore.Verdict verdict) {}
        Map<Long, Raised> raised = new LinkedHashMap<>();
        for (FlagKind kind : FlagKind.values()) {
            FlagStore.Standing flag = current.flags.get(kind);
            if (standing.contains(kind) && flag == null) {
                FlagStore.Verdict verdict = verdict(current, kind, current.track.severity(kind), at);
                FlagStore.Standing stands = store.raise(jobId, kind, verdict, at);
                current.flags.put(kind, stands);
                raised.put(stands.id(), new Raised(kind, verdict));
            } else if (!standing.contains(kind) && flag != null) {
                store.clear(flag.id(), at);
                current.flags.remove(kind);
            }
        }
        ruleFlags.raiseAndClear(jobId, current.ofRules, current.track.ruled(), at, clock.instant());
        jobFlags.show(jobId, shown(current.flags.keySet(), current.ofRules));
        // Last: the job's row is locked by now, as everybody locks it before its slots.
        raised.forEach((flagId, flag) -> {
            FlagStore.Verdict verdict = flag.verdict();
            heldBack.askForFlag(jobId, verdict.slotId(), flagId);
            if (verdict.severity() != Severity.INFO) {
                evidence.ask(jobId, verdict.slotId(), flagId, flag.kind().kindName(), false);
            }
        });
    }

    private static FlagStore.Verdict verdict(Case current, FlagKind kind, Severity severity, Instant at) {
        Finding finding = current.track.finding(kind);
        return new FlagStore.Verdict(current.track.slot(kind), severity, finding.sentence(), Evidence.of(finding, at));
    }

    private static Severity graver(Severity one, Severity other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    void end(long jobId, Instant at) {
        Case known = drop(jobId);
        boolean flagged = known == null ? store.anyStands(jobId) : !known.flags.isEmpty() || !known.ofRules.isEmpty();
        if (!flagged) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            store.end(jobId, at);
            jobFlags.show(jobId, Set.of());
        });
    }

    void endIfEnded(long jobId, Instant now) {
        jobs.find(jobId)
                .filter(job -> !job.summary().state().live())
                .ifPresent(job -> end(
                        jobId,
                        job.summary().endedAt() == null ? now : job.summary().endedAt()));
    }

    Set<Long> jobsOfRulesNotLive() {
        return ruleFlags.jobsOfOthers();
    }

    /** Takes back what rules said that are not live any more. */
    void dropRules(long jobId, Instant now) {
        Case known = cases.get(jobId);
        transaction.executeWithoutResult(status -> {
            Map<Long, FlagStore.Standing> left = ruleFlags.dropOthers(jobId, now);
            Set<FlagKind> others = store.standing(Set.of(jobId))
                    .getOrDefault(jobId, new EnumMap<>(FlagKind.class))
                    .keySet();
            jobFlags.show(jobId, shown(others, left));
            if (known != null) {
                known.ofRules = left;
            }
        });
    }

    /** What happens next to this job is judged from its stored samples. */
    void forget(long jobId) {
        drop(jobId);
    }

    private @Nullable Case drop(long jobId) {
        Case known = cases.remove(jobId);
        if (known != null) {
            arrays.leave(known.track.request());
        }
        return known;
    }

    List<Long> jobsWithStandingFlags() {
        return store.jobsWithStandingFlags();
    }
}
