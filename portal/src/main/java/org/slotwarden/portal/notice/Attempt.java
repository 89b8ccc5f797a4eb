package org.slotwarden.portal.notice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of trying to send a message.
 *
 * @param said by the other side, or why it could not be reached: one line of at most 300 characters
 * @param pause for which the other side asks
 */
record Attempt(Result result, String said, @Nullable Duration pause) {

    private static final int MOST_SAID = 300;

    enum Result {
        ACCEPTED,
        /** It may be accepted later. */
        LATER,
        /** It will not be accepted however often it is sent. */
        REFUSED
    }

    Attempt {
        said = Notices.cut(
                said.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\s]+", " ").strip(), MOST_SAID);
    }

    static Attempt accepted(String said) {
        return new Attempt(Result.ACCEPTED, said, null);
    }

    static Attempt later(String said) {
        return new Attempt(Result.LATER, said, null);
    }

    static Attempt refused(String said) {
        return new Attempt(Result.REFUSED, said, null);
    }
}
