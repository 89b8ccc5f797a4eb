package org.slotwarden.batch;

import org.jspecify.annotations.Nullable;

/**
 * A job as a batch system knows it.
 *
 * @param id as the batch system writes it
 * @param user whose it must be: ids come again; null: not known, and not asked
 */
public record BatchJob(
        BatchSystem system, String id, @Nullable String user) {

    /** @throws IllegalArgumentException when the id is none of this batch system */
    public BatchJob {
        if (!system.isId(id)) {
            throw new IllegalArgumentException("This is no id of a job of " + system.title());
        }
    }
}
