package org.slotwarden.portal.flag;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much a flag asks of its reader. */
public enum Severity {
    /** Worth knowing. */
    INFO,
    /** Worth a look now. */
    WARN,
    /** Worth killing the job for. Reserved: never given on one detector's word. */
    KILL;

    /** Name in REST ({@code warn}). */
    @JsonValue
    public String severityName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
