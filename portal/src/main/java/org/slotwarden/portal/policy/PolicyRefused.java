package org.slotwarden.portal.policy;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Terms that cannot be a policy's: a 400 that says which part, and why. */
public class PolicyRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String why;

    PolicyRefused(String field, String why) {
        super(HttpStatus.BAD_REQUEST, problem(field, why), null);
        this.field = field;
        this.why = why;
    }

    private static ProblemDetail problem(String field, String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, field + " " + why);
        problem.setProperty("parameter", field);
        return problem;
    }

    public String field() {
        return field;
    }

    /** Goes on where the field's name ends. */
    public String why() {
        return why;
    }
}
