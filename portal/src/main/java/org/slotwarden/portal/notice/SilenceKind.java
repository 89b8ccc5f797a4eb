package org.slotwarden.portal.notice;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a silence is about. */
public enum SilenceKind {
    /** Everything: maintenance. */
    ALL,
    /** The batch system's id of a job. */
    JOB,
    /** A batch user. */
    USER,
    /** A node on which a job is. */
    NODE,
    /** A kind of flag, or {@code rule:NAME}. */
    FLAG;

    /** As in REST. */
    @JsonValue
    public String kindName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SilenceKind> named(String name) {
        return Arrays.stream(values())
                .filter(one -> one.kindName().equals(name))
                .findFirst();
    }
}
