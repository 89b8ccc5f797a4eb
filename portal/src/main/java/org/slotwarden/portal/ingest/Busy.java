package org.slotwarden.portal.ingest;

import java.time.Duration;

/** Nothing of a batch was stored, because there is too much to do or the database is away: it may come again. */
final class Busy extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration comeBackIn;

    /** @param why for people */
    Busy(String why, Duration comeBackIn) {
        super(why, null, false, false);
        this.comeBackIn = comeBackIn;
    }

    Duration comeBackIn() {
        return comeBackIn;
    }
}
