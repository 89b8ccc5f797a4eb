package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A storage system and the newest look of its watch that learned something.
 *
 * @param heardAt newest report of the watch, by the clock of the portal; null: nothing was heard of it yet
 * @param lookedAt by the clock of the watch
 * @param receivedAt by the clock of the portal
 * @param gatheredAt when the storage system gathered what it said; null: just then
 * @param software in the words of the watch
 * @param mayRelease the watch is allowed to end movers
 * @param tokenIssuedAt null: the watch has no token
 */
public record StorageStatus(
        long id,
        String name,
        State state,
        @Nullable Instant heardAt,
        @Nullable Instant lookedAt,
        @Nullable Instant receivedAt,
        @Nullable Instant gatheredAt,
        @Nullable Source source,
        @Nullable Double pollIntervalSeconds,
        @Nullable String software,
        @Nullable String watchVersion,
        boolean mayRelease,
        @Nullable Instant tokenIssuedAt,
        @Nullable String tokenIssuedBy) {

    /** As users may see it: who gave out the watch's token, and when, is for admins. */
    StorageStatus withoutToken() {
        return new StorageStatus(
                id,
                name,
                state,
                heardAt,
                lookedAt,
                receivedAt,
                gatheredAt,
                source,
                pollIntervalSeconds,
                software,
                watchVersion,
                mayRelease,
                null,
                null);
    }

    /** Whether the newest look still tells what is. */
    public enum State {
        /** Nothing was heard of it yet. */
        NEVER,
        FRESH,
        /** The newest look is older than three intervals, or the storage system told of an older moment. */
        OLD;

        /** As in REST. */
        @JsonValue
        public String stateName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where the watch looks. */
    public enum Source {
        UNKNOWN,
        /** The interface for administrators. */
        REST,
        /** Pages open to everybody, minutes old. */
        PUBLIC_PAGES,
        /** Recorded answers, played again. */
        REPLAY;

        /** As in REST. */
        @JsonValue
        public String sourceName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean fresh() {
        return state == State.FRESH;
    }
}
