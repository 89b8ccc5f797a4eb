package org.slotwarden.portal.flag;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.stereotype.Component;

/**
 * Feeds jobs what is stored of them, as if they had been followed all the time. Samples that were held back are passed
 * over: which of them came, and when, would else decide on flags.
 */
@Component
class JobHistory {

    private static final int SLOTS_AT_ONCE = 500;

    private final SeriesQueries series;
    private final NodeLoads loads;

    JobHistory(SeriesQueries series, NodeLoads loads) {
        this.series = series;
        this.loads = loads;
    }

    /**
     * Feeds many jobs what was sampled lately.
     *
     * @param tracks by job
     * @param next the sample of each job that is judged next: only what was before it is fed
     */
    void feedLatest(Map<Long, JobTrack> tracks, Map<Long, Instant> next, Instant since) {
        Map<Long, Long> jobOf = new HashMap<>();
        tracks.forEach((job, track) -> track.request().slots().keySet().forEach(slot -> jobOf.put(slot, job)));
        List<Long> slots = List.copyOf(jobOf.keySet());
        for (int from = 0; from < slots.size(); from += SLOTS_AT_ONCE) {
            series.since(slots.subList(from, Math.min(slots.size(), from + SLOTS_AT_ONCE)), since, (slot, sample) -> {
                Long job = Objects.requireNonNull(jobOf.get(slot));
                if (!sample.heldBack() && sample.time().isBefore(Objects.requireNonNull(next.get(job)))) {
                    Objects.requireNonNull(tracks.get(job)).feed(slot, sample);
                }
            });
        }
    }

    private record SlotSample(long slotId, JobSample sample) {}

    /**
     * Feeds a track that is new all that was stored of the job before a sample.
     *
     * @param before the track that it takes the place of: what that one knows of other slots is fed, too
     * @param slotId slot of the next sample
     */
    void feedWhole(JobTrack track, JobTrack before, long slotId, JobSample next, Instant since) {
        feedWhole(track, since, next.time(), (slot, sample) -> {
            Instant fedTo = slot == slotId ? null : before.fedTo(slot);
            return sample.time().isBefore(next.time())
                    || (fedTo != null && !sample.time().isAfter(fedTo));
        });
    }

    /** Feeds a track that is new all that is stored of the job. */
    void feedAll(JobTrack track, Instant since, Instant now) {
        feedWhole(track, since, now, (slot, sample) -> true);
    }

    private void feedWhole(JobTrack track, Instant since, Instant to, BiPredicate<Long, JobSample> known) {
        List<SlotSample> stored = new ArrayList<>();
        for (long slot : track.request().slots().keySet()) {
            for (JobSample sample : series.since(slot, since)) {
                if (!sample.heldBack() && known.test(slot, sample)) {
                    stored.add(new SlotSample(slot, sample));
                }
            }
        }
        stored.sort(Comparator.comparing(entry -> entry.sample().time()));
        Map<Long, NodeLoads.Load> load = new HashMap<>();
        for (SlotSample entry : stored) {
            double busy = track.asksForNode(entry.sample())
                    ? load.computeIfAbsent(
                                    entry.slotId(),
                                    slot -> loads.of(track.request().slots().get(slot), since, to))
                            .at(entry.sample().time())
                    : Double.NaN;
            track.feed(entry.slotId(), entry.sample(), busy);
        }
    }

    /** Feeds one sample, with what else is known of that moment. */
    boolean feed(JobTrack track, long slotId, JobSample sample) {
        double busy = track.asksForNode(sample)
                ? loads.of(track.request().slots().get(slotId), sample.time(), sample.time())
                        .at(sample.time())
                : Double.NaN;
        return track.feed(slotId, sample, busy);
    }
}
