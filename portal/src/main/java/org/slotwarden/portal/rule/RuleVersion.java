package org.slotwarden.portal.rule;

import java.time.Duration;
import java.time.Instant;
import org.slotwarden.judging.Severity;

/**
 * One wording of a rule; never changed.
 *
 * @param id unique among the versions of all rules
 * @param version 1, 2, 3, ... of this rule
 * @param tried whether a trial on history came to its end, without which it cannot go live
 */
public record RuleVersion(
        long id,
        long ruleId,
        String name,
        int version,
        String expression,
        double dwellSeconds,
        double clearSeconds,
        Severity severity,
        String hint,
        String savedBy,
        Instant savedAt,
        boolean tried) {

    public Duration dwell() {
        return Duration.ofMillis(Math.round(dwellSeconds * 1e3));
    }

    public Duration clear() {
        return Duration.ofMillis(Math.round(clearSeconds * 1e3));
    }
}
