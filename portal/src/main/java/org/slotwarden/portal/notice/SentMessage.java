package org.slotwarden.portal.notice;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message and how it went.
 *
 * @param messageId told to the other side, the same in each attempt
 * @param recipient the user; null: whom the channel names
 * @param notices how many there are in it
 * @param nextAt when it is tried next; null: it is not
 * @param said by the other side in the last attempt
 */
public record SentMessage(
        String messageId,
        @Nullable String recipient,
        int notices,
        Instant madeAt,
        TellingState state,
        int attempts,
        @Nullable Instant nextAt,
        @Nullable Instant doneAt,
        @Nullable String said) {}
