package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool as the newest look told of it.
 *
 * @param unread it did not answer in the newest look: its movers are those of {@code readAt}
 * @param readAt newest look in which it answered; null: never
 */
public record PoolStatus(
        long id,
        String storage,
        String name,
        List<String> groups,
        boolean unread,
        @Nullable Instant readAt,
        List<QueueStatus> queues) {

    public PoolStatus {
        groups = List.copyOf(groups);
        queues = List.copyOf(queues);
    }
}
