package org.slotwarden.portal.job;

import java.time.Duration;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;

/** Asks for other sampling intervals: the agents learn of it with the answer to their next report. */
@Service
public class JobSampling {

    /**
     * Samples a live job of the viewer at another interval for a while.
     *
     * @param interval 1 s to 10 min
     * @param howLong at most one hour
     * @return false when there is no such live job for this viewer
     */
    public boolean request(long jobId, Duration interval, Duration howLong, Viewer viewer) {
        throw new UnsupportedOperationException("in work");
    }
}
