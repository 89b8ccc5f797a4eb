package org.slotwarden.portal.order;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be ordered. */
public enum OrderKind {
    /** End all processes of the job. */
    KILL,
    /** Say what they are doing. */
    LOOK,
    /** Send the end of the job's output, and what comes then. */
    TAIL,
    /** Take samples more or less often for some time: agents are asked with the answers to their reports. */
    INTERVAL,
    /** Write more into the log of the agent that looks after the job, for some time. */
    LOG_LEVEL,
    /** The batch system ends the job. */
    CANCEL,
    /** The batch system stops the job and keeps it in the queue, held. */
    HOLD,
    /** The batch system stops the job and begins it anew. */
    REQUEUE,
    /** The batch system shows a word with the job. */
    COMMENT;

    /** As in REST. */
    @JsonValue
    public String kindName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it ends what the job's processes are doing. */
    public boolean stopsTheJob() {
        return switch (this) {
            case KILL, CANCEL, HOLD, REQUEUE -> true;
            case LOOK, TAIL, INTERVAL, LOG_LEVEL, COMMENT -> false;
        };
    }

    public static Optional<OrderKind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.kindName().equals(name))
                .findFirst();
    }
}
