package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An order to end one mover.
 *
 * @param mover id of the {@link Mover}
 * @param toldAt when the watch was told first; null: not yet
 * @param detail in the words of the watch; anything may stand in it
 */
public record MoverRelease(
        long id,
        long mover,
        String author,
        String reason,
        Instant orderedAt,
        Instant expiresAt,
        @Nullable Instant toldAt,
        State state,
        @Nullable String detail,
        @Nullable Instant doneAt) {

    public enum State {
        /** The watch has not told of a result. */
        OPEN,
        DONE,
        /** It was not there any more. */
        GONE,
        /** The watch may not, or was told too late. */
        REFUSED,
        FAILED,
        /** No result was told in time. The mover may have been ended. */
        EXPIRED;

        /** As in REST. */
        @JsonValue
        public String stateName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
