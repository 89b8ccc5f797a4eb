package org.slotwarden.portal.policy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.job.JobState;

/**
 * A job with what policies ask of it. What is not known is null.
 *
 * @param optedOut whether its comment has {@value #OPT_OUT}
 * @param heardAt when the portal last had a report of it
 * @param flags those that stand
 */
record FlaggedJob(
        long id,
        String batchSystem,
        String cluster,
        String batchJobId,
        JobState state,
        Instant heardAt,
        @Nullable String name,
        @Nullable String user,
        @Nullable String group,
        @Nullable String account,
        @Nullable String queue,
        boolean optedOut,
        List<String> nodes,
        List<Standing> flags) {

    /** In the comment of a job: policies that allow it leave the job alone. */
    static final String OPT_OUT = "slotwarden:no-kill";

    /** @param kind as in REST, or {@code rule:NAME} */
    record Standing(long id, String kind, Severity severity, String sentence) {}
}
