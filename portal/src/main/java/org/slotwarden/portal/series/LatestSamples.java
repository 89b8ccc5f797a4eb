package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a slot's stored samples: all that the next one has to be compared with.
 *
 * @param lastAt time of the newest sample; null: there is none
 * @param regular the newest sample that was not held back; held back ones may lack figures that are dear to measure,
 *     and tell of a second where the others tell of an interval
 * @param coresUsed over the time before {@code regular}
 */
public record LatestSamples(
        @Nullable Instant lastAt,
        @Nullable JobSample regular,
        @Nullable Double coresUsed) {

    /** Of a slot without samples. */
    public static final LatestSamples NONE = new LatestSamples(null, null, null);

    /** Whether this sample comes after all that are stored, so that it is not stored for certain. */
    boolean before(JobSample sample) {
        return lastAt == null || sample.time().isAfter(lastAt);
    }

    /** Whether this sample comes before the newest regular one: what that one is compared with may change. */
    boolean changedBy(JobSample sample) {
        return regular != null && !sample.heldBack() && sample.time().isBefore(regular.time());
    }

    /** @param added by time; none of them {@linkplain #changedBy changes} what is known */
    LatestSamples with(List<JobSample> added) {
        Instant last = lastAt;
        JobSample newest = regular;
        Double cores = coresUsed;
        for (JobSample sample : added) {
            last = last == null || sample.time().isAfter(last) ? sample.time() : last;
            if (!sample.heldBack()) {
                cores = Measure.of(Metric.CORES_USED, newest, sample);
                newest = sample;
            }
        }
        return new LatestSamples(last, newest, cores);
    }
}
