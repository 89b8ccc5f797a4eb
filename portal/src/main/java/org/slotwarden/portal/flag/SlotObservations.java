package org.slotwarden.portal.flag;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Metric;

/**
 * What the samples of one slot say in the words of the judge. What an agent does not measure is absent: traffic of jobs
 * that share the node's network.
 */
final class SlotObservations {

    private final long slotId;
    private double sharedOnce = 1;
    private double memoryLimit = Double.NaN;

    SlotObservations(long slotId) {
        this.slotId = slotId;
    }

    long slotId() {
        return slotId;
    }

    Observation of(JobSample sample) {
        Observation observation = Observation.at(seconds(sample.time()));
        put(observation, Quantity.CPU_SECONDS, sample.cpuSeconds());
        put(observation, Quantity.MEMORY_BYTES, memory(sample));
        put(observation, Quantity.OUTPUT_BYTES, output(sample));
        put(observation, Quantity.READ_BYTES, sample.level(Metric.READ_BYTES));
        put(observation, Quantity.WRITE_BYTES, sample.level(Metric.WRITE_BYTES));
        put(observation, Quantity.READ_CHARS, sample.level(Metric.READ_CHARS));
        put(observation, Quantity.WRITE_CHARS, sample.level(Metric.WRITE_CHARS));
        put(observation, Quantity.READ_CALLS, sample.level(Metric.READ_CALLS));
        put(observation, Quantity.WRITE_CALLS, sample.level(Metric.WRITE_CALLS));
        put(observation, Quantity.PROCESSES, sample.level(Metric.PROCESSES));
        put(observation, Quantity.ZOMBIES, sample.level(Metric.ZOMBIES));
        put(observation, Quantity.THREADS, sample.level(Metric.THREADS));
        put(observation, Quantity.OPEN_FILES, sample.level(Metric.OPEN_FILES));
        put(observation, Quantity.OPEN_SOCKETS, sample.level(Metric.OPEN_SOCKETS));
        put(observation, Quantity.BLOCKED_PROCESSES, sample.level(Metric.UNINTERRUPTIBLE_PROCESSES));
        put(observation, Quantity.RUN_QUEUE_SECONDS, sample.level(Metric.RUN_QUEUE_WAIT_SECONDS));
        put(observation, Quantity.PROGRESS, sample.level(Metric.PROGRESS_FRACTION));
        put(observation, Quantity.RECEIVED_BYTES, sample.level(Metric.NET_RECEIVE_BYTES));
        put(observation, Quantity.SENT_BYTES, sample.level(Metric.NET_TRANSMIT_BYTES));
        put(observation, Quantity.RECEIVED_PACKETS, sample.level(Metric.NET_RECEIVE_PACKETS));
        put(observation, Quantity.SENT_PACKETS, sample.level(Metric.NET_TRANSMIT_PACKETS));
        put(observation, Quantity.DISK_USED_BYTES, sample.level(Metric.WORKDIR_BYTES));
        put(observation, Quantity.DISK_FREE_BYTES, sample.level(Metric.WORKDIR_FREE_BYTES));
        put(observation, Quantity.SCRATCH_USED_BYTES, sample.level(Metric.SCRATCH_BYTES));
        put(observation, Quantity.SCRATCH_FREE_BYTES, sample.level(Metric.SCRATCH_FREE_BYTES));
        put(observation, Quantity.STORAGE_MOVERS, sample.level(Metric.STORAGE_MOVERS));
        Double limit = sample.level(Metric.MEMORY_LIMIT_BYTES);
        if (limit != null) {
            memoryLimit = limit > 0 ? limit : Double.NaN;
        }
        return observation;
    }

    /** What the kernel held the slot to when that was measured last; NaN: nothing, as far as known. */
    double memoryLimit() {
        return memoryLimit;
    }

    static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }

    private static void put(Observation observation, Quantity quantity, @Nullable Double value) {
        if (value != null) {
            observation.with(quantity, value);
        }
    }

    /** The proportional set size is dear and so is seldom measured: its ratio to the resident one is kept. */
    private @Nullable Double memory(JobSample sample) {
        Double rss = sample.level(Metric.MEMORY_RSS_BYTES);
        if (rss == null) {
            return null;
        }
        Double pss = sample.level(Metric.MEMORY_PSS_BYTES);
        if (pss != null && rss > 0) {
            sharedOnce = Math.min(1, pss / rss);
        }
        return rss * sharedOnce;
    }

    private static @Nullable Double output(JobSample sample) {
        Double output = sample.level(Metric.STANDARD_OUTPUT_BYTES);
        Double errors = sample.level(Metric.STANDARD_ERROR_BYTES);
        return output == null ? errors : errors == null ? output : (Double) (output + errors);
    }
}
