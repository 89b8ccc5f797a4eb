package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An open file of a client on a storage system, or one that waits to be opened. All texts are what the storage system
 * and its clients say: anything may stand in them.
 *
 * @param id the portal's own id
 * @param storage name of the storage system
 * @param queue empty: not known, as for a mover that only a record tells of
 * @param moverId the pool's id, which comes again when the pool starts; null where only a record tells of it
 * @param stateText in the words of the storage system, where {@code state} is {@code unknown}
 * @param lastIoAt last input or output; null: not said, or none yet
 * @param clientAddress as the door saw it
 * @param clientChain addresses before it, the nearest to the job first
 * @param clientProcess the client's process id in its own words
 * @param user as the storage system calls them. With uid, gid, path, file and texts of the door null for the owner of a
 *     job where it is not certain that it is the job's
 * @param storageEndpoint other side of the client's connection
 * @param sessionStatus what the door says it is doing
 * @param seenAt newest look in which it was there
 * @param goneAt since when it is not there any more; null: it is there
 * @param heldSeconds how long it held its place, from the record
 * @param endStatus 0: well
 */
public record Mover(
        long id,
        String storage,
        String pool,
        String queue,
        @Nullable Long moverId,
        @Nullable Instant submittedAt,
        State state,
        @Nullable String stateText,
        @Nullable Instant startedAt,
        @Nullable Instant lastIoAt,
        @Nullable Long bytes,
        @Nullable String direction,
        @Nullable String protocol,
        @Nullable String door,
        @Nullable String clientAddress,
        List<String> clientChain,
        @Nullable Integer clientPort,
        @Nullable Long clientProcess,
        @Nullable String user,
        @Nullable Long uid,
        @Nullable Long gid,
        @Nullable String path,
        @Nullable String fileId,
        @Nullable String storageEndpoint,
        @Nullable String sessionStatus,
        Instant firstSeenAt,
        @Nullable Instant seenAt,
        @Nullable Instant goneAt,
        @Nullable Instant endedAt,
        @Nullable Double heldSeconds,
        @Nullable Double queuedSeconds,
        @Nullable Integer endStatus,
        @Nullable String endText,
        Attribution attribution) {

    public enum State {
        /** Waits for a place. */
        QUEUED,
        RUNNING,
        /** Seen by the door only: the pool did not say. */
        UNCONFIRMED,
        UNKNOWN;

        /** As in REST. */
        @JsonValue
        public String stateName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Mover {
        clientChain = List.copyOf(clientChain);
    }

    /** How long it has been without input or output when it was seen last; null where that is not known. */
    public @Nullable Duration idleFor() {
        return lastIoAt == null || seenAt == null || state != State.RUNNING || lastIoAt.isAfter(seenAt)
                ? null
                : Duration.between(lastIoAt, seenAt);
    }

    /** What the owner of the job may see: whose file it is that is not certainly the job's is nobody else's business. */
    Mover forOwner() {
        return attribution.confidence() == Confidence.CERTAIN
                ? this
                : new Mover(
                        id,
                        storage,
                        pool,
                        queue,
                        moverId,
                        submittedAt,
                        state,
                        stateText,
                        startedAt,
                        lastIoAt,
                        bytes,
                        direction,
                        protocol,
                        door,
                        clientAddress,
                        clientChain,
                        clientPort,
                        clientProcess,
                        null,
                        null,
                        null,
                        null,
                        null,
                        storageEndpoint,
                        null,
                        firstSeenAt,
                        seenAt,
                        goneAt,
                        endedAt,
                        heldSeconds,
                        queuedSeconds,
                        endStatus,
                        null,
                        attribution);
    }
}
