package org.slotwarden.portal.flag;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an admin says of a flag afterwards. */
public enum FlagVerdict {
    /** The job was ill, as the flag said. */
    PROBLEM,
    /** The job did what it should: the flag was a false alarm. */
    NOT_A_PROBLEM;

    /** Name in REST and forms ({@code not_a_problem}). */
    @JsonValue
    public String verdictName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FlagVerdict> named(String name) {
        return Arrays.stream(values())
                .filter(verdict -> verdict.verdictName().equals(name))
                .findFirst();
    }
}
