package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSampling;
import org.slotwarden.portal.job.JobSummary;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /jobs/ID}: one job, live while it runs. */
@Controller
class JobPage {
    private static final Duration FAST = Duration.ofSeconds(1);
    private static final Duration FAST_FOR = Duration.ofMinutes(10);

    private final JobQueries jobs;
    private final JobSampling sampling;
    private final FlagQueries flags;
    private final JobFigures figures;
    private final JobView view;
    private final Clock clock;

    JobPage(JobQueries jobs, JobSampling sampling, FlagQueries flags, JobFigures figures, JobView view, Clock clock) {
        this.jobs = jobs;
        this.sampling = sampling;
        this.flags = flags;
        this.figures = figures;
        this.view = view;
        this.clock = clock;
    }

    @GetMapping("/jobs/{id}")
    String show(
            @PathVariable long id,
            @RequestParam(name = "range", defaultValue = "all") String rangeKey,
            Viewer viewer,
            Model model) {
        JobDetails details = jobs.find(id, viewer).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        JobSummary job = details.summary();
        TimeRange range = TimeRange.of(rangeKey);
        Instant now = clock.instant();
        Instant to = end(job, now);
        Instant from = range.begin(begin(job, details, to), to);
        model.addAttribute("job", job);
        model.addAttribute("details", details);
        model.addAttribute("flags", flags.ofJob(id, viewer).reversed());
        model.addAttribute(
                "standing",
                flags.ofJob(id, viewer).stream()
                        .filter(flag -> flag.state().standing())
                        .count());
        model.addAttribute("steps", view.steps(details));
        model.addAttribute("used", view.used(details, now));
        model.addAttribute("facts", view.facts(details, viewer));
        model.addAttribute("charts", view.charts(details));
        model.addAttribute("figures", figures.of(id, from, to));
        model.addAttribute("ranges", TimeRange.labels());
        model.addAttribute("range", range.key());
        model.addAttribute(
                "window", range.length() == null ? null : range.length().toSeconds());
        model.addAttribute("from", from);
        model.addAttribute("to", job.state().live() ? null : to);
        return "job";
    }

    @PostMapping("/jobs/{id}/sampling")
    String sampleFast(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        if (sampling.request(id, FAST, FAST_FOR, viewer)) {
            to.addFlashAttribute("done", "Sampled every second for 10 minutes, from the next report of its node on.");
        } else {
            to.addFlashAttribute("refused", "This job does not run any more.");
        }
        return "redirect:/jobs/" + id;
    }

    private static Instant begin(JobSummary job, JobDetails details, Instant end) {
        if (job.startedAt() != null) {
            return job.startedAt();
        }
        return details.submittedAt() != null ? details.submittedAt() : end.minus(Duration.ofHours(1));
    }

    private static Instant end(JobSummary job, Instant now) {
        if (job.state().live()) {
            return now;
        }
        return List.of(job.endedAt() != null ? job.endedAt() : now).getFirst();
    }
}
