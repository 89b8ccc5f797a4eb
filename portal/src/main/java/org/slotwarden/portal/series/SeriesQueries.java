package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Reads samples back. Whether the asker may see the job is for the caller to have asked. */
@Service
public class SeriesQueries {

    /**
     * @param points 1 to 2000; fewer are returned when the samples are fewer
     */
    public Series ofJob(long jobId, Set<Metric> metrics, Instant from, Instant to, int points) {
        throw new UnsupportedOperationException("in work");
    }

    /** Raw samples of a slot from {@code since} on, by time: for judging after a restart. */
    public List<JobSample> since(long slotId, Instant since) {
        throw new UnsupportedOperationException("in work");
    }
}
