package org.slotwarden.portal.job;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.api.PageOf;
import org.slotwarden.portal.api.Paging;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/jobs")
class JobController {

    private final JobQueries jobs;
    private static final int MOST_REQUESTS = 100;

    private final HeldBackSamples heldBack;

    JobController(JobQueries jobs, HeldBackSamples heldBack) {
        this.jobs = jobs;
        this.heldBack = heldBack;
    }

    /** How much of the last time is asked for; ten minutes when it is not said. */
    record HeldBackRequest(@Nullable Long lastSeconds) {}

    /**
     * @param state names of states, in any case; {@code live}: those of jobs that run
     * @param from jobs that ended at or after this, or still run
     * @param to jobs that started before this
     */
    @GetMapping
    PageOf<JobSummary> search(
            @RequestParam(defaultValue = "") List<String> state,
            @RequestParam(required = false) @Nullable String user,
            @RequestParam(required = false) @Nullable String node,
            @RequestParam(required = false) @Nullable String queue,
            @RequestParam(required = false) @Nullable String flag,
            @RequestParam(name = "job_id", required = false) @Nullable String jobId,
            @RequestParam(name = "array_id", required = false) @Nullable String arrayId,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(defaultValue = "-started") String sort,
            Viewer viewer) {
        Paging.check(page, size);
        if (from != null && to != null && from.isAfter(to)) {
            throw new BadParameterException("from", "must not be after to");
        }
        var filter = new JobFilter(states(state), user, node, queue, flag, jobId, arrayId, from, to);
        JobQueries.Found found = jobs.search(filter, sort(sort), page, size, viewer);
        return new PageOf<>(found.jobs(), page, size, found.total());
    }

    @GetMapping("{id}")
    JobDetails job(@PathVariable long id, Viewer viewer) {
        return jobs.find(id, viewer).orElseThrow(() -> new NotFoundException("There is no such job"));
    }

    /** Asks for the samples that the job's agents have held back. */
    @PostMapping("{id}/held-back")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sendHeldBack(
            @PathVariable long id, @RequestBody(required = false) @Nullable HeldBackRequest request, Viewer viewer) {
        Long seconds = request == null ? null : request.lastSeconds();
        try {
            if (!heldBack.ask(id, seconds == null ? HeldBackSamples.USUAL : Duration.ofSeconds(seconds), viewer)) {
                throw new NotFoundException("There is no such job that runs, or ran a few minutes ago");
            }
        } catch (IllegalArgumentException e) {
            throw new BadParameterException("last_seconds", String.valueOf(e.getMessage()));
        }
    }

    /** What was asked for, by hand, by a flag or after a failure, and what came; the latest first. */
    @GetMapping("{id}/held-back")
    List<HeldBackSamples.Request> heldBack(@PathVariable long id, Viewer viewer) {
        job(id, viewer);
        return heldBack.ofJob(id, MOST_REQUESTS);
    }

    private static Set<JobState> states(List<String> names) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        for (String name : names) {
            if (name.equalsIgnoreCase("live")) {
                states.addAll(JobFilter.LIVE.states());
            } else if (!name.isBlank()) {
                try {
                    states.add(JobState.valueOf(name.toUpperCase(Locale.ROOT)));
                } catch (IllegalArgumentException e) {
                    throw new BadParameterException("state", "must be live or some of " + List.of(JobState.values()));
                }
            }
        }
        return states;
    }

    private static JobSort sort(String sort) {
        try {
            return JobSort.parse(sort);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(
                    "sort", String.valueOf(e.getMessage()).replaceFirst("^sort ", ""));
        }
    }
}
