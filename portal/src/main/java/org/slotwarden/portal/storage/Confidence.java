package org.slotwarden.portal.storage;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How sure it is whose a mover is. */
public enum Confidence {
    /** All that is known fits one job, and no other. Only this counts where something happens by itself. */
    CERTAIN,
    /** One job fits better than any other that could be it. */
    LIKELY,
    /** Several jobs fit alike. */
    AMBIGUOUS,
    /** No job is known that it could be. */
    NONE;

    /** As in REST. */
    @JsonValue
    public String confidenceName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
