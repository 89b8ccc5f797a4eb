package org.slotwarden.agent.send;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Logs a trouble once, counts while it stays the same, and says when it is over. */
final class RepeatedTrouble {

    private final Logger log;
    private @Nullable String current;
    private long times;

    RepeatedTrouble(Logger log) {
        this.log = log;
    }

    /** @param kind what makes it the same trouble, however the message varies */
    void report(String kind, String message) {
        times++;
        if (!kind.equals(current)) {
            current = kind;
            log.warn("{}", LogText.clean(message));
        }
    }

    void over(String message) {
        if (current != null) {
            log.info("{}, after {} failed attempts", message, times);
            current = null;
            times = 0;
        }
    }
}
