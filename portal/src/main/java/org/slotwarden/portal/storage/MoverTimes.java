package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import org.slotwarden.portal.storage.Evidence.Connection;
import org.slotwarden.portal.storage.Evidence.Slot;

/** How jobs' connections, and the looks of their agents, lie in time beside one mover. */
record MoverTimes(MoverJudge.Case mover) {

    /** Clocks of nodes and of the storage system may differ by this much. */
    static final Duration SLACK = Duration.ofSeconds(5);

    /** A mover outlives its client's connection to the pool by no more than this, measured at a dCache. */
    static final Duration WITHOUT_CLIENT = Duration.ofMinutes(5);

    /** How a job's connection fits the opening of a mover, the better the later. */
    enum Fit {
        NONE,
        /** It came too late. */
        AFTER,
        /** It was there already, or may have been. */
        BEFORE,
        /** It came with the mover. */
        WITH
    }

    /** Whether it was there while the mover was. */
    boolean overlaps(Slot slot, Connection connection) {
        Instant goneAt = connection.goneAt();
        return !beganAfter(slot, connection).minus(SLACK).isAfter(mover.until())
                && (goneAt == null || !goneAt.plus(SLACK).isBefore(mover.begin()));
    }

    /** Where the agent does not say it, nothing was known of the job before: it began after the job. */
    private static Instant beganAfter(Slot slot, Connection connection) {
        Instant told = connection.beganAfter();
        Instant started = slot.startedAt() != null ? slot.startedAt() : Instant.EPOCH;
        return told != null ? told : started.isBefore(connection.firstSeenAt()) ? started : connection.firstSeenAt();
    }

    /** It is gone for so long that a mover of its client would be gone, too. */
    boolean isOver(Slot slot, Connection connection) {
        Instant goneAt = connection.goneAt() != null ? connection.goneAt() : slot.endedAt();
        return goneAt != null && goneAt.plus(WITHOUT_CLIENT).plus(SLACK).isBefore(mover.until());
    }

    /** It began at some time before it was seen, and the mover was opened between its submission and its start. */
    Fit fit(Slot slot, Connection connection) {
        Instant goneAt = connection.goneAt();
        Instant begin = mover.begin().minus(SLACK);
        Instant beganAfter = beganAfter(slot, connection);
        if (goneAt != null && goneAt.isBefore(begin)) {
            return Fit.NONE;
        }
        if (beganAfter.isAfter(mover.opened().plus(SLACK))) {
            return Fit.AFTER;
        }
        boolean soonSeen = !beganAfter.plus(slot.interval().multipliedBy(2)).isBefore(connection.firstSeenAt());
        return connection.firstSeenAt().isBefore(begin) || !soonSeen ? Fit.BEFORE : Fit.WITH;
    }

    /** Whether all of its connections that its agent saw while the mover was open are known. */
    boolean complete(Slot slot) {
        Instant forgottenUntil = slot.forgottenUntil();
        return slot.told()
                && slot.leftOut() == 0
                && (forgottenUntil == null || forgottenUntil.plus(SLACK).isBefore(mover.begin()));
    }

    /** Whether its agent has looked while the mover was open, and would have seen the client's connection. */
    boolean settled(Slot slot) {
        Instant lookedAt = slot.lookedAt();
        return slot.endedAt() != null
                || (!mover.opened().plus(slot.interval()).plus(SLACK).isAfter(mover.until())
                        && lookedAt != null
                        && lookedAt.isAfter(mover.opened()));
    }

    /** The same, and it did not end before its agent's next look, with a mover that may still be there. */
    boolean surelySettled(Slot slot) {
        Instant endedAt = slot.endedAt();
        return settled(slot)
                && (endedAt == null
                        || !mover.opened().plus(slot.interval()).plus(SLACK).isAfter(endedAt)
                        || endedAt.plus(WITHOUT_CLIENT).plus(SLACK).isBefore(mover.until()));
    }
}
