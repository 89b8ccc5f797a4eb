package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a notice tells, in the order in which it is told. */
public enum NoticeKind {
    /** A policy ordered a kill. */
    KILL("kill"),
    /** A policy ordered the batch system to end the job. */
    CANCEL("cancel"),
    /** A policy ordered it to stop the job and hold it. */
    HOLD("hold"),
    /** A policy ordered it to begin the job anew. */
    REQUEUE("requeue"),
    /** The owner is warned of what will be done. */
    WARN("warning"),
    /** A policy only tells. */
    NOTIFY("notice"),
    /** A flag was raised, or became graver. */
    FLAG("flag");

    private final String word;

    NoticeKind(String word) {
        this.word = word;
    }

    /** As in REST. */
    @JsonValue
    public String kindName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it stops the job. */
    boolean stopsTheJob() {
        return compareTo(WARN) < 0;
    }

    /** For people: "3 kills", "1 warning". */
    String counted(long number) {
        return number + " " + word + (number == 1 ? "" : "s");
    }
}
