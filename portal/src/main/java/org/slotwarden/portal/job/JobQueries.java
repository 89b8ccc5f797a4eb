package org.slotwarden.portal.job;

import java.util.List;
import java.util.Optional;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;

/** Looks jobs up. Nobody is shown what is not theirs: what a viewer may not see does not exist for them. */
@Service
public class JobQueries {

    /** A page of jobs and how many there are in all. */
    public record Found(List<JobSummary> jobs, long total) {}

    /**
     * @param page from 0
     * @param size 1 to 500
     */
    public Found search(JobFilter filter, JobSort sort, int page, int size, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    public Optional<JobDetails> find(long id, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }

    /** For the portal's own judgement, not for people: no viewer is asked. */
    public Optional<JobDetails> find(long id) {
        throw new UnsupportedOperationException("in work");
    }
}
