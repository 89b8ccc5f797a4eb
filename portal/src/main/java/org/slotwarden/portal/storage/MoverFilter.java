package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which movers: every part that is given must match.
 *
 * @param user of the job, or as the storage system calls them
 * @param host name of a node, or an address of a client
 * @param state null: all that are there now
 */
public record MoverFilter(
        @Nullable String storage,
        @Nullable String pool,
        @Nullable String queue,
        @Nullable Long jobId,
        @Nullable String user,
        @Nullable String host,
        @Nullable State state) {

    public static final MoverFilter ALL = new MoverFilter(null, null, null, null, null, null, null);

    /** What is asked for by {@code state}. */
    public enum State {
        QUEUED,
        RUNNING,
        UNCONFIRMED,
        UNKNOWN,
        /** Has a place, and had no input or output for longer than {@code slotwarden.storage.idle-after}. */
        IDLE,
        /** Its job has ended, longer ago than {@code slotwarden.storage.left-after}. */
        LEFT,
        /** Not there any more. */
        ENDED;

        /** As in REST. */
        @JsonValue
        public String stateName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<State> named(String name) {
            return Arrays.stream(values())
                    .filter(state -> state.stateName().equals(name))
                    .findFirst();
        }
    }

    /** Those that a job holds. */
    public static MoverFilter ofJob(long jobId) {
        return new MoverFilter(null, null, null, jobId, null, null, null);
    }
}
