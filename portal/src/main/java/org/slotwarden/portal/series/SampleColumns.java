package org.slotwarden.portal.series;

import static org.slotwarden.portal.series.Metric.*;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers of the columns of blocks: of samples {@link #FIRST} and the place in {@link #ORDER}, of rollups {@link
 * RollupBlock#PARTS} numbers for each place. Blocks are kept for years: a number never changes its meaning, and whoever
 * adds a metric adds it at the end.
 */
final class SampleColumns {

    /** Why a sample was taken: the place in {@link #REASONS} plus one, absent for a regular sample. */
    static final int REASON = 0;

    static final int FIRST = 1;

    static final List<JobSample.Reason> REASONS = List.of(
            JobSample.Reason.CHANGE, JobSample.Reason.THRESHOLD, JobSample.Reason.EVENT, JobSample.Reason.ASKED);

    /** Counters first: what is measured together stands together. */
    static final List<Metric> ORDER = List.of(
            CPU_USER_SECONDS,
            CPU_SYSTEM_SECONDS,
            CPU_UNATTRIBUTED_SECONDS,
            RUN_QUEUE_WAIT_SECONDS,
            VOLUNTARY_CONTEXT_SWITCHES,
            INVOLUNTARY_CONTEXT_SWITCHES,
            MAJOR_FAULTS,
            OOM_KILLS,
            READ_BYTES,
            WRITE_BYTES,
            READ_CHARS,
            WRITE_CHARS,
            READ_CALLS,
            WRITE_CALLS,
            READ_OPERATIONS,
            WRITE_OPERATIONS,
            CPU_PRESSURE_SOME_SECONDS,
            CPU_PRESSURE_FULL_SECONDS,
            MEMORY_PRESSURE_SOME_SECONDS,
            MEMORY_PRESSURE_FULL_SECONDS,
            IO_PRESSURE_SOME_SECONDS,
            IO_PRESSURE_FULL_SECONDS,
            MEMORY_RSS_BYTES,
            MEMORY_PSS_BYTES,
            SWAP_BYTES,
            PROCESSES,
            THREADS,
            UNINTERRUPTIBLE_PROCESSES,
            ZOMBIES,
            OPEN_FILES,
            FULLEST_OPEN_FILES,
            FULLEST_OPEN_FILES_LIMIT,
            OPEN_SOCKETS,
            SOCKETS_TCP_ESTABLISHED,
            SOCKETS_TCP_SYN_SENT,
            SOCKETS_TCP_TIME_WAIT,
            SOCKETS_TCP_CLOSE_WAIT,
            SOCKETS_TCP_LISTEN,
            SOCKETS_TCP_OTHER,
            SOCKETS_UDP,
            SOCKETS_UNIX,
            SOCKETS_OTHER,
            WORKDIR_BYTES,
            SCRATCH_BYTES,
            STANDARD_OUTPUT_BYTES,
            STANDARD_ERROR_BYTES,
            PROGRESS_FRACTION,
            // Derived ones are in rollups only: the extremes of a sum are not made of the extremes of its parts.
            CORES_USED,
            OPEN_FILES_SHARE,
            // Since the portal stores what agents tell of traffic, room and limits.
            MEMORY_LIMIT_BYTES,
            NET_RECEIVE_BYTES,
            NET_TRANSMIT_BYTES,
            NET_RECEIVE_PACKETS,
            NET_TRANSMIT_PACKETS,
            WORKDIR_FREE_BYTES,
            SCRATCH_FREE_BYTES,
            // Since storage systems are watched.
            STORAGE_MOVERS);

    private static final Map<Metric, Integer> PLACES = new EnumMap<>(Metric.class);

    static {
        ORDER.forEach(metric -> PLACES.put(metric, PLACES.size()));
    }

    private SampleColumns() {}

    /** Of a {@linkplain Metric#stored() stored} metric in a block of samples. */
    static int ofSample(Metric metric) {
        return FIRST + place(metric);
    }

    /** Of the first part of a metric in a rollup. */
    static int ofRollup(Metric metric) {
        return RollupBlock.PARTS * place(metric);
    }

    private static int place(Metric metric) {
        // Both are the rate of the same sum.
        Integer place = PLACES.get(metric == CPU_SECONDS ? CORES_USED : metric);
        if (place == null) {
            throw new IllegalStateException(metric + " has no column in blocks");
        }
        return place;
    }
}
