package org.slotwarden.portal.notice;

import java.util.List;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What people were told of a job. */
@RestController
class NoticeController {

    private final Notices notices;
    private final JobQueries jobs;

    NoticeController(Notices notices, JobQueries jobs) {
        this.notices = notices;
        this.jobs = jobs;
    }

    /** For the job's owner what the owner was told; admins see all. */
    @GetMapping("/api/v1/jobs/{id}/notices")
    List<Notice> ofJob(@PathVariable long id, Viewer viewer) {
        if (jobs.summary(id, viewer).isEmpty()) {
            throw new NotFoundException("There is no such job");
        }
        return notices.ofJob(id, viewer);
    }
}
