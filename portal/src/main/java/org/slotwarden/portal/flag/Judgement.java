package org.slotwarden.portal.flag;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SamplesStored;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the live jobs' cases and has what the judge says turned into flags. One thread at a time: {@link FlagJudge}'s.
 *
 * <p>What is said of stored samples raises nothing, so that nothing is raised twice; what still stands at the first
 * sample after them is raised with it.
 */
@Component
class Judgement {

    private final FlagProperties properties;
    private final CaseOpening opening;
    private final FlagSettling settling;
    private final RuleFlags ruleFlags;
    private final JobHistory history;
    private final FlagStore store;
    private final JobQueries jobs;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<Long, LiveCase> cases;

    Judgement(
            FlagProperties properties,
            CaseOpening opening,
            FlagSettling settling,
            RuleFlags ruleFlags,
            JobHistory history,
            FlagStore store,
            JobQueries jobs,
            TransactionTemplate transaction,
            Clock clock) {
        this.properties = properties;
        this.opening = opening;
        this.settling = settling;
        this.ruleFlags = ruleFlags;
        this.history = history;
        this.store = store;
        this.jobs = jobs;
        this.transaction = transaction;
        this.clock = clock;
        this.cases = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, LiveCase> eldest) {
                boolean tooMany = size() > properties.maxJobs();
                if (tooMany) {
                    opening.leave(eldest.getValue());
                }
                return tooMany;
            }
        };
    }

    /**
     * Samples that were held back are passed over, here and when a job is followed from what is stored: which of them
     * came, and when, would else decide on flags.
     */
    void judge(SamplesStored all) {
        prepare(List.of(all));
        SamplesStored stored = regular(all);
        LiveCase current = cases.get(stored.jobId());
        if (current == null) {
            return;
        }
        Instant now = clock.instant();
        Instant late = now.minus(properties.lateAfter());
        current.track().rules(ruleFlags.rules());
        for (JobSample sample : stored.samples()) {
            if (opening.needsHistory(current)) {
                opening.followWhole(current, stored.slotId(), sample, now);
            }
            boolean judged = history.feed(current.track(), stored.slotId(), sample);
            if (judged && opening.needsHistory(current)) {
                opening.followWhole(current, stored.slotId(), sample, now);
                history.feed(current.track(), stored.slotId(), sample);
            }
            if (judged && !sample.time().isBefore(late)) {
                settling.settle(stored.jobId(), current, sample.time());
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
        Map<Long, LiveCase> due = new LinkedHashMap<>();
        for (SamplesStored all : some) {
            SamplesStored stored = regular(all);
            if (stored.samples().isEmpty()) {
                continue;
            }
            LiveCase known = cases.get(stored.jobId());
            if (known != null) {
                if (opening.isDue(known, stored.slotId(), now)) {
                    due.put(stored.jobId(), known);
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
                opening.askAgain(due, now);
            }
            if (!unknown.isEmpty()) {
                cases.putAll(opening.open(unknown, now));
            }
        });
    }

    void end(long jobId, Instant at) {
        LiveCase known = drop(jobId);
        if (known == null ? store.anyStands(jobId) : !known.flags().isEmpty()) {
            settling.end(jobId, at);
        }
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
        settling.dropRules(jobId, cases.get(jobId), now);
    }

    /** What happens next to this job is judged from its stored samples. */
    void forget(long jobId) {
        drop(jobId);
    }

    private @Nullable LiveCase drop(long jobId) {
        LiveCase known = cases.remove(jobId);
        if (known != null) {
            opening.leave(known);
        }
        return known;
    }

    List<Long> jobsWithStandingFlags() {
        return store.jobsWithStandingFlags();
    }
}
