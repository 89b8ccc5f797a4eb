package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How it went with telling a notice. On the page of its job it stands in any case. */
public enum NoticeState {
    /** Not sent by any channel yet. */
    WAITING,
    /** By one channel at least. */
    SENT,
    /** Given up. */
    FAILED,
    /** A silence, or nobody knows an address. */
    LEFT_OUT,
    /** No channel is for it. */
    PAGE_ONLY;

    /** As in REST. */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
