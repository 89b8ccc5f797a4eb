package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobProgress;

/**
 * A slot's processes at one moment, taken together, as {@code report.proto} has it. Counters are cumulative from the
 * job's start.
 *
 * @param levels what was measured; all values are exact as a double
 * @param membership how the job's processes were told from others, null where it was not said or not read back
 * @param progress in the job's own words; not read back from a stored sample
 * @param executables by executable, the most CPU time first; not read back from a stored sample
 */
public record JobSample(
        Instant time,
        Levels levels,
        Reason reason,
        @Nullable Membership membership,
        @Nullable JobProgress progress,
        List<Executable> executables) {

    /** Why a sample was taken, or reported. */
    public enum Reason {
        REGULAR,
        /** A figure moved more than is usual. */
        CHANGE,
        /** A figure crossed a threshold. */
        THRESHOLD,
        /** Held back, and released because something happened near it. */
        EVENT,
        /** Held back, and asked for. */
        ASKED
    }

    /** How processes are known to be a job's. */
    public enum Membership {
        CGROUP,
        SUPPLEMENTARY_GROUP,
        ENVIRONMENT,
        PROCESS_TREE;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** In REST and in the database. */
        public String text() {
            return text;
        }
    }

    /** All processes of a job that run one executable. */
    public record Executable(
            String name,
            int processes,
            int threads,
            @Nullable Double cpuSeconds,
            @Nullable Long memoryRssBytes,
            @Nullable Long readBytes,
            @Nullable Long writeBytes) {}

    public JobSample {
        executables = List.copyOf(executables);
    }

    /** A regular sample of figures only. */
    public JobSample(Instant time, Map<Metric, Double> levels) {
        this(time, Levels.of(levels));
    }

    JobSample(Instant time, Levels levels) {
        this(time, levels, Reason.REGULAR, null, null, List.of());
    }

    /** The same with one metric more. */
    public JobSample with(Metric metric, double level) {
        return new JobSample(time, levels.with(metric, level), reason, membership, progress, executables);
    }

    /**
     * Taken between the regular samples and reported only because somebody or something asked for it. Such samples
     * come late, may lack figures that are dear to measure, and are there for some jobs at some times only: what is
     * judged live does not depend on them.
     */
    public boolean heldBack() {
        return reason == Reason.EVENT || reason == Reason.ASKED;
    }

    /** A counter as it stood, a gauge as it was; absent when it was not measured. */
    public @Nullable Double level(Metric metric) {
        return switch (metric) {
            case CORES_USED, CPU_SECONDS -> {
                Double user = levels.get(Metric.CPU_USER_SECONDS);
                Double system = levels.get(Metric.CPU_SYSTEM_SECONDS);
                yield user == null || system == null ? null : (Double) (user + system);
            }
            case OPEN_FILES_SHARE -> {
                Double files = levels.get(Metric.FULLEST_OPEN_FILES);
                Double limit = levels.get(Metric.FULLEST_OPEN_FILES_LIMIT);
                yield files == null || limit == null || limit <= 0 ? null : (Double) (files / limit);
            }
            default -> levels.get(metric);
        };
    }

    /** As {@link #level}, for what is counted in whole things or bytes. */
    public @Nullable Long whole(Metric metric) {
        Double level = level(metric);
        return level == null ? null : (Long) level.longValue();
    }

    /** User and system together, absent when either is. */
    public @Nullable Double cpuSeconds() {
        return level(Metric.CPU_SECONDS);
    }
}
