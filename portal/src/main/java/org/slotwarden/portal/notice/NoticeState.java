package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How it went with sending a notice. On the page of its job it stands in any case. */
public enum NoticeState {
    /** Nothing tried to send it yet. */
    WAITING,
    SENT,
    /** Given up. */
    FAILED;

    /** As in REST. */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
