package org.slotwarden.portal.storage;

import org.jspecify.annotations.Nullable;

/**
 * What a job holds of one queue.
 *
 * @param movers places that it has, certainly or likely
 * @param idle of them, those that are idle
 * @param queued of the job, wait for a place
 * @param active places of the queue that are taken; null: not known
 * @param maxActive places there are
 * @param queueQueued of everybody, wait for a place
 */
public record JobHolding(
        String storage,
        String pool,
        String queue,
        long movers,
        long idle,
        long queued,
        @Nullable Integer active,
        @Nullable Integer maxActive,
        @Nullable Integer queueQueued) {}
