package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobProgress;
import org.slotwarden.portal.job.SlotExecutable;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.Metric;

/** What samples of a slot told beside their levels since its figures were shown last. */
record Unshown(
        boolean any,
        @Nullable Long peakMemoryRssBytes,
        @Nullable String membership,
        @Nullable JobProgress progress,
        Map<String, SlotExecutable> executables) {

    static final Unshown NOTHING = new Unshown(false, null, null, null, Map.of());

    /** What rows of samples tell: the rest comes with the next sample. */
    static Unshown peak(@Nullable Long peakMemoryRssBytes) {
        return new Unshown(true, peakMemoryRssBytes, null, null, Map.of());
    }

    /**
     * @param samples by time
     * @param from what the job says of itself counts in samples from this time on only: later ones have told
     */
    Unshown and(List<JobSample> samples, @Nullable Instant from) {
        Long peak = peakMemoryRssBytes;
        String told = membership;
        JobProgress latest = progress;
        Map<String, SlotExecutable> byName = executables;
        for (JobSample sample : samples) {
            Long memory = sample.whole(Metric.MEMORY_RSS_BYTES);
            peak = greater(peak, memory);
            if (from == null || !sample.time().isBefore(from)) {
                told = sample.membership() == null ? told : sample.membership().text();
                latest = sample.progress() == null ? latest : sample.progress();
            }
            if (!sample.executables().isEmpty()) {
                byName = byName == executables ? new TreeMap<>(executables) : byName;
                for (JobSample.Executable one : sample.executables()) {
                    byName.merge(one.name(), executable(sample, one), Unshown::newer);
                }
            }
        }
        return new Unshown(true, peak, told, latest, byName);
    }

    /** As the newer one tells, with the most memory that any tells. */
    private static SlotExecutable newer(SlotExecutable before, SlotExecutable now) {
        SlotExecutable newer = now.seenAt().isBefore(before.seenAt()) ? before : now;
        return new SlotExecutable(
                newer.name(),
                newer.seenAt(),
                newer.processes(),
                newer.threads(),
                newer.cpuSeconds(),
                newer.memoryRssBytes(),
                greater(before.maxMemoryRssBytes(), now.maxMemoryRssBytes()),
                newer.readBytes(),
                newer.writeBytes());
    }

    private static SlotExecutable executable(JobSample sample, JobSample.Executable told) {
        return new SlotExecutable(
                told.name(),
                sample.time(),
                told.processes(),
                told.threads(),
                told.cpuSeconds(),
                told.memoryRssBytes(),
                told.memoryRssBytes(),
                told.readBytes(),
                told.writeBytes());
    }

    /** What lists show of the slot: the newest regular sample, and what was told since it was shown last. */
    SlotFigures figures(long slotId, long jobId, LatestSamples latest) {
        JobSample newest = latest.regular();
        return new SlotFigures(
                slotId,
                jobId,
                latest.lastAt(),
                latest.coresUsed(),
                newest == null ? null : newest.cpuSeconds(),
                whole(newest, Metric.MEMORY_RSS_BYTES),
                peakMemoryRssBytes,
                whole(newest, Metric.READ_BYTES),
                whole(newest, Metric.WRITE_BYTES),
                count(newest, Metric.PROCESSES),
                count(newest, Metric.OPEN_SOCKETS),
                newest == null ? Map.of() : byName(newest),
                membership,
                progress,
                List.copyOf(executables.values()));
    }

    private static Map<String, Number> byName(JobSample sample) {
        Map<String, Number> figures = new LinkedHashMap<>();
        sample.levels()
                .forEach((metric, level) ->
                        figures.put(metric.metricName(), metric.whole() ? (Number) (long) level : (Number) level));
        return figures;
    }

    private static @Nullable Long whole(@Nullable JobSample sample, Metric metric) {
        return sample == null ? null : sample.whole(metric);
    }

    private static @Nullable Integer count(@Nullable JobSample sample, Metric metric) {
        Long level = whole(sample, metric);
        return level == null ? null : (Integer) level.intValue();
    }

    private static @Nullable Long greater(@Nullable Long a, @Nullable Long b) {
        return a == null || (b != null && b > a) ? b : a;
    }
}
