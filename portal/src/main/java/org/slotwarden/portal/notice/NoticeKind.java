package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a notice tells, in the order in which it is told. */
public enum NoticeKind {
    /** A policy, or somebody else than the owner, ordered a kill. */
    KILL("kill"),
    /** The batch system was told to end the job. */
    CANCEL("cancel"),
    /** It was told to stop the job and hold it. */
    HOLD("hold"),
    /** It was told to begin the job anew. */
    REQUEUE("requeue"),
    /** The owner is warned of what will be done. */
    WARN("warning"),
    /** Nothing was done. */
    NOTIFY("notice"),
    /** A flag was raised, or became graver. */
    FLAG("flag"),
    /** A storage system is in a state that somebody should know of. */
    ALARM("alarm");

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
