package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.series.JobSample;
import org.springframework.stereotype.Component;

/**
 * Opens the cases of jobs from what is stored of them. A job that is not in memory, because it is new or the portal was
 * started since, is followed from its last stored samples first, and from all of the last hours as soon as anything is
 * seen of it that may come to be a flag, as fast as the {@link HistoryBudget} has it: the others are to be judged in time
 * meanwhile. For one thread at a time.
 */
@Component
class CaseOpening {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);
    private static final Duration ASK_AGAIN_WHEN_INCOMPLETE = Duration.ofMinutes(1);

    /** A flag that stands may have begun before the last hours; so far back is looked for its cause. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private final FlagProperties properties;
    private final QueueSettings settings;
    private final JobRequests requests;
    private final JobHistory history;
    private final JobArrays arrays;
    private final FlagStore store;
    private final RuleFlags ruleFlags;
    private final HistoryBudget budget = new HistoryBudget();

    CaseOpening(
            FlagProperties properties,
            QueueSettings settings,
            JobRequests requests,
            JobHistory history,
            JobArrays arrays,
            FlagStore store,
            RuleFlags ruleFlags) {
        this.properties = properties;
        this.settings = settings;
        this.requests = requests;
        this.history = history;
        this.arrays = arrays;
        this.store = store;
        this.ruleFlags = ruleFlags;
    }

    /**
     * Of those of these jobs that are live.
     *
     * @param first sample that is to be judged, by job
     * @return by job
     */
    Map<Long, LiveCase> open(Map<Long, Instant> first, Instant now) {
        Map<Long, JobRequest> known = requests.ofLive(first.keySet());
        Map<Long, Map<FlagKind, FlagStore.Standing>> byKind = store.standing(known.keySet());
        Map<Long, Map<Long, FlagStore.Standing>> byRule = store.standingByRule(known.keySet());
        Instant late = now.minus(properties.lateAfter());
        Instant since = first.values().stream()
                .min(Comparator.naturalOrder())
                .filter(late::isBefore)
                .orElse(late)
                .minus(Duration.ofMillis(Math.round(settings.longestGap() * 1e3)));
        Map<Long, LiveCase> opened = new LinkedHashMap<>();
        known.forEach((job, request) -> {
            boolean young = request.slots().size() == 1
                    && request.startedAt() != null
                    && !request.startedAt().isBefore(since);
            LiveCase.Flags none = LiveCase.Flags.none();
            LiveCase.Flags flags = new LiveCase.Flags(
                    byKind.getOrDefault(job, none.byKind()), byRule.getOrDefault(job, none.byRule()));
            opened.put(job, young ? young(request, flags, now) : new LiveCase(track(request, flags), flags, now));
        });
        Map<Long, JobTrack> tracks = new LinkedHashMap<>();
        opened.forEach((job, one) -> tracks.put(job, one.track()));
        history.feedLatest(tracks, first, since);
        return opened;
    }

    /** Of a job that has just begun all that there is is read at once. */
    private LiveCase young(JobRequest request, LiveCase.Flags flags, Instant now) {
        if (arrays.lacksHistory(request) && budget.allows()) {
            long began = System.nanoTime();
            arrays.readPeers(settings.of(request.queue()), request, now.minus(properties.history()), now);
            budget.spend(System.nanoTime() - began);
        }
        JobTrack track = comparedTrack(request, flags);
        LiveCase young = new LiveCase(track, flags, now);
        young.whole(track);
        return young;
    }

    /** Whether all of the last hours must be judged before anything is said of this job. */
    boolean needsHistory(LiveCase current) {
        return current.needsHistory(budget);
    }

    /**
     * Begins anew, and feeds what was stored before this sample: of the last hours, and where that does not explain a
     * flag that stands, of all the time since its cause began.
     */
    void followWhole(LiveCase current, long slotId, JobSample next, Instant now) {
        long began = System.nanoTime();
        JobRequest request = current.request();
        Instant since = now.minus(properties.history());
        if (current.flags().byKind().containsKey(FlagKind.OUTLIER) || budget.allows()) {
            arrays.readPeers(settings.of(request.queue()), request, since, now);
        }
        JobTrack track = wholeTrack(current, slotId, next, since);
        Optional<Instant> unexplained = begun(current.flags(), track.standing()).filter(since::isAfter);
        if (unexplained.isPresent()) {
            Instant before = unexplained.get().minus(properties.history());
            Instant earliest = now.minus(LONGEST);
            track = wholeTrack(current, slotId, next, before.isBefore(earliest) ? earliest : before);
        }
        current.whole(track);
        budget.spend(System.nanoTime() - began);
    }

    private JobTrack wholeTrack(LiveCase current, long slotId, JobSample next, Instant since) {
        JobTrack track = comparedTrack(current.request(), current.flags());
        history.feedWhole(track, current.track(), slotId, next, since);
        return track;
    }

    /** When the first of those began that stand in the database and not by what was read. */
    private static Optional<Instant> begun(LiveCase.Flags flags, Set<FlagKind> standing) {
        return flags.byKind().entrySet().stream()
                .filter(flag -> !standing.contains(flag.getKey()))
                .map(flag -> flag.getValue().since())
                .min(Comparator.naturalOrder());
    }

    /** Whether it is time to look up again what the job asked for. */
    boolean isDue(LiveCase current, long slotId, Instant now) {
        JobRequest request = current.request();
        boolean incomplete = request.incomplete() || !request.slots().containsKey(slotId);
        Duration age = Duration.between(current.askedAt(), now);
        return age.toMillis()
                >= properties.timeScale() * (incomplete ? ASK_AGAIN_WHEN_INCOMPLETE : ASK_AGAIN).toMillis();
    }

    /** Looks up again what jobs asked for. */
    void askAgain(Map<Long, LiveCase> due, Instant now) {
        Map<Long, JobRequest> known = requests.ofLive(due.keySet());
        due.forEach((job, current) -> {
            current.asked(now);
            JobRequest request = known.get(job);
            if (request == null) {
                return;
            }
            if (settings.of(request.queue()) != settings.of(current.request().queue())) {
                leave(current);
                current.part(track(request, current.flags()));
                return;
            }
            current.track().request(request);
            if (current.track().lacksPeers()) {
                current.part(current.track());
            }
        });
    }

    /** Nobody follows this job from now on. */
    void leave(LiveCase current) {
        arrays.leave(current.request());
    }

    private JobTrack track(JobRequest request, LiveCase.Flags flags) {
        return ruled(new JobTrack(settings.of(request.queue()), request), flags);
    }

    /** Of a job of which all is known: a part of its life would be taken for the whole by its peers. */
    private JobTrack comparedTrack(JobRequest request, LiveCase.Flags flags) {
        return ruled(new JobTrack(settings.of(request.queue()), request, arrays.of(request)), flags);
    }

    private JobTrack ruled(JobTrack track, LiveCase.Flags flags) {
        track.rules(ruleFlags.rules());
        flags.byRule().forEach(track::resume);
        return track;
    }
}
