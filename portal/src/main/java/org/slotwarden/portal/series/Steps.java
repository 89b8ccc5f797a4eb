package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the samples of one slot by time and tells which stretch each value speaks for. Figures that are dear
 * to measure are not in every sample: each metric has a distance of its own.
 */
final class Steps implements Consumer<JobSample> {

    /** So many usual distances without a sample are a hole: one lost sample is not, two are. */
    private static final double HOLE = 2.5;

    /** Samples come, but this figure is in none of them: so many seconds are a hole even for a figure that is dear. */
    private static final double SELDOM = 900;

    /**
     * What was measured says this about the time since {@code begin}.
     *
     * @param value null when it is not known: the first of a counter, or the first after it fell
     * @param afterHole whether values are missing before {@code begin}
     */
    record Step(
            Metric metric,
            Instant begin,
            Instant time,
            @Nullable Double value,
            boolean afterHole) {}

    /** One metric of the slot. */
    private static final class Track {
        private final Metric metric;
        private @Nullable Instant last;
        private double lastLevel;
        private double distance = Double.NaN;
        private double distanceBefore = Double.NaN;
        private boolean samplesMissing;

        Track(Metric metric) {
            this.metric = metric;
        }

        Step next(Instant time, double level, double expected) {
            Instant before = last;
            double passed = before == null ? Double.NaN : Measure.seconds(before, time);
            boolean hole = before != null && (samplesMissing || passed > Math.max(SELDOM, HOLE * usual()));
            samplesMissing = false;
            Double value = (Double) level;
            if (metric.counter()) {
                value = before == null || hole ? null : Measure.rate(lastLevel, level, passed);
            }
            last = time;
            lastLevel = level;
            if (before != null) {
                distanceBefore = distance;
                distance = passed;
            }
            Instant begin = before == null || hole ? time.minusMillis(Math.round(expected * 1000)) : before;
            return new Step(metric, begin, time, value, hole);
        }

        /** The lesser of the last two distances: one outage is no habit. */
        private double usual() {
            if (Double.isNaN(distance)) {
                return 0;
            }
            return Double.isNaN(distanceBefore) ? distance : Math.min(distance, distanceBefore);
        }
    }

    private final double expected;
    private final List<Track> tracks = new ArrayList<>();
    private final Consumer<Step> next;
    private @Nullable Instant previous;

    /** @param expected seconds between two samples */
    Steps(double expected, Collection<Metric> metrics, Consumer<Step> next) {
        this.expected = expected;
        this.next = next;
        metrics.forEach(metric -> tracks.add(new Track(metric)));
    }

    @Override
    public void accept(JobSample sample) {
        boolean hole = previous != null && Measure.seconds(previous, sample.time()) > HOLE * expected;
        previous = sample.time();
        for (Track track : tracks) {
            track.samplesMissing |= hole;
            Double level = sample.level(track.metric);
            if (level != null) {
                next.accept(track.next(sample.time(), level, expected));
            }
        }
    }
}
