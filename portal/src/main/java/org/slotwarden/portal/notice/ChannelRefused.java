package org.slotwarden.portal.notice;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** What cannot be a channel or a silence: a 400 that says which part, and why. */
public class ChannelRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String why;

    ChannelRefused(String field, String why) {
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
