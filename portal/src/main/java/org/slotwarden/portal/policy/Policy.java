package org.slotwarden.portal.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A policy of the site.
 *
 * @param liveVersion the version that acts; null unless it is on
 * @param askedVersion that an admin asked to switch on, and another has to approve; null: none
 * @param latest the newest version
 */
public record Policy(
        long id,
        String name,
        PolicyState state,
        @Nullable Integer liveVersion,
        @Nullable Instant liveSince,
        @Nullable Integer askedVersion,
        @Nullable String askedBy,
        @Nullable Instant askedAt,
        PolicyVersion latest) {

    public boolean on() {
        return state == PolicyState.ON;
    }
}
