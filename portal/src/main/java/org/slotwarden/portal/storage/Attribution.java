package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose a mover is, as far as known.
 *
 * @param reason one sentence for people
 * @param jobId the portal's id; null where it is ambiguous or nobody's
 * @param batchJobId the batch system's id
 * @param slotId the portal's id of the job's slot on the node
 * @param user of the job
 * @param node the only node that the client can be, whether a job is known or not
 * @param candidates where it is ambiguous: the jobs that fit, 20 at most
 * @param jobEndedAt when the job's slot ended, where the mover outlived it
 */
public record Attribution(
        Confidence confidence,
        String reason,
        @Nullable Long jobId,
        @Nullable String batchJobId,
        @Nullable Long slotId,
        @Nullable String user,
        @Nullable String node,
        List<Long> candidates,
        @Nullable Instant jobEndedAt) {

    public Attribution {
        candidates = List.copyOf(candidates);
    }
}
