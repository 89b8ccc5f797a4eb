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
 * @param node whether that is a node that the portal knows
 * @param movers places taken
 * @param queued wait for a place
 * @param idle of the movers, those that are idle
 * @param left of the movers, those whose job has ended longer ago than is normal
 * @param oldestAt when the oldest was submitted
 * @param quietSince of those open, the longest without input or output: its last one; null: not known of any
 * @param reason why it is thought to be this job, where that is the same for all; null: see the movers
 */
public record Holder(
        @Nullable Long jobId,
        @Nullable String batchJobId,
        Confidence confidence,
        @Nullable String user,
        @Nullable String host,
        boolean node,
        long movers,
        long queued,
        long idle,
        long left,
        @Nullable Instant oldestAt,
        @Nullable Instant quietSince,
        @Nullable String reason) {}
