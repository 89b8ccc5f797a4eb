package org.slotwarden.portal.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;

/**
 * A stage that a policy reached on a job.
 *
 * @param policy its name
 * @param stage 1, 2, 3, ...
 * @param wanted what the stage is
 * @param done what was done; {@code notify} where more was wanted and could not be
 * @param dryRun nothing was done: it would have been
 * @param whyNot why no more than a notice
 * @param orderId of a kill
 */
public record PolicyAct(
        long id,
        String policy,
        int version,
        long jobId,
        String batchJobId,
        @Nullable String user,
        String flag,
        Severity severity,
        Instant at,
        int stage,
        StageKind wanted,
        StageKind done,
        boolean dryRun,
        @Nullable String whyNot,
        @Nullable Long orderId) {

    /** For people: "would have warned the owner". */
    public String words() {
        String what = switch (done) {
            case NOTIFY -> dryRun ? "would have told the admins" : "told the admins";
            case WARN -> dryRun ? "would have warned the owner" : "warned the owner";
            case HOLD, REQUEUE, CANCEL, KILL -> (dryRun ? "would have ordered a " : "ordered a ") + done.word();
        };
        return whyNot == null ? what : what + " only, no " + wanted.word() + ": " + whyNot;
    }
}
