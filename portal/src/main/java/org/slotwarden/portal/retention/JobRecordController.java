package org.slotwarden.portal.retention;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.job.JobDetails;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The whole record of one job. */
@RestController
@RequestMapping("/api/v1/jobs/{id}")
class JobRecordController {

    private static final Logger log = LoggerFactory.getLogger(JobRecordController.class);

    private final JobQueries jobs;
    private final JobExport export;
    private final JobRemoval removal;
    private final Audit audit;

    JobRecordController(JobQueries jobs, JobExport export, JobRemoval removal, Audit audit) {
        this.jobs = jobs;
        this.export = export;
        this.removal = removal;
        this.audit = audit;
    }

    /** Everything that is known of a job, a JSON object a line; the job itself is the first. */
    @GetMapping(path = "export", produces = JobExport.MEDIA_TYPE)
    void export(@PathVariable long id, Viewer viewer, HttpServletResponse response) throws IOException {
        JobDetails job = job(id, viewer);
        response.setContentType(JobExport.MEDIA_TYPE);
        response.setHeader("Content-Disposition", "attachment; filename=\"job-" + id + ".ndjson\"");
        export.write(job, viewer, response.getOutputStream());
    }

    /** For admins. Of a job that runs there would be more to come: it is refused. */
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id, Viewer viewer) {
        JobDetails job = job(id, viewer);
        String which = job.summary().batchSystem() + " " + job.summary().jobId() + " of "
                + job.summary().user();
        // What was ordered and done stays in the audit, and so does who deleted the rest.
        if (!removal.remove(id, () -> audit.add(Actor.of(viewer), "job-deleted", "job " + id, id, which))) {
            throw new ErrorResponseException(
                    HttpStatus.CONFLICT,
                    ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "The job has not ended"),
                    null);
        }
        log.info("{} deleted job {}: {}", viewer.name(), id, which);
    }

    private JobDetails job(long id, Viewer viewer) {
        return jobs.find(id, viewer).orElseThrow(() -> new NotFoundException("There is no such job"));
    }
}
