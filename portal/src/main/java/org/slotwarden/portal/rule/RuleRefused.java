package org.slotwarden.portal.rule;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A rule that cannot be one: a 400 that says which part, and where in the expression. */
public class RuleRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final int line;
    private final int column;
    private final String why;

    RuleRefused(String field, int line, int column, @Nullable String why) {
        super(HttpStatus.BAD_REQUEST, problem(field, line, column, String.valueOf(why)), null);
        this.field = field;
        this.line = line;
        this.column = column;
        this.why = String.valueOf(why);
    }

    private static ProblemDetail problem(String field, int line, int column, String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, field + ": " + why);
        problem.setProperty("parameter", field);
        if (line > 0) {
            problem.setProperty("line", line);
            problem.setProperty("column", column + 1);
        }
        return problem;
    }

    public String field() {
        return field;
    }

    public String why() {
        return why;
    }

    /** From 1 on; 0: no one place. */
    public int line() {
        return line;
    }

    /** Characters before the place, from 0 on. */
    public int column() {
        return column;
    }
}
