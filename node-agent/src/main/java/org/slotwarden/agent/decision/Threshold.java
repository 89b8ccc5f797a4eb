package org.slotwarden.agent.decision;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slotwarden.wire.v1.JobSample;

/**
 * A figure above which a job is interesting: {@code memory_rss_bytes>90%} or {@code processes>1000}.
 *
 * @param share whether the number is a part of the job's own limit
 */
public record Threshold(Metric metric, double number, boolean share) {

    private static final Pattern FORM = Pattern.compile("([a-z_]+)\\s*>\\s*([0-9]{1,15}(?:\\.[0-9]{1,6})?)(%?)");

    /** What can be watched; a share is of the limit that the figure has by nature. */
    public enum Metric {
        MEMORY_RSS_BYTES(s -> s.hasMemoryRssBytes() ? s.getMemoryRssBytes() : Double.NaN, true),
        CORES_USED(s -> Double.NaN, true),
        OPEN_FILES(s -> s.hasOpenFiles() ? s.getOpenFiles() : Double.NaN, true),
        SWAP_BYTES(s -> s.hasSwapBytes() ? s.getSwapBytes() : Double.NaN, false),
        PROCESSES(s -> s.hasProcesses() ? s.getProcesses() : Double.NaN, false),
        THREADS(s -> s.hasThreads() ? s.getThreads() : Double.NaN, false),
        OPEN_SOCKETS(s -> s.hasOpenSockets() ? s.getOpenSockets() : Double.NaN, false),
        UNINTERRUPTIBLE_PROCESSES(
                s -> s.hasUninterruptibleProcesses() ? s.getUninterruptibleProcesses() : Double.NaN, false),
        WORKDIR_BYTES(s -> s.hasWorkdirBytes() ? s.getWorkdirBytes() : Double.NaN, false),
        SCRATCH_BYTES(s -> s.hasScratchBytes() ? s.getScratchBytes() : Double.NaN, false),
        STANDARD_OUTPUT_BYTES(s -> s.hasStandardOutputBytes() ? s.getStandardOutputBytes() : Double.NaN, false);

        private final ToDoubleFunction<JobSample> figure;
        private final boolean limited;

        Metric(ToDoubleFunction<JobSample> figure, boolean limited) {
            this.figure = figure;
            this.limited = limited;
        }
    }

    /**
     * Reads a list with commas in between; empty: none.
     *
     * @throws IllegalArgumentException with a sentence for the admin
     */
    public static List<Threshold> parse(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .map(Threshold::parseOne)
                .toList();
    }

    private static Threshold parseOne(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("must look like memory_rss_bytes>90% or processes>1000, not " + text);
        }
        Metric metric = Arrays.stream(Metric.values())
                .filter(m -> m.name().toLowerCase(Locale.ROOT).equals(form.group(1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("knows no figure " + form.group(1) + ", but "
                        + Arrays.stream(Metric.values())
                                .map(m -> m.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
        boolean share = !form.group(3).isEmpty();
        if (share && !metric.limited) {
            throw new IllegalArgumentException("knows no limit of which " + text + " could be a part");
        }
        return new Threshold(metric, Double.parseDouble(form.group(2)) / (share ? 100 : 1), share);
    }

    /** The figure in units of the threshold, so that 1 is the threshold itself; NaN where it is not known. */
    double level(JobSample sample, Figures figures, JobLimits limits) {
        double figure = metric == Metric.CORES_USED ? figures.cores() : metric.figure.applyAsDouble(sample);
        if (!share) {
            return number > 0 ? figure / number : figure > 0 ? Double.MAX_VALUE : figure;
        }
        return switch (metric) {
            case MEMORY_RSS_BYTES -> figure / limits.memoryBytes() / number;
            case CORES_USED -> figure / limits.cores() / number;
            case OPEN_FILES ->
                sample.hasFullestOpenFilesLimit() && sample.getFullestOpenFilesLimit() > 0
                        ? (double) sample.getFullestOpenFiles() / sample.getFullestOpenFilesLimit() / number
                        : Double.NaN;
            default -> Double.NaN;
        };
    }
}
