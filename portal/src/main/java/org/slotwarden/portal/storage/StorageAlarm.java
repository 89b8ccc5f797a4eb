package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A state of a storage system that somebody should know of.
 *
 * @param pool null: about the whole system
 * @param trouble kind of trouble in the words of the watch; of {@code trouble} alone
 * @param text one sentence for people; anything may stand in it
 * @param since when the state began
 * @param openedAt when it had lasted long enough
 * @param clearedAt null: open
 */
public record StorageAlarm(
        long id,
        String storage,
        Kind kind,
        @Nullable String pool,
        @Nullable String queue,
        @Nullable String trouble,
        String text,
        Instant since,
        Instant openedAt,
        @Nullable Instant clearedAt) {

    public enum Kind {
        /** All places of a queue are taken, and some wait. */
        QUEUE_FULL,
        /** Movers of a queue had no input or output for long. */
        IDLE_MOVERS,
        /** Movers of a queue whose jobs have ended. */
        LEFT_MOVERS,
        /** Nothing is heard of the watch. */
        WATCH_SILENT,
        /** The storage system tells of a moment that is long over. */
        OLD_SOURCE,
        /** The watch says what it cannot do or see. */
        TROUBLE;

        /** About what a look learned of queues and movers. */
        boolean ofMovers() {
            return compareTo(LEFT_MOVERS) <= 0;
        }

        /** As in REST. */
        @JsonValue
        public String kindName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
