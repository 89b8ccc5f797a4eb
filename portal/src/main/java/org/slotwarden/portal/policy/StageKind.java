package org.slotwarden.portal.policy;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a stage of a policy does. */
public enum StageKind {
    /** The admins are told. */
    NOTIFY("notify"),
    /** The job's owner is told. */
    WARN("warn"),
    /** The batch system holds the job. */
    HOLD("hold"),
    /** All processes of the job are ended. */
    KILL("kill");

    private final String word;

    StageKind(String word) {
        this.word = word;
    }

    /** As in REST. */
    @JsonValue
    public String word() {
        return word;
    }

    /** Whether it does something to the job or its owner: caps and working hours are about these. */
    public boolean act() {
        return this != NOTIFY;
    }

    public static Optional<StageKind> named(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word.equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
