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
    LOG_LEVEL;

    /** As in REST. */
    @JsonValue
    public String kindName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<OrderKind> named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.kindName().equals(name))
                .findFirst();
    }
}
