package org.slotwarden.portal.flag;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobFlags;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the live jobs' detectors and turns their verdicts into flags. One thread at a time: {@link FlagJudge}'s.
 *
 * <p>A job that is not in memory, because it is new or the portal was started since, is followed from its stored
 * samples first. What a detector says of those raises nothing, so that nothing is raised twice; what still stands at
 * the first sample after them is raised with it.
 */
@Component
class Judgement {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);
    private static final Duration ASK_AGAIN_WHEN_INCOMPLETE = Duration.ofMinutes(1);

    private final FlagProperties settings;
    private final JobQueries jobs;
    private final JobFlags jobFlags;
    private final SeriesQueries series;
    private final FlagStore store;
    private final HeldBackSamples heldBack;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Map<Long, Case> cases;

    Judgement(
            FlagProperties settings,
            JobQueries jobs,
            JobFlags jobFlags,
            SeriesQueries series,
            FlagStore store,
            HeldBackSamples heldBack,
            TransactionTemplate transaction,
            Clock clock) {
        this.settings = settings.scaled();
        this.jobs = jobs;
        this.jobFlags = jobFlags;
        this.series = series;
        this.store = store;
        this.heldBack = heldBack;
        this.transaction = transaction;
        this.clock = clock;
        this.cases = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Case> eldest) {
                return size() > settings.maxJobs();
            }
        };
    }

    /** A job in memory: its detectors, and its flags that stand in the database. */
    private static final class Case {
        private final JobTrack track;
        private final Map<FlagKind, FlagStore.Standing> flags;
        private Instant askedAt;

        Case(JobTrack track, Map<FlagKind, FlagStore.Standing> flags, Instant askedAt) {
            this.track = track;
            this.flags = flags;
            this.askedAt = askedAt;
        }
    }

    /**
     * Samples that were held back are passed over, here and when a job is followed from what is stored: which of them
     * came, and when, would else decide on flags.
     */
    void judge(SamplesStored all) {
        SamplesStored stored = new SamplesStored(
                all.jobId(),
                all.slotId(),
                all.samples().stream().filter(sample -> !sample.heldBack()).toList());
        if (stored.samples().isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Instant late = now.minus(settings.lateAfter());
        Case known = cases.get(stored.jobId());
        if (known == null && stored.samples().getLast().time().isBefore(late)) {
            // They decide nothing; when one comes that does, they are read again with all others.
            return;
        }
        Case current = known != null ? known : transaction.execute(status -> open(stored, now));
        if (current == null) {
            return;
        }
        cases.put(stored.jobId(), current);
        askAgain(stored, current, now);
        for (JobSample sample : stored.samples()) {
            if (current.track.feed(stored.slotId(), sample) && !sample.time().isBefore(late)) {
                settle(stored.jobId(), current, sample.time());
            }
        }
    }

    private @Nullable Case open(SamplesStored stored, Instant now) {
        Optional<JobDetails> job = jobs.find(stored.jobId());
        if (job.isEmpty()
                || stored.samples().isEmpty()
                || !job.get().summary().state().live()) {
            return null;
        }
        Case opened = new Case(new JobTrack(settings, JobRequest.of(job.get())), store.standing(stored.jobId()), now);
        follow(opened.track, job.get(), stored, now);
        return opened;
    }

    private record SlotSample(long slotId, JobSample sample) {}

    /** Feeds what was stored before the samples that are to be judged now. */
    private void follow(JobTrack track, JobDetails job, SamplesStored upTo, Instant now) {
        Instant first = upTo.samples().getFirst().time();
        List<SlotSample> before = new ArrayList<>();
        for (JobDetails.SlotSummary slot : job.slots()) {
            if (slot.endedAt() == null) {
                for (JobSample sample : series.since(slot.id(), now.minus(settings.history()))) {
                    if (sample.time().isBefore(first) && !sample.heldBack()) {
                        before.add(new SlotSample(slot.id(), sample));
                    }
                }
            }
        }
        before.sort(Comparator.comparing(entry -> entry.sample().time()));
        for (SlotSample entry : before) {
            track.feed(entry.slotId(), entry.sample());
        }
    }

    private void askAgain(SamplesStored stored, Case current, Instant now) {
        JobRequest request = current.track.request();
        boolean incomplete = request.incomplete() || !request.slots().containsKey(stored.slotId());
        Duration age = Duration.between(current.askedAt, now);
        if (age.compareTo(incomplete ? ASK_AGAIN_WHEN_INCOMPLETE : ASK_AGAIN) >= 0) {
            current.askedAt = now;
            jobs.find(stored.jobId()).ifPresent(job -> current.track.request(JobRequest.of(job)));
        }
    }

    /** Makes the flags in the database what the detectors say. */
    private void settle(long jobId, Case current, Instant at) {
        boolean changed = false;
        for (Detector detector : current.track.detectors()) {
            FlagStore.Standing flag = current.flags.get(detector.kind());
            if (detector.standing() != (flag != null)) {
                changed = true;
            } else if (flag != null && !at.isBefore(flag.writtenAt().plus(settings.updateEvery()))) {
                store.renew(flag.id(), detector.finding());
                current.flags.put(detector.kind(), new FlagStore.Standing(flag.id(), at));
            }
        }
        if (changed) {
            transaction.executeWithoutResult(status -> raiseAndClear(jobId, current, at));
        }
    }

    private void raiseAndClear(long jobId, Case current, Instant at) {
        Map<Long, Finding> raised = new LinkedHashMap<>();
        for (Detector detector : current.track.detectors()) {
            FlagStore.Standing flag = current.flags.get(detector.kind());
            if (detector.standing() && flag == null) {
                Finding finding = detector.finding();
                FlagStore.Standing standing = store.raise(jobId, detector.kind(), finding, at);
                current.flags.put(detector.kind(), standing);
                raised.put(standing.id(), finding);
            } else if (!detector.standing() && flag != null) {
                store.clear(flag.id(), at);
                current.flags.remove(detector.kind());
            }
        }
        jobFlags.show(
                jobId, current.flags.keySet().stream().map(FlagKind::kindName).collect(Collectors.toSet()));
        // Last: the job's row is locked by now, as everybody locks it before its slots.
        raised.forEach((flagId, finding) -> heldBack.askForFlag(jobId, finding.slotId(), flagId));
    }

    void end(long jobId, Instant at) {
        Case known = cases.remove(jobId);
        if (known != null && known.flags.isEmpty()) {
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

    /** What happens next to this job is judged from its stored samples. */
    void forget(long jobId) {
        cases.remove(jobId);
    }

    List<Long> jobsWithStandingFlags() {
        return store.jobsWithStandingFlags();
    }
}
