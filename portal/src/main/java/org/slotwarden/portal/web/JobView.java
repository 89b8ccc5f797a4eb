package org.slotwarden.portal.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobProgress;
import org.slotwarden.portal.job.JobState;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.job.SlotExecutable;
import org.slotwarden.portal.series.JobSample;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** Tells one job in the order in which its page shows it. */
@Component("jobView")
class JobView {
    private final Format format;
    private final Marks marks;

    JobView(Format format, Marks marks) {
        this.format = format;
        this.marks = marks;
    }

    /** A step of the job's life. */
    record Step(String what, @Nullable Instant at, @Nullable String why) {}

    List<Step> steps(JobDetails details) {
        JobSummary job = details.summary();
        List<Step> steps = new ArrayList<>();
        if (details.submittedAt() != null) {
            steps.add(new Step("submitted", details.submittedAt(), null));
        }
        boolean again = job.restartCount() != null && job.restartCount() > 0;
        steps.add(new Step("started", job.startedAt(), again ? "restart " + job.restartCount() : null));
        if (job.state() == JobState.RUNNING) {
            steps.add(new Step("running", null, null));
        } else if (job.state() == JobState.SILENT) {
            steps.add(new Step("silent since", job.lastSampleAt(), "nothing was heard of it for too long"));
        } else {
            String end = marks.end(details.batchState(), details.exitCode(), details.signal());
            steps.add(new Step(format.words(job.state()), job.endedAt(), end.equals(Format.UNKNOWN) ? null : end));
        }
        return steps;
    }

    List<Used> used(JobDetails details, Instant now) {
        JobSummary job = details.summary();
        boolean live = job.state().live();
        Duration wall = job.wallTime(now);
        Double wallSeconds = wall == null ? null : wall.toMillis() / 1000.0;
        Number coreSeconds =
                wallSeconds == null || job.requestedCores() == null ? null : wallSeconds * job.requestedCores();
        List<Used> used = new ArrayList<>();
        if (live) {
            used.add(new Used(
                    "Cores now",
                    compared(format.number(job.coresUsed()), format.number(job.requestedCores())),
                    job.coresUsed(),
                    job.requestedCores(),
                    false));
        }
        used.add(new Used(
                "CPU time",
                "%s, %s of the core time asked for"
                        .formatted(format.seconds(job.cpuSeconds()), format.percent(job.cpuSeconds(), coreSeconds)),
                job.cpuSeconds(),
                coreSeconds,
                false));
        if (live) {
            used.add(new Used(
                    "Memory now",
                    compared(format.bytes(job.memoryRssBytes()), format.bytes(job.requestedMemoryBytes())),
                    job.memoryRssBytes(),
                    job.requestedMemoryBytes(),
                    true));
        }
        used.add(new Used(
                "Memory at most",
                compared(format.bytes(job.maxMemoryRssBytes()), format.bytes(job.requestedMemoryBytes())),
                job.maxMemoryRssBytes(),
                job.requestedMemoryBytes(),
                true));
        JobProgress progress = details.progress();
        if (progress != null) {
            used.add(new Used(
                    "Progress",
                    progress(progress),
                    progress.fraction(),
                    progress.fraction() == null ? null : 1,
                    false));
        }
        used.add(new Used(
                "Wall time",
                job.wallTimeLimitSeconds() == null
                        ? format.duration(wall) + ", no limit known"
                        : format.duration(wall) + " of " + format.seconds(job.wallTimeLimitSeconds()) + " allowed",
                wallSeconds,
                job.wallTimeLimitSeconds(),
                true));
        used.add(new Used(
                "Storage",
                "%s read, %s written".formatted(format.bytes(details.readBytes()), format.bytes(details.writeBytes())),
                null,
                null,
                false));
        return used;
    }

    /** The job's own words are in quotation marks: whoever wrote the job chose them. */
    private String progress(JobProgress progress) {
        StringBuilder said = new StringBuilder(
                progress.fraction() == null ? "" : format.percent(progress.fraction(), 1) + " done, ");
        if (progress.text() != null) {
            said.append("“").append(format.name(progress.text(), 200)).append("”, ");
        }
        return said + "as the job says" + (progress.at() == null ? "" : ", " + format.relative(progress.at()));
    }

    /** An executable with its share of the CPU time of all. */
    record ExecutableRow(SlotExecutable executable, String share) {}

    List<ExecutableRow> executables(JobDetails details) {
        Double all = details.summary().cpuSeconds();
        return details.executables().stream()
                .map(executable -> new ExecutableRow(executable, format.percent(executable.cpuSeconds(), all)))
                .toList();
    }

    /** CPU time of processes that lived between two samples; null when it is not known or not worth a line. */
    @Nullable
    Double unattributed(JobDetails details) {
        Double seconds = details.latest("cpu_unattributed_seconds");
        return seconds == null || seconds < 0.01 ? null : seconds;
    }

    /** Samples that did not come in their turn. */
    public String why(JobSample.Reason reason) {
        return switch (reason) {
            case REGULAR -> "regular";
            case CHANGE -> "a figure moved more than usual";
            case THRESHOLD -> "a figure crossed a threshold";
            case EVENT -> "released by the node when something happened";
            case ASKED -> "held back on the node, and asked for";
        };
    }

    /** Why held-back samples were asked for. */
    public String cause(HeldBackSamples.Request request) {
        if (request.askedBy() != null) {
            return format.name(request.askedBy(), 24) + " asked for them";
        }
        return request.cause().startsWith("flag") ? "a flag was raised" : "the job failed";
    }

    private static String compared(String used, String asked) {
        return asked.equals(Format.UNKNOWN) ? used + ", no limit known" : used + " of " + asked + " asked for";
    }

    List<Fact> facts(JobDetails details, Viewer viewer) {
        JobSummary job = details.summary();
        Facts facts = new Facts();
        facts.add("User", job.user(), viewer.admin() ? list("user", job.user()) : null);
        facts.add("Group", job.group(), null);
        facts.add("Account", job.account(), null);
        facts.add("Queue", job.queue(), list("queue", job.queue()));
        facts.add("Array", array(job), list("array", job.arrayId()));
        facts.add("Nodes", job.nodes().isEmpty() ? null : String.join(", ", job.nodes()), null);
        facts.add("Cores asked", text(job.requestedCores()), null);
        facts.add(
                "Memory asked",
                job.requestedMemoryBytes() == null ? null : format.bytes(job.requestedMemoryBytes()),
                null);
        facts.add(
                "Batch system",
                job.cluster().isEmpty() ? job.batchSystem() : job.batchSystem() + ", " + job.cluster(),
                null);
        facts.add("Work directory", details.workDirectory(), null);
        facts.add("Output", details.standardOutput(), null);
        facts.add("Errors", details.standardError(), null);
        facts.add("Command", details.command(), null);
        facts.add("Comment", details.comment(), null);
        return facts.found;
    }

    private static @Nullable String array(JobSummary job) {
        return job.arrayId() == null ? null : "element " + job.arrayIndex() + " of array " + job.arrayId();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable String list(String parameter, @Nullable String value) {
        return value == null
                ? null
                : UriComponentsBuilder.fromPath("/jobs")
                        .queryParam("state", "any")
                        .queryParam(parameter, "{value}")
                        .encode()
                        .buildAndExpand(value)
                        .toUriString();
    }

    /** Leaves out what nobody knows. */
    private static final class Facts {
        private final List<Fact> found = new ArrayList<>();

        void add(String what, @Nullable String text, @Nullable String link) {
            if (text != null && !text.isEmpty()) {
                found.add(new Fact(what, text, link));
            }
        }
    }
}
