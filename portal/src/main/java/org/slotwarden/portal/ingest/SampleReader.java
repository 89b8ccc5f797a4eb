package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobProgress;
import org.slotwarden.portal.series.JobSample;
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

    private final Instant latest;
    private final Figures figures;

    /** @param latest what the job says of itself may not be later */
    SampleReader(Instant latest, Figures figures) {
        this.latest = latest;
        this.figures = figures;
    }

    JobSample read(org.slotwarden.wire.v1.JobSample sample, Instant time) {
        Map<Metric, Double> levels = levels(sample);
        JobProgress progress = sample.hasProgress() ? progress(sample.getProgress()) : null;
        put(levels, Metric.PROGRESS_FRACTION, progress == null ? null : progress.fraction());
        return new JobSample(
                time, levels, reason(sample), membership(sample), progress, executables(sample.getExecutablesList()));
    }

    private Map<Metric, Double> levels(org.slotwarden.wire.v1.JobSample sample) {
        Map<Metric, Double> levels = new EnumMap<>(Metric.class);
        put(
                levels,
                Metric.CPU_USER_SECONDS,
                figures.seconds(sample.hasCpuUserSeconds(), sample.getCpuUserSeconds(), "cpu_user_seconds"));
        put(
                levels,
                Metric.CPU_SYSTEM_SECONDS,
                figures.seconds(sample.hasCpuSystemSeconds(), sample.getCpuSystemSeconds(), "cpu_system_seconds"));
        put(
                levels,
                Metric.CPU_UNATTRIBUTED_SECONDS,
                figures.seconds(
                        sample.hasCpuUnattributedSeconds(),
                        sample.getCpuUnattributedSeconds(),
                        "cpu_unattributed_seconds"));
        put(
                levels,
                Metric.RUN_QUEUE_WAIT_SECONDS,
                figures.seconds(
                        sample.hasRunQueueWaitSeconds(), sample.getRunQueueWaitSeconds(), "run_queue_wait_seconds"));
        put(
                levels,
                Metric.MEMORY_RSS_BYTES,
                figures.bytes(sample.hasMemoryRssBytes(), sample.getMemoryRssBytes(), "memory_rss_bytes"));
        put(
                levels,
                Metric.MEMORY_PSS_BYTES,
                figures.bytes(sample.hasMemoryPssBytes(), sample.getMemoryPssBytes(), "memory_pss_bytes"));
        put(levels, Metric.SWAP_BYTES, figures.bytes(sample.hasSwapBytes(), sample.getSwapBytes(), "swap_bytes"));
        put(levels, Metric.READ_BYTES, figures.bytes(sample.hasReadBytes(), sample.getReadBytes(), "read_bytes"));
        put(levels, Metric.WRITE_BYTES, figures.bytes(sample.hasWriteBytes(), sample.getWriteBytes(), "write_bytes"));
        put(levels, Metric.READ_CHARS, figures.bytes(sample.hasReadChars(), sample.getReadChars(), "read_chars"));
        put(levels, Metric.WRITE_CHARS, figures.bytes(sample.hasWriteChars(), sample.getWriteChars(), "write_chars"));
        put(
                levels,
                Metric.MAJOR_FAULTS,
                figures.bytes(sample.hasMajorFaults(), sample.getMajorFaults(), "major_faults"));
        put(levels, Metric.READ_CALLS, figures.bytes(sample.hasReadCalls(), sample.getReadCalls(), "read_calls"));
        put(levels, Metric.WRITE_CALLS, figures.bytes(sample.hasWriteCalls(), sample.getWriteCalls(), "write_calls"));
        put(
                levels,
                Metric.READ_OPERATIONS,
                figures.bytes(sample.hasReadOperations(), sample.getReadOperations(), "read_operations"));
        put(
                levels,
                Metric.WRITE_OPERATIONS,
                figures.bytes(sample.hasWriteOperations(), sample.getWriteOperations(), "write_operations"));
        put(
                levels,
                Metric.VOLUNTARY_CONTEXT_SWITCHES,
                figures.bytes(
                        sample.hasVoluntaryContextSwitches(),
                        sample.getVoluntaryContextSwitches(),
                        "voluntary_context_switches"));
        put(
                levels,
                Metric.INVOLUNTARY_CONTEXT_SWITCHES,
                figures.bytes(
                        sample.hasInvoluntaryContextSwitches(),
                        sample.getInvoluntaryContextSwitches(),
                        "involuntary_context_switches"));
        put(
                levels,
                Metric.WORKDIR_BYTES,
                figures.bytes(sample.hasWorkdirBytes(), sample.getWorkdirBytes(), "workdir_bytes"));
        put(
                levels,
                Metric.SCRATCH_BYTES,
                figures.bytes(sample.hasScratchBytes(), sample.getScratchBytes(), "scratch_bytes"));
        put(
                levels,
                Metric.STANDARD_OUTPUT_BYTES,
                figures.bytes(
                        sample.hasStandardOutputBytes(), sample.getStandardOutputBytes(), "standard_output_bytes"));
        put(
                levels,
                Metric.STANDARD_ERROR_BYTES,
                figures.bytes(sample.hasStandardErrorBytes(), sample.getStandardErrorBytes(), "standard_error_bytes"));
        put(levels, Metric.PROCESSES, figures.count(sample.hasProcesses(), sample.getProcesses(), "processes"));
        put(levels, Metric.THREADS, figures.count(sample.hasThreads(), sample.getThreads(), "threads"));
        put(
                levels,
                Metric.UNINTERRUPTIBLE_PROCESSES,
                figures.count(
                        sample.hasUninterruptibleProcesses(),
                        sample.getUninterruptibleProcesses(),
                        "uninterruptible_processes"));
        put(levels, Metric.ZOMBIES, figures.count(sample.hasZombies(), sample.getZombies(), "zombies"));
        put(levels, Metric.OPEN_FILES, figures.count(sample.hasOpenFiles(), sample.getOpenFiles(), "open_files"));
        put(
                levels,
                Metric.FULLEST_OPEN_FILES,
                figures.count(sample.hasFullestOpenFiles(), sample.getFullestOpenFiles(), "fullest_open_files"));
        put(
                levels,
                Metric.OPEN_SOCKETS,
                figures.count(sample.hasOpenSockets(), sample.getOpenSockets(), "open_sockets"));
        put(levels, Metric.OOM_KILLS, figures.count(sample.hasOomKills(), sample.getOomKills(), "oom_kills"));
        put(
                levels,
                Metric.FULLEST_OPEN_FILES_LIMIT,
                figures.limit(
                        sample.hasFullestOpenFilesLimit(),
                        sample.getFullestOpenFilesLimit(),
                        "fullest_open_files_limit"));
        pressure(
                levels,
                sample.getCpuPressure(),
                "cpu_pressure",
                Metric.CPU_PRESSURE_SOME_SECONDS,
                Metric.CPU_PRESSURE_FULL_SECONDS);
        pressure(
                levels,
                sample.getMemoryPressure(),
                "memory_pressure",
                Metric.MEMORY_PRESSURE_SOME_SECONDS,
                Metric.MEMORY_PRESSURE_FULL_SECONDS);
        pressure(
                levels,
                sample.getIoPressure(),
                "io_pressure",
                Metric.IO_PRESSURE_SOME_SECONDS,
                Metric.IO_PRESSURE_FULL_SECONDS);
        sockets(levels, sample);
        return levels;
    }

    private void pressure(Map<Metric, Double> levels, Pressure pressure, String what, Metric some, Metric full) {
        put(levels, some, figures.seconds(pressure.hasSomeSeconds(), pressure.getSomeSeconds(), what));
        put(levels, full, figures.seconds(pressure.hasFullSeconds(), pressure.getFullSeconds(), what));
    }

    /** Where sockets were looked at, a kind that is not named has none. */
    private void sockets(Map<Metric, Double> levels, org.slotwarden.wire.v1.JobSample sample) {
        boolean none = sample.hasOpenSockets() && sample.getOpenSockets() == 0;
        if (sample.getSocketsCount() == 0 && !none) {
            return;
        }
        SOCKETS.forEach(metric -> levels.put(metric, 0.0));
        for (SocketCount some : figures.most(sample.getSocketsList(), MOST_SOCKET_COUNTS, "sockets")) {
            Integer count = figures.count(true, some.getCount(), "sockets");
            if (count != null) {
                levels.merge(metric(some), count.doubleValue(), Double::sum);
            }
        }
        // Absurd counts of many states together must still fit into a column.
        levels.replaceAll(
                (metric, level) -> SOCKETS.contains(metric) ? (Double) Math.min(level, Integer.MAX_VALUE) : level);
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

    private static void put(Map<Metric, Double> levels, Metric metric, @Nullable Number level) {
        if (level != null) {
            levels.put(metric, level.doubleValue());
        }
    }
}
