package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Places of a pool for one kind of access. Read at another moment than the movers: may differ from them by some.
 *
 * @param active places that are taken
 * @param maxActive places there are
 * @param queued wait for a place
 * @param at the look that told of it
 * @param fullSince first look of those in a row in which all places were taken and some waited; null: not so now
 */
public record QueueStatus(
        long id,
        String storage,
        String pool,
        String name,
        boolean defaultQueue,
        @Nullable Integer active,
        @Nullable Integer maxActive,
        @Nullable Integer queued,
        Instant at,
        @Nullable Instant fullSince) {

    /** Taken places as a share of all; null where one of both is not known or there are none. */
    @JsonIgnore
    public @Nullable Double used() {
        return active == null || maxActive == null || maxActive == 0 ? null : (Double) ((double) active / maxActive);
    }
}
