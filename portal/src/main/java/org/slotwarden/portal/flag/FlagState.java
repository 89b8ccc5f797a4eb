package org.slotwarden.portal.flag;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where a flag stands. */
public enum FlagState {
    /** Its cause holds, and nobody has looked yet. */
    OPEN,
    /** Its cause holds, and an admin knows. */
    ACKNOWLEDGED,
    /** Its cause is gone. */
    CLEARED,
    /** The job ended first. */
    ENDED;

    /** The states of flags whose cause holds. */
    public static final Set<FlagState> STANDING = Set.copyOf(EnumSet.of(OPEN, ACKNOWLEDGED));

    /** Whether the cause still holds. */
    public boolean standing() {
        return STANDING.contains(this);
    }

    /** Name in REST and URLs ({@code open}). */
    @JsonValue
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FlagState> named(String name) {
        return Arrays.stream(values())
                .filter(state -> state.stateName().equals(name))
                .findFirst();
    }
}
