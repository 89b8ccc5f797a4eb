package org.slotwarden.batch;

import org.jspecify.annotations.Nullable;

/** The commands of one batch system. */
interface Dialect {

    /** As {@link BatchAccess#carryOut}. */
    String carryOut(BatchJob job, BatchAct act, String text, Commands commands) throws BatchFailed;

    /** @param owner as the batch system says; null: it does not say */
    static void checkOwner(BatchJob job, @Nullable String owner) throws BatchFailed {
        if (job.user() != null && owner == null) {
            throw new BatchFailed(
                    "Nothing was done: " + job.system().title() + " does not say whose job " + job.id() + " is");
        }
        if (job.user() != null && !job.user().equals(owner)) {
            throw new BatchFailed(
                    "Nothing was done: job " + job.id() + " of " + job.system().title() + " is another user's now");
        }
    }
}
