package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;

/** Follows one slot from sample to sample. */
final class SlotTrack {

    private final long slotId;
    private @Nullable JobSample previous;
    private double sharedOnce = 1;

    SlotTrack(long slotId) {
        this.slotId = slotId;
    }

    /** Null for a sample that is not later than the one before: its time has been judged. */
    @Nullable
    Reading next(JobSample sample, Duration gap) {
        JobSample before = previous;
        if (before != null && !sample.time().isAfter(before.time())) {
            return null;
        }
        previous = sample;
        Double cores = null;
        Double io = null;
        if (before != null) {
            Duration elapsed = Duration.between(before.time(), sample.time());
            if (elapsed.compareTo(gap) <= 0) {
                double seconds = elapsed.toNanos() / 1e9;
                cores = rate(before.cpuSeconds(), sample.cpuSeconds(), seconds);
                io = ioRate(before, sample, seconds);
            }
        }
        return new Reading(slotId, sample.time(), cores, io, memory(sample), sockets(sample), sample.cpuSeconds());
    }

    @Nullable
    Instant fedTo() {
        return previous == null ? null : previous.time();
    }

    private static @Nullable Integer sockets(JobSample sample) {
        Long sockets = sample.whole(Metric.OPEN_SOCKETS);
        return sockets == null ? null : (Integer) sockets.intValue();
    }

    /** The proportional set size is dear and so is seldom measured: its ratio to the resident one is kept. */
    private @Nullable Double memory(JobSample sample) {
        Long rss = sample.whole(Metric.MEMORY_RSS_BYTES);
        if (rss == null) {
            return null;
        }
        Long pss = sample.whole(Metric.MEMORY_PSS_BYTES);
        if (pss != null && rss > 0) {
            sharedOnce = Math.min(1, (double) pss / rss);
        }
        return rss * sharedOnce;
    }

    private static @Nullable Double ioRate(JobSample before, JobSample sample, double seconds) {
        Double chars = sum(
                rate(before.level(Metric.READ_CHARS), sample.level(Metric.READ_CHARS), seconds),
                rate(before.level(Metric.WRITE_CHARS), sample.level(Metric.WRITE_CHARS), seconds));
        return chars != null
                ? chars
                : sum(
                        rate(before.level(Metric.READ_BYTES), sample.level(Metric.READ_BYTES), seconds),
                        rate(before.level(Metric.WRITE_BYTES), sample.level(Metric.WRITE_BYTES), seconds));
    }

    private static @Nullable Double rate(@Nullable Number before, @Nullable Number now, double seconds) {
        if (before == null || now == null || now.doubleValue() < before.doubleValue()) {
            return null;
        }
        return (now.doubleValue() - before.doubleValue()) / seconds;
    }

    private static @Nullable Double sum(@Nullable Double a, @Nullable Double b) {
        return a == null || b == null ? null : (Double) (a + b);
    }
}
