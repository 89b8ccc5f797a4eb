package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Goes through the samples of one slot by time and tells which stretch each of them speaks for. */
final class Steps implements Consumer<JobSample> {

    /** So many sampling intervals without a sample are a hole: one lost sample is not, two are. */
    private static final double HOLE = 2.5;

    /**
     * What a sample says about the time since {@code begin}.
     *
     * @param previous null when there is none, or too long ago to say anything about that time
     * @param afterHole whether samples are missing before {@code begin}
     */
    record Step(@Nullable JobSample previous, JobSample sample, Instant begin, boolean afterHole) {

        @Nullable
        Double value(Metric metric) {
            return Measure.of(metric, previous, sample);
        }
    }

    private final double expected;
    private final Consumer<Step> next;
    private @Nullable JobSample previous;

    /** @param expected seconds between two samples */
    Steps(double expected, Consumer<Step> next) {
        this.expected = expected;
        this.next = next;
    }

    @Override
    public void accept(JobSample sample) {
        boolean hole = previous != null && Measure.seconds(previous, sample) > HOLE * expected;
        if (previous == null || hole) {
            Instant begin = sample.time().minusMillis(Math.round(expected * 1000));
            next.accept(new Step(null, sample, begin, hole));
        } else {
            next.accept(new Step(previous, sample, previous.time(), false));
        }
        previous = sample;
    }
}
