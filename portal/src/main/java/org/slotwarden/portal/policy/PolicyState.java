package org.slotwarden.portal.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a policy acts. */
public enum PolicyState {
    /** Its newest version is followed, and what it would have done is recorded. Nothing is done. */
    DRY_RUN,
    /** One version acts. */
    ON,
    /** Nothing is followed. */
    OFF;

    /** As in REST. */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
