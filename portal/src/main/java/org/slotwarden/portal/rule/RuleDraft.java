package org.slotwarden.portal.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.Wording;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.SiteRule;

/** What an admin wants a rule to be; nothing of it is checked yet. */
public record RuleDraft(
        @Nullable String name,
        @Nullable String expression,
        @Nullable Double dwellSeconds,
        @Nullable Double clearSeconds,
        @Nullable Severity severity,
        @Nullable String hint) {

    public RuleDraft named(String other) {
        return new RuleDraft(other, expression, dwellSeconds, clearSeconds, severity, hint);
    }

    /**
     * @param longest dwell and time to clear that a portal can judge that is started again meanwhile
     * @throws RuleRefused with what is wrong, and where
     */
    SiteRule checked(Duration longest) {
        SiteRule rule = checked();
        within("dwell", rule.dwellSeconds(), longest);
        within("clear", rule.clearSeconds(), longest);
        return rule;
    }

    private static void within(String field, double seconds, Duration longest) {
        if (seconds > longest.toMillis() / 1e3) {
            throw new RuleRefused(
                    field,
                    0,
                    0,
                    "may be " + Wording.duration(longest.toMillis() / 1e3)
                            + " at most, half of the time that is read again after a restart"
                            + " (slotwarden.flags.history)");
        }
    }

    private SiteRule checked() {
        try {
            return SiteRule.of(
                    0,
                    name == null ? "" : name.strip(),
                    0,
                    expression == null ? "" : expression.strip(),
                    dwellSeconds == null ? 600 : dwellSeconds,
                    clearSeconds == null ? 300 : clearSeconds,
                    severity == null ? Severity.INFO : severity,
                    hint == null ? "" : hint.strip(),
                    0);
        } catch (RuleException e) {
            throw new RuleRefused(e.field(), e.line(), e.column(), e.getMessage());
        }
    }
}
