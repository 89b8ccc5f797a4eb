package org.slotwarden.portal.notice;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A notice on a channel.
 *
 * @param channel its name
 * @param at since when it has this state
 * @param attempts of the message that it is in
 * @param nextAt of a message that waits: when it is tried next
 * @param why what the other side said last, or why it was left out; for admins only
 */
public record Telling(
        String channel,
        TellingState state,
        Instant at,
        int attempts,
        @Nullable Instant nextAt,
        @Nullable String why) {}
