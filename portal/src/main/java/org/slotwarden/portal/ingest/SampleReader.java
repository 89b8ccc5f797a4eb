package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobProgress;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.Levels;
import org.slotwarden.portal.series.Metric;
import org.slotwarden.wire.v1.ExecutableShare;
import org.slotwarden.wire.v1.Pressure;
import org.slotwarden.wire.v1.SocketCount;

/**
 * Reads one sample of a slot. A figure that cannot be counts as not measured: the rest of the sample does not depend
 * on it.
 */
final class SampleReader {

    private static final int MOST_EXECUTABLES = 5;

    /** Kinds times states, and room for more of them. */
    private static final int MOST_SOCKET_COUNTS = 64;

    private static final int NAME_CHARACTERS = 64;
    private static final int PROGRESS_CHARACTERS = 200;

    private static final List<Metric> SOCKETS = List.of(
            Metric.SOCKETS_TCP_ESTABLISHED,
            Metric.SOCKETS_TCP_SYN_SENT,
            Metric.SOCKETS_TCP_TIME_WAIT,
            Metric.SOCKETS_TCP_CLOSE_WAIT,
            Metric.SOCKETS_TCP_LISTEN,
            Metric.SOCKETS_TCP_OTHER,
            Metric.SOCKETS_UDP,
            Metric.SOCKETS_UNIX,
            Metric.SOCKETS_OTHER);

    /** Of one sample after the other. */
    private final Levels.Builder levels = new Levels.Builder();

    private final Instant latest;
    private final Figures figures;

    /** @param latest what the job says of itself may not be later */
    SampleReader(Instant latest, Figures figures) {
        this.latest = latest;
        this.figures = figures;
    }

    JobSample read(org.slotwarden.wire.v1.JobSample sample, Instant time) {
        JobProgress progress = sample.hasProgress() ? progress(sample.getProgress()) : null;
        return new JobSample(
                time,
                levels(sample, progress),
                reason(sample),
                membership(sample),
                progress,
                executables(sample.getExecutablesList()));
    }

    private Levels levels(org.slotwarden.wire.v1.JobSample sample, @Nullable JobProgress progress) {
        seconds(levels, Metric.CPU_USER_SECONDS, sample.hasCpuUserSeconds(), sample.getCpuUserSeconds());
        seconds(levels, Metric.CPU_SYSTEM_SECONDS, sample.hasCpuSystemSeconds(), sample.getCpuSystemSeconds());
        seconds(
                levels,
                Metric.CPU_UNATTRIBUTED_SECONDS,
                sample.hasCpuUnattributedSeconds(),
                sample.getCpuUnattributedSeconds());
        seconds(
                levels,
                Metric.RUN_QUEUE_WAIT_SECONDS,
                sample.hasRunQueueWaitSeconds(),
                sample.getRunQueueWaitSeconds());
        bytes(levels, Metric.MEMORY_RSS_BYTES, sample.hasMemoryRssBytes(), sample.getMemoryRssBytes());
        bytes(levels, Metric.MEMORY_PSS_BYTES, sample.hasMemoryPssBytes(), sample.getMemoryPssBytes());
        bytes(levels, Metric.SWAP_BYTES, sample.hasSwapBytes(), sample.getSwapBytes());
        bytes(levels, Metric.MEMORY_LIMIT_BYTES, sample.hasMemoryLimitBytes(), sample.getMemoryLimitBytes());
        bytes(levels, Metric.READ_BYTES, sample.hasReadBytes(), sample.getReadBytes());
        bytes(levels, Metric.WRITE_BYTES, sample.hasWriteBytes(), sample.getWriteBytes());
        bytes(levels, Metric.READ_CHARS, sample.hasReadChars(), sample.getReadChars());
        bytes(levels, Metric.WRITE_CHARS, sample.hasWriteChars(), sample.getWriteChars());
        bytes(levels, Metric.MAJOR_FAULTS, sample.hasMajorFaults(), sample.getMajorFaults());
        bytes(levels, Metric.READ_CALLS, sample.hasReadCalls(), sample.getReadCalls());
        bytes(levels, Metric.WRITE_CALLS, sample.hasWriteCalls(), sample.getWriteCalls());
        bytes(levels, Metric.READ_OPERATIONS, sample.hasReadOperations(), sample.getReadOperations());
        bytes(levels, Metric.WRITE_OPERATIONS, sample.hasWriteOperations(), sample.getWriteOperations());
        bytes(
                levels,
                Metric.VOLUNTARY_CONTEXT_SWITCHES,
                sample.hasVoluntaryContextSwitches(),
                sample.getVoluntaryContextSwitches());
        bytes(
                levels,
                Metric.INVOLUNTARY_CONTEXT_SWITCHES,
                sample.hasInvoluntaryContextSwitches(),
                sample.getInvoluntaryContextSwitches());
        bytes(levels, Metric.NET_RECEIVE_BYTES, sample.hasNetReceiveBytes(), sample.getNetReceiveBytes());
        bytes(levels, Metric.NET_TRANSMIT_BYTES, sample.hasNetTransmitBytes(), sample.getNetTransmitBytes());
        bytes(levels, Metric.NET_RECEIVE_PACKETS, sample.hasNetReceivePackets(), sample.getNetReceivePackets());
        bytes(levels, Metric.NET_TRANSMIT_PACKETS, sample.hasNetTransmitPackets(), sample.getNetTransmitPackets());
        bytes(levels, Metric.WORKDIR_BYTES, sample.hasWorkdirBytes(), sample.getWorkdirBytes());
        bytes(levels, Metric.SCRATCH_BYTES, sample.hasScratchBytes(), sample.getScratchBytes());
        bytes(levels, Metric.WORKDIR_FREE_BYTES, sample.hasWorkdirFreeBytes(), sample.getWorkdirFreeBytes());
        bytes(levels, Metric.SCRATCH_FREE_BYTES, sample.hasScratchFreeBytes(), sample.getScratchFreeBytes());
        bytes(levels, Metric.STANDARD_OUTPUT_BYTES, sample.hasStandardOutputBytes(), sample.getStandardOutputBytes());
        bytes(levels, Metric.STANDARD_ERROR_BYTES, sample.hasStandardErrorBytes(), sample.getStandardErrorBytes());
        count(levels, Metric.PROCESSES, sample.hasProcesses(), sample.getProcesses());
        count(levels, Metric.THREADS, sample.hasThreads(), sample.getThreads());
        count(
                levels,
                Metric.UNINTERRUPTIBLE_PROCESSES,
                sample.hasUninterruptibleProcesses(),
                sample.getUninterruptibleProcesses());
        count(levels, Metric.ZOMBIES, sample.hasZombies(), sample.getZombies());
        count(levels, Metric.OPEN_FILES, sample.hasOpenFiles(), sample.getOpenFiles());
        count(levels, Metric.FULLEST_OPEN_FILES, sample.hasFullestOpenFiles(), sample.getFullestOpenFiles());
        count(levels, Metric.OPEN_SOCKETS, sample.hasOpenSockets(), sample.getOpenSockets());
        count(levels, Metric.OOM_KILLS, sample.hasOomKills(), sample.getOomKills());
        limit(
                levels,
                Metric.FULLEST_OPEN_FILES_LIMIT,
                sample.hasFullestOpenFilesLimit(),
                sample.getFullestOpenFilesLimit());
        if (sample.hasCpuPressure()) {
            pressure(
                    levels,
                    sample.getCpuPressure(),
                    Metric.CPU_PRESSURE_SOME_SECONDS,
                    Metric.CPU_PRESSURE_FULL_SECONDS);
        }
        if (sample.hasMemoryPressure()) {
            pressure(
                    levels,
                    sample.getMemoryPressure(),
                    Metric.MEMORY_PRESSURE_SOME_SECONDS,
                    Metric.MEMORY_PRESSURE_FULL_SECONDS);
        }
        if (sample.hasIoPressure()) {
            pressure(levels, sample.getIoPressure(), Metric.IO_PRESSURE_SOME_SECONDS, Metric.IO_PRESSURE_FULL_SECONDS);
        }
        sockets(levels, sample);
        if (progress != null && progress.fraction() != null) {
            levels.put(Metric.PROGRESS_FRACTION, progress.fraction());
        }
        return levels.build();
    }

    private void seconds(Levels.Builder levels, Metric metric, boolean there, double value) {
        if (there && figures.areSeconds(value, metric.metricName())) {
            levels.put(metric, value);
        }
    }

    private void bytes(Levels.Builder levels, Metric metric, boolean there, long value) {
        if (there && figures.areBytes(value, metric.metricName())) {
            levels.put(metric, value);
        }
    }

    private void count(Levels.Builder levels, Metric metric, boolean there, int value) {
        if (there && figures.isCount(value, metric.metricName())) {
            levels.put(metric, value);
        }
    }

    private void limit(Levels.Builder levels, Metric metric, boolean there, int value) {
        if (there && figures.isLimit(value, metric.metricName())) {
            levels.put(metric, value);
        }
    }

    private void pressure(Levels.Builder levels, Pressure pressure, Metric some, Metric full) {
        seconds(levels, some, pressure.hasSomeSeconds(), pressure.getSomeSeconds());
        seconds(levels, full, pressure.hasFullSeconds(), pressure.getFullSeconds());
    }

    /** Where sockets were looked at, a kind that is not named has none. */
    private void sockets(Levels.Builder levels, org.slotwarden.wire.v1.JobSample sample) {
        boolean none = sample.hasOpenSockets() && sample.getOpenSockets() == 0;
        if (sample.getSocketsCount() == 0 && !none) {
            return;
        }
        long[] counts = new long[SOCKETS.size()];
        for (SocketCount some : figures.most(sample.getSocketsList(), MOST_SOCKET_COUNTS, "sockets")) {
            if (figures.isCount(some.getCount(), "sockets")) {
                counts[SOCKETS.indexOf(metric(some))] += some.getCount();
            }
        }
        for (int kind = 0; kind < counts.length; kind++) {
            // Absurd counts of many states together must still fit into a column.
            levels.put(SOCKETS.get(kind), Math.min(counts[kind], Integer.MAX_VALUE));
        }
    }

    private static Metric metric(SocketCount sockets) {
        return switch (sockets.getKind()) {
            case TCP ->
                switch (sockets.getState()) {
                    case 1 -> Metric.SOCKETS_TCP_ESTABLISHED;
                    case 2 -> Metric.SOCKETS_TCP_SYN_SENT;
                    case 6 -> Metric.SOCKETS_TCP_TIME_WAIT;
                    case 8 -> Metric.SOCKETS_TCP_CLOSE_WAIT;
                    case 10 -> Metric.SOCKETS_TCP_LISTEN;
                    default -> Metric.SOCKETS_TCP_OTHER;
                };
            case UDP -> Metric.SOCKETS_UDP;
            case UNIX -> Metric.SOCKETS_UNIX;
            case OTHER, UNRECOGNIZED -> Metric.SOCKETS_OTHER;
        };
    }

    private @Nullable JobProgress progress(org.slotwarden.wire.v1.Progress progress) {
        Instant at = Instant.ofEpochMilli(progress.getTimeMs());
        boolean possible = progress.hasTimeMs() && !at.isBefore(SlotReader.EARLIEST) && !at.isAfter(latest);
        Double fraction = figures.share(progress.hasFraction(), progress.getFraction(), "progress");
        String text = progress.hasText() ? NodeReader.cut(progress.getText(), PROGRESS_CHARACTERS) : null;
        return fraction == null && text == null ? null : new JobProgress(fraction, text, possible ? at : null);
    }

    private List<JobSample.Executable> executables(List<ExecutableShare> told) {
        List<JobSample.Executable> executables = new ArrayList<>();
        for (ExecutableShare share : figures.most(told, MOST_EXECUTABLES, "executables")) {
            Integer processes = figures.count(true, share.getProcesses(), "processes of an executable");
            Integer threads = figures.count(true, share.getThreads(), "threads of an executable");
            if (!share.getName().isBlank() && processes != null && threads != null) {
                executables.add(new JobSample.Executable(
                        NodeReader.cut(share.getName(), NAME_CHARACTERS),
                        processes,
                        threads,
                        figures.seconds(share.hasCpuSeconds(), share.getCpuSeconds(), "cpu_seconds of an executable"),
                        figures.bytes(share.hasMemoryRssBytes(), share.getMemoryRssBytes(), "memory of an executable"),
                        figures.bytes(share.hasReadBytes(), share.getReadBytes(), "read_bytes of an executable"),
                        figures.bytes(share.hasWriteBytes(), share.getWriteBytes(), "write_bytes of an executable")));
            }
        }
        return executables;
    }

    private static JobSample.Reason reason(org.slotwarden.wire.v1.JobSample sample) {
        return switch (sample.getReason()) {
            case CHANGE -> JobSample.Reason.CHANGE;
            case THRESHOLD -> JobSample.Reason.THRESHOLD;
            case EVENT -> JobSample.Reason.EVENT;
            case ASKED -> JobSample.Reason.ASKED;
            case REGULAR, UNRECOGNIZED -> JobSample.Reason.REGULAR;
        };
    }

    private static JobSample.@Nullable Membership membership(org.slotwarden.wire.v1.JobSample sample) {
        return switch (sample.getMembership()) {
            case CGROUP -> JobSample.Membership.CGROUP;
            case SUPPLEMENTARY_GROUP -> JobSample.Membership.SUPPLEMENTARY_GROUP;
            case ENVIRONMENT -> JobSample.Membership.ENVIRONMENT;
            case PROCESS_TREE -> JobSample.Membership.PROCESS_TREE;
            case MEMBERSHIP_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }
}
