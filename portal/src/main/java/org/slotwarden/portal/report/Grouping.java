package org.slotwarden.portal.report;

import java.util.Locale;

/** By what usage is added up. */
public enum Grouping {
    USER,
    GROUP,
    QUEUE,
    ACCOUNT;

    /** Name in REST and URLs ({@code user}). */
    public String groupingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException with a message for people
     */
    public static Grouping parse(String text) {
        for (Grouping grouping : values()) {
            if (grouping.groupingName().equals(text)) {
                return grouping;
            }
        }
        throw new IllegalArgumentException("by must be one of user, group, queue, account");
    }
}
