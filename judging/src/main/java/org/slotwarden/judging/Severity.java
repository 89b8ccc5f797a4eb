package org.slotwarden.judging;

import java.util.Locale;

/** How much a flag asks of its reader. */
public enum Severity {
    /** Worth knowing. */
    INFO,
    /** Worth a look now. */
    WARN,
    /** Worth killing the job for. Never given on one detector's first alert. */
    KILL;

    /** Name in REST and replays ({@code warn}). */
    public String severityName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
