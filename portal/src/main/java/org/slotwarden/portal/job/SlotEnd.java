package org.slotwarden.portal.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a slot ended, as its node told.
 *
 * @param batchState the end in the batch system's own words
 */
public record SlotEnd(
        Instant at,
        Cause cause,
        @Nullable String batchState,
        @Nullable Integer exitCode,
        @Nullable Integer signal) {

    /** Who said so. */
    public enum Cause {
        /** No epilogue came, but the processes were gone or the node was booted meanwhile. */
        VANISHED,
        /** The epilogue. */
        EPILOGUE
    }

    /**
     * What is known when both were told, in whichever order: an epilogue knows better than an agent that
     * saw processes gone, and either may know what the other does not.
     */
    public SlotEnd and(@Nullable SlotEnd other) {
        if (other == null) {
            return this;
        }
        int byCause = cause.compareTo(other.cause);
        boolean mine = byCause != 0 ? byCause > 0 : !at.isAfter(other.at);
        SlotEnd better = mine ? this : other;
        SlotEnd worse = mine ? other : this;
        // One process has one exit: its code and its signal belong together.
        boolean exitKnown = better.exitCode != null || better.signal != null;
        return new SlotEnd(
                better.at,
                better.cause,
                better.batchState != null ? better.batchState : worse.batchState,
                exitKnown ? better.exitCode : worse.exitCode,
                exitKnown ? better.signal : worse.signal);
    }
}
