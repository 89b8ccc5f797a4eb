package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
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

    /** Of a job of more, only what lies as rows is read, one after the other: a thousand nodes have a million samples. */
    private static final int SLOTS_IN_MEMORY = 16;

    /** Of the others so much lies in memory at once. */
    private static final Duration AT_ONCE = Duration.ofDays(1);

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
        Map<Long, NodeLoads.Load> load = new HashMap<>();
        inTurn(track.request().slots().keySet(), since, to, (slot, sample) -> {
            if (sample.heldBack() || !known.test(slot, sample)) {
                return;
            }
            double busy = track.asksForNode(sample)
                    ? load.computeIfAbsent(
                                    slot, id -> loads.of(track.request().slots().get(id), since, to))
                            .at(sample.time())
                    : Double.NaN;
            track.feed(slot, sample, busy);
        });
    }

    /** By time over all of these slots. */
    private void inTurn(Set<Long> slots, Instant since, Instant to, BiConsumer<Long, JobSample> reader) {
        if (slots.size() > SLOTS_IN_MEMORY) {
            series.since(slots, since, reader);
            return;
        }
        Instant last = since;
        for (; last.plus(AT_ONCE).isBefore(to); last = last.plus(AT_ONCE)) {
            Instant from = last;
            inTurn(slots, slot -> series.between(slot, from, from.plus(AT_ONCE)), reader);
        }
        Instant from = last;
        inTurn(slots, slot -> series.since(slot, from), reader);
    }

    private static void inTurn(
            Set<Long> slots, Function<Long, List<JobSample>> some, BiConsumer<Long, JobSample> reader) {
        List<SlotSample> stored = new ArrayList<>();
        slots.forEach(slot -> some.apply(slot).forEach(sample -> stored.add(new SlotSample(slot, sample))));
        stored.sort(Comparator.comparing(entry -> entry.sample().time()));
        stored.forEach(entry -> reader.accept(entry.slotId(), entry.sample()));
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
