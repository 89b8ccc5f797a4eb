package org.slotwarden.portal.rule;

import java.time.Instant;

/** Who did what with a rule, and when. */
public record RuleDone(Instant at, String who, RuleAction action, int version) {

    public String words() {
        return action.words(version);
    }
}
