package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How it went with a notice on one channel, or with a message. */
public enum TellingState {
    WAITING,
    /** The other side said that it took it. */
    SENT,
    /** Given up. */
    FAILED,
    /** A silence, or nobody knows an address. */
    LEFT_OUT;

    /** As in REST. */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
