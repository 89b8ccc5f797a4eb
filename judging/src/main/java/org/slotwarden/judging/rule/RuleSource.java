package org.slotwarden.judging.rule;

/**
 * The text of an expression before CEL reads it. Rules are written in one line, too, where a comment would hide what
 * comes after it, and a line break within a quoted word would be lost.
 */
final class RuleSource {

    private final String text;
    private int at;

    private RuleSource(String text) {
        this.text = text;
    }

    /** @throws RuleException with the place of a comment, or of a line break within a quoted word */
    static void check(String text) throws RuleException {
        RuleSource source = new RuleSource(text);
        while (source.at < text.length()) {
            source.next();
        }
    }

    private void next() throws RuleException {
        char character = text.charAt(at);
        if (character == '\'' || character == '"') {
            quoted(character);
        } else if (text.startsWith("//", at)) {
            throw here("no comments in rules: say it in the hint");
        } else {
            at++;
        }
    }

    /** Past the end of a quoted word; to the end of the text where it has none, which CEL then tells. */
    private void quoted(char quote) throws RuleException {
        boolean raw = at > 0 && "rR".indexOf(text.charAt(at - 1)) >= 0;
        String once = String.valueOf(quote);
        String mark = text.startsWith(once.repeat(3), at) ? once.repeat(3) : once;
        at += mark.length();
        while (at < text.length() && !text.startsWith(mark, at)) {
            if (text.charAt(at) == '\n' || text.charAt(at) == '\r') {
                throw here("a quoted word stands in one line: write \\n for a line break");
            }
            at += !raw && text.charAt(at) == '\\' ? 2 : 1;
        }
        at += mark.length();
    }

    private RuleException here(String message) {
        String before = text.substring(0, at);
        return new RuleException(
                1 + (int) before.chars().filter(character -> character == '\n').count(),
                at - 1 - before.lastIndexOf('\n'),
                message);
    }
}
