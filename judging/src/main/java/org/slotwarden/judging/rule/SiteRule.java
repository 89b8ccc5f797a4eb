package org.slotwarden.judging.rule;

import java.util.regex.Pattern;
import org.slotwarden.judging.Severity;

/**
 * A rule of a site, in one of its versions.
 *
 * @param id of this version, unique among all versions of all rules
 * @param dwellSeconds for how long, net, the expression must hold before a flag is raised
 * @param clearSeconds for how long, net, it must not hold before the flag is taken back
 * @param severity info or warn; nothing that a rule says is worth a kill
 * @param hint what an admin should do, empty for nothing
 * @param liveSince seconds by the clock of the observations; samples before are not looked at
 */
public record SiteRule(
        long id,
        String name,
        int version,
        RuleExpression expression,
        double dwellSeconds,
        double clearSeconds,
        Severity severity,
        String hint,
        double liveSince) {

    /** Of dwell and clear, in seconds. */
    public static final int SHORTEST = 60;

    /** Of dwell and clear, in seconds. */
    public static final int LONGEST = 86_400;

    public static final int LONGEST_HINT = 500;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._()+-]{0,59}");

    /**
     * Checks all of it.
     *
     * @throws RuleException with the part that cannot be, and why
     */
    public static SiteRule of(
            long id,
            String name,
            int version,
            String expression,
            double dwellSeconds,
            double clearSeconds,
            Severity severity,
            String hint,
            double liveSince)
            throws RuleException {
        if (!NAME.matcher(name).matches() || name.endsWith(" ")) {
            throw new RuleException(
                    "name",
                    "must have 1 to 60 letters, digits, spaces or . _ ( ) + - and begin with a letter or digit");
        }
        seconds("dwell", dwellSeconds);
        seconds("clear", clearSeconds);
        if (severity == Severity.KILL) {
            throw new RuleException("severity", "must be info or warn: what one rule says is not worth a kill");
        }
        if (hint.codePointCount(0, hint.length()) > LONGEST_HINT) {
            throw new RuleException("hint", "may have at most " + LONGEST_HINT + " characters");
        }
        if (!RuleText.fit(hint)) {
            throw new RuleException("hint", "must be one line of plain characters");
        }
        return new SiteRule(
                id,
                name,
                version,
                RuleExpression.compile(expression),
                dwellSeconds,
                clearSeconds,
                severity,
                hint,
                liveSince);
    }

    private static void seconds(String field, double value) throws RuleException {
        if (!(value >= SHORTEST && value <= LONGEST)) {
            throw new RuleException(field, "must be between " + SHORTEST + " s and " + LONGEST / 3600 + " h");
        }
    }

    /** With its times multiplied, as all of judging is where the site is scaled. */
    public SiteRule scaled(double factor) {
        return new SiteRule(
                id, name, version, expression, dwellSeconds * factor, clearSeconds * factor, severity, hint, liveSince);
    }

    public SiteRule liveSince(double seconds) {
        return new SiteRule(id, name, version, expression, dwellSeconds, clearSeconds, severity, hint, seconds);
    }
}
