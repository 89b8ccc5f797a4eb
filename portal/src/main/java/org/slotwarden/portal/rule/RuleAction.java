package org.slotwarden.portal.rule;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What somebody did with a rule. */
public enum RuleAction {
    SAVED("saved version %d"),
    TRIED("tried version %d on history"),
    SWITCHED_ON("switched version %d on"),
    SWITCHED_OFF("switched version %d off"),
    RETIRED("retired the rule with version %d");

    private final String words;

    RuleAction(String words) {
        this.words = words;
    }

    /** In REST. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For people: "saved version 3". */
    public String words(int version) {
        return words.formatted(version);
    }
}
