package org.slotwarden.portal.rule;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a rule, tried on what is stored of jobs.
 *
 * @param hours of the past that were asked for
 * @param jobs looked at
 * @param jobHours of their lives, looked at
 * @param flagged of these jobs
 * @param unknown evaluations in which something was not measured; of {@code evaluated}
 * @param failed evaluations that failed
 * @param lastFailure how, last
 * @param firsts the newest flagged jobs, {@value #MOST_SHOWN} at most; those whose records were deleted since are not
 *     among them
 */
public record Trial(
        State state,
        int hours,
        String startedBy,
        Instant startedAt,
        @Nullable Instant endedAt,
        int jobs,
        double jobHours,
        int flagged,
        long evaluated,
        long unknown,
        long failed,
        @Nullable String lastFailure,
        List<PastJobs.Verdict> firsts) {

    static final int MOST_SHOWN = 200;

    /** What became of a trial. */
    public enum State {
        RUNNING,
        COMPLETE,
        /** The time for it, or the greatest number of jobs, was over before all jobs were looked at. */
        OUT_OF_TIME,
        CANCELLED,
        FAILED
    }

    Trial with(List<PastJobs.Verdict> flaggedJobs) {
        return new Trial(
                state,
                hours,
                startedBy,
                startedAt,
                endedAt,
                jobs,
                jobHours,
                flagged,
                evaluated,
                unknown,
                failed,
                lastFailure,
                flaggedJobs);
    }

    public boolean running() {
        return state == State.RUNNING;
    }
}
