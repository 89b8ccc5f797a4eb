package org.slotwarden.portal.evidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Evidence that was asked for because of a flag, and what became of it.
 *
 * @param flagId the flag
 * @param reason kind of the flag that asked first: several share what was taken when they came together
 * @param forKill asked for because a flag became worth a kill
 * @param askedAt by the portal's clock, like {@code storedAt}
 * @param takenAt by the node's clock, absent as long as it has not come
 * @param evidence absent as long as it has not come
 */
public record FlagEvidence(
        long id,
        long flagId,
        String node,
        String reason,
        boolean forKill,
        Instant askedAt,
        @Nullable Instant takenAt,
        @Nullable Instant storedAt,
        State state,
        @Nullable SlotEvidence evidence) {

    /** What became of it. */
    public enum State {
        /** The agent will be told with the answer to its next report, or was told and has not answered yet. */
        ASKED,
        STORED,
        /** The agent did not answer in time: it is older than this portal, was away, or the job ended. */
        UNANSWERED;

        /** In REST ({@code stored}). */
        @JsonValue
        public String stateName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether the flag asked for it itself, and does not share what another one asked for. */
    public boolean isAskedBy(String kindName) {
        return reason.equals(kindName);
    }

    /** From the request to the stored evidence; null as long as there is none. */
    @JsonIgnore
    public @Nullable Duration answeredIn() {
        return storedAt == null ? null : Duration.between(askedAt, storedAt);
    }
}
