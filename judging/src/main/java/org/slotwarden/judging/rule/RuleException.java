package org.slotwarden.judging.rule;

/** A rule that cannot be one; the message is for the admin who wrote it. */
public final class RuleException extends Exception {

    private static final long serialVersionUID = 1;

    private final String field;
    private final int line;
    private final int column;

    /** @param field {@code name}, {@code dwell}, {@code clear}, {@code severity} or {@code hint} */
    RuleException(String field, String message) {
        super(message);
        this.field = field;
        this.line = 0;
        this.column = 0;
    }

    /** Something in the expression. */
    RuleException(int line, int column, String message) {
        super(message);
        this.field = "expression";
        this.line = line;
        this.column = column;
    }

    /** Which part of the rule it is about. */
    public String field() {
        return field;
    }

    /** Of the expression, from 1 on; 0: not one place of it. */
    public int line() {
        return line;
    }

    /** Characters of the line before the place, from 0 on. */
    public int column() {
        return column;
    }
}
