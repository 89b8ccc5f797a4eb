package org.slotwarden.portal.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.series.Metric;
import org.springframework.stereotype.Component;

/** Which charts a job has, and in which order: what was never measured has none. */
@Component
class JobCharts {

    /**
     * A chart that a job may have.
     *
     * @param expected shown even before anything was measured
     * @param quiet not shown as long as nothing but zero was measured
     */
    private record Plan(String id, String title, String unit, boolean expected, boolean quiet, List<Line> lines) {}

    private record Line(Metric metric, String label) {}

    /** Plans under one heading. */
    private record Group(String id, String title, List<Plan> plans) {}

    private static final List<Group> GROUPS = List.of(
            group(
                    "cpu",
                    "CPU",
                    expected("cores", "Cores used", "cores", line(Metric.CORES_USED, "cores used")),
                    plan(
                            "cpu-parts",
                            "What CPU time went into",
                            "cores",
                            line(Metric.CPU_USER_SECONDS, "user"),
                            line(Metric.CPU_SYSTEM_SECONDS, "system"),
                            line(Metric.RUN_QUEUE_WAIT_SECONDS, "waiting for a core"),
                            line(Metric.CPU_UNATTRIBUTED_SECONDS, "processes nobody saw")),
                    plan(
                            "switches",
                            "Context switches",
                            "1/s",
                            line(Metric.VOLUNTARY_CONTEXT_SWITCHES, "voluntary"),
                            line(Metric.INVOLUNTARY_CONTEXT_SWITCHES, "involuntary"))),
            group(
                    "ram",
                    "Memory",
                    expected(
                            "memory",
                            "Memory",
                            "B",
                            line(Metric.MEMORY_RSS_BYTES, "resident memory"),
                            line(Metric.MEMORY_PSS_BYTES, "proportional (shared pages once)"),
                            line(Metric.MEMORY_LIMIT_BYTES, "limit of the control group")),
                    quiet("swap", "Swap", "B", line(Metric.SWAP_BYTES, "swapped out")),
                    quiet("faults", "Major page faults", "1/s", line(Metric.MAJOR_FAULTS, "major faults"))),
            group(
                    "io",
                    "Reading and writing",
                    expected(
                            "storage",
                            "Storage",
                            "B/s",
                            line(Metric.READ_BYTES, "read"),
                            line(Metric.WRITE_BYTES, "written")),
                    plan(
                            "chars",
                            "All reads and writes, pipes and sockets too",
                            "B/s",
                            line(Metric.READ_CHARS, "read"),
                            line(Metric.WRITE_CHARS, "written")),
                    plan(
                            "calls",
                            "System calls",
                            "1/s",
                            line(Metric.READ_CALLS, "read calls"),
                            line(Metric.WRITE_CALLS, "write calls")),
                    plan(
                            "operations",
                            "Operations on devices",
                            "1/s",
                            line(Metric.READ_OPERATIONS, "reads"),
                            line(Metric.WRITE_OPERATIONS, "writes"))),
            group(
                    "network",
                    "Network",
                    plan(
                            "traffic",
                            "Traffic",
                            "B/s",
                            line(Metric.NET_RECEIVE_BYTES, "received"),
                            line(Metric.NET_TRANSMIT_BYTES, "sent")),
                    plan(
                            "packets",
                            "Packets",
                            "1/s",
                            line(Metric.NET_RECEIVE_PACKETS, "packets received"),
                            line(Metric.NET_TRANSMIT_PACKETS, "packets sent"))),
            group(
                    "disk",
                    "Disk",
                    plan(
                            "directories",
                            "Bytes in directories",
                            "B",
                            line(Metric.WORKDIR_BYTES, "work directory"),
                            line(Metric.SCRATCH_BYTES, "scratch")),
                    plan(
                            "room",
                            "Room left",
                            "B",
                            line(Metric.WORKDIR_FREE_BYTES, "free for the work directory"),
                            line(Metric.SCRATCH_FREE_BYTES, "free in scratch"))),
            group(
                    "process",
                    "Processes",
                    expected(
                            "processes",
                            "Processes and threads",
                            "",
                            line(Metric.PROCESSES, "processes"),
                            line(Metric.THREADS, "threads")),
                    quiet(
                            "stuck",
                            "Stuck and dead processes",
                            "",
                            line(Metric.UNINTERRUPTIBLE_PROCESSES, "waiting in the kernel (D)"),
                            line(Metric.ZOMBIES, "zombies"))),
            group(
                    "handles",
                    "Files and sockets",
                    expected("files", "Open files", "", line(Metric.OPEN_FILES, "open files")),
                    plan(
                            "files-share",
                            "Open files of the fullest process",
                            "share",
                            line(Metric.OPEN_FILES_SHARE, "of its limit")),
                    expected("sockets", "Open sockets", "", line(Metric.OPEN_SOCKETS, "open sockets")),
                    plan(
                            "socket-states",
                            "Sockets by state",
                            "",
                            line(Metric.SOCKETS_TCP_ESTABLISHED, "established"),
                            line(Metric.SOCKETS_TCP_CLOSE_WAIT, "close wait"),
                            line(Metric.SOCKETS_TCP_TIME_WAIT, "time wait"),
                            line(Metric.SOCKETS_TCP_SYN_SENT, "SYN sent"),
                            line(Metric.SOCKETS_TCP_LISTEN, "listening"),
                            line(Metric.SOCKETS_TCP_OTHER, "other TCP"),
                            line(Metric.SOCKETS_UDP, "UDP"),
                            line(Metric.SOCKETS_UNIX, "Unix"),
                            line(Metric.SOCKETS_OTHER, "other")),
                    quiet(
                            "movers",
                            "Storage movers, those certainly its own",
                            "",
                            line(Metric.STORAGE_MOVERS, "movers"))),
            group(
                    "pressure",
                    "Waiting for resources (pressure)",
                    plan(
                            "cpu-pressure",
                            "Waiting for CPU",
                            "share",
                            line(Metric.CPU_PRESSURE_SOME_SECONDS, "some tasks"),
                            line(Metric.CPU_PRESSURE_FULL_SECONDS, "all tasks")),
                    plan(
                            "memory-pressure",
                            "Waiting for memory",
                            "share",
                            line(Metric.MEMORY_PRESSURE_SOME_SECONDS, "some tasks"),
                            line(Metric.MEMORY_PRESSURE_FULL_SECONDS, "all tasks")),
                    plan(
                            "io-pressure",
                            "Waiting for storage",
                            "share",
                            line(Metric.IO_PRESSURE_SOME_SECONDS, "some tasks"),
                            line(Metric.IO_PRESSURE_FULL_SECONDS, "all tasks")),
                    quiet("oom", "Killed for want of memory", "1/s", line(Metric.OOM_KILLS, "processes killed"))),
            group(
                    "results",
                    "Progress and output",
                    plan("progress", "Progress, as the job says", "share", line(Metric.PROGRESS_FRACTION, "done")),
                    plan(
                            "output",
                            "Size of output",
                            "B",
                            line(Metric.STANDARD_OUTPUT_BYTES, "standard output"),
                            line(Metric.STANDARD_ERROR_BYTES, "standard error"))));

    private final Format format;

    JobCharts(Format format) {
        this.format = format;
    }

    /** Of all charts that a job may have. */
    static Set<String> ids() {
        return GROUPS.stream()
                .flatMap(group -> group.plans().stream())
                .map(Plan::id)
                .collect(Collectors.toSet());
    }

    private static Group group(String id, String title, Plan... plans) {
        return new Group(id, title, List.of(plans));
    }

    private static Plan expected(String id, String title, String unit, Line... lines) {
        return new Plan(id, title, unit, true, false, List.of(lines));
    }

    private static Plan plan(String id, String title, String unit, Line... lines) {
        return new Plan(id, title, unit, false, false, List.of(lines));
    }

    private static Plan quiet(String id, String title, String unit, Line... lines) {
        return new Plan(id, title, unit, false, true, List.of(lines));
    }

    private static Line line(Metric metric, String label) {
        return new Line(metric, label);
    }

    /** All that any chart may show. */
    static Set<Metric> metrics() {
        return GROUPS.stream()
                .flatMap(group -> group.plans().stream())
                .flatMap(plan -> plan.lines().stream())
                .map(Line::metric)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Metric.class)));
    }

    /** What a table calls a metric, after the heading of its group. */
    static String name(Metric metric) {
        for (Group group : GROUPS) {
            for (Plan plan : group.plans()) {
                for (Line line : plan.lines()) {
                    if (line.metric() == metric) {
                        boolean alone = plan.lines().size() == 1 || plan.id().equals("processes");
                        return alone ? line.label() : plan.title() + ": " + line.label();
                    }
                }
            }
        }
        return metric.metricName();
    }

    /** Whether a figure is a share, to be told in percent. */
    static boolean share(Metric metric) {
        return GROUPS.stream()
                .flatMap(group -> group.plans().stream())
                .anyMatch(plan ->
                        plan.unit().equals("share") && plan.lines().stream().anyMatch(line -> line.metric() == metric));
    }

    /** The metrics of each group, for tables that say the same as its charts. */
    static List<Metric> metricsOf(ChartGroup group) {
        return group.charts().stream()
                .flatMap(chart -> Arrays.stream(chart.metrics().split(",")))
                .flatMap(name -> Metric.named(name).stream())
                .toList();
    }

    List<ChartGroup> of(JobDetails details, JobFigures.Figures figures) {
        List<ChartGroup> groups = new ArrayList<>();
        for (Group group : GROUPS) {
            List<Chart> charts = new ArrayList<>();
            for (Plan plan : group.plans()) {
                List<Line> lines = plan.lines().stream()
                        .filter(line -> figures.measured(line.metric())
                                && (plan.lines().size() < 5 || figures.everAboveZero(line.metric()))
                                && !saysTheSame(line.metric(), details))
                        .toList();
                boolean nothing = lines.isEmpty()
                        || (plan.quiet() && lines.stream().noneMatch(line -> figures.everAboveZero(line.metric())));
                if (!nothing) {
                    charts.add(chart(plan, lines, details, figures));
                } else if (plan.expected() && figures.nothingMeasured()) {
                    charts.add(chart(plan, plan.lines().subList(0, 1), details, figures));
                }
            }
            if (!charts.isEmpty()) {
                groups.add(new ChartGroup(group.id(), group.title(), charts));
            }
        }
        return groups;
    }

    /** A limit of the kernel that is what was asked for is drawn already. */
    private static boolean saysTheSame(Metric metric, JobDetails details) {
        Long asked = details.summary().requestedMemoryBytes();
        Double kernels = metric == Metric.MEMORY_LIMIT_BYTES ? details.latest(metric.metricName()) : null;
        return asked != null && kernels != null && kernels.longValue() == asked;
    }

    private Chart chart(Plan plan, List<Line> lines, JobDetails details, JobFigures.Figures figures) {
        JobSummary job = details.summary();
        Number limit = limit(plan, job);
        return new Chart(
                plan.id(),
                plan.title(),
                lines.stream().map(line -> line.metric().metricName()).collect(Collectors.joining(",")),
                lines.stream().map(Line::label).collect(Collectors.joining(",")),
                plan.unit(),
                limit,
                limit == null ? null : "asked for",
                sentence(plan, lines, details, figures));
    }

    private static @Nullable Number limit(Plan plan, JobSummary job) {
        if (plan.id().equals("cores")) {
            return job.requestedCores();
        }
        return plan.id().equals("memory") ? job.requestedMemoryBytes() : null;
    }

    private String sentence(Plan plan, List<Line> lines, JobDetails details, JobFigures.Figures figures) {
        JobSummary job = details.summary();
        String now = job.state().live() ? "now " : "at last ";
        String thinned = details.losses().isEmpty() ? "" : "; thinned where shaded";
        return switch (plan.id()) {
            case "cores" -> now + asked(format.number(job.coresUsed()), format.number(job.requestedCores())) + thinned;
            case "memory" ->
                now + asked(format.bytes(job.memoryRssBytes()), format.bytes(job.requestedMemoryBytes())) + thinned;
            case "storage" ->
                "%s read, %s written in all"
                                .formatted(format.bytes(details.readBytes()), format.bytes(details.writeBytes()))
                        + thinned;
            case "oom" -> format.number(details.latest("oom_kills")) + " in all" + thinned;
            default ->
                now
                        + lines.stream()
                                .map(line -> lines.size() == 1
                                        ? figures.latest(line.metric())
                                        : line.label() + " " + figures.latest(line.metric()))
                                .collect(Collectors.joining(", "))
                        + thinned;
        };
    }

    private static String asked(String used, @Nullable String asked) {
        return asked == null || asked.equals(Format.UNKNOWN)
                ? used + ", no limit known"
                : used + " of " + asked + " asked for";
    }
}
