package org.slotwarden.portal.note;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Notes of admins about a job. */
@RestController
@RequestMapping("/api/v1/jobs/{id}/notes")
class NoteController {

    private final JobNotes notes;
    private final JobQueries jobs;

    NoteController(JobNotes notes, JobQueries jobs) {
        this.notes = notes;
        this.jobs = jobs;
    }

    /** @param forOwner whether the job's owner sees it; not, when nothing is said */
    record Wanted(@Nullable String text, @Nullable Boolean forOwner) {}

    /** The newest first; for the job's owner those that are for the owner. */
    @GetMapping
    List<JobNote> ofJob(@PathVariable long id, Viewer viewer) {
        if (jobs.summary(id, viewer).isEmpty()) {
            throw noJob();
        }
        return notes.ofJob(id, viewer);
    }

    /** For admins. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    JobNote add(@PathVariable long id, @RequestBody Wanted wanted, Viewer viewer) {
        boolean forOwner = wanted.forOwner() != null && wanted.forOwner();
        return notes.add(id, wanted.text(), forOwner, viewer).orElseThrow(NoteController::noJob);
    }

    private static NotFoundException noJob() {
        return new NotFoundException("There is no such job");
    }
}
