package org.slotwarden.portal.job;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs: every part that is given must match, none given means all. Several states mean any of them.
 *
 * @param flag kind of a flag that is open now; {@code any} for any flag
 * @param from jobs that ended at or after this, or still run
 * @param to jobs that started before this
 * @param arrayId elements of this array
 */
public record JobFilter(
        Set<JobState> states,
        @Nullable String user,
        @Nullable String node,
        @Nullable String queue,
        @Nullable String flag,
        @Nullable String jobId,
        @Nullable String arrayId,
        @Nullable Instant from,
        @Nullable Instant to) {

    public static final JobFilter ALL = new JobFilter(Set.of(), null, null, null, null, null, null, null, null);
    public static final JobFilter LIVE =
            new JobFilter(Set.of(JobState.RUNNING, JobState.SILENT), null, null, null, null, null, null, null, null);

    public JobFilter {
        states = Set.copyOf(states);
    }
}
