package org.slotwarden.portal.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who holds movers: a job where it is known, else a user from one address.
 *
 * @param jobId the portal's id; null: not known
 * @param confidence the least of its movers
 * @param user of the job, or as the storage system calls them
 * @param host name of the node, or the address where that is not known
 * @param movers places taken
 * @param queued wait for a place
 * @param idle of the movers, those that are idle
 * @param left of the movers, those whose job has ended longer ago than is normal
 * @param oldestAt when the oldest was submitted
 */
public record Holder(
        @Nullable Long jobId,
        @Nullable String batchJobId,
        Confidence confidence,
        @Nullable String user,
        @Nullable String host,
        long movers,
        long queued,
        long idle,
        long left,
        @Nullable Instant oldestAt) {}
