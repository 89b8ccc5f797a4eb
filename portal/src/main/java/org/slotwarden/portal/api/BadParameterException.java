package org.slotwarden.portal.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A parameter of a request means nothing here. A 400 that names it. */
public class BadParameterException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String why;

    /**
     * @param parameter its name in the request
     * @param why for people: "must be before to"
     */
    public BadParameterException(String parameter, String why) {
        super(HttpStatus.BAD_REQUEST, problem(parameter, why), null);
        this.field = parameter;
        this.why = why;
    }

    /** Which parameter, or part of what was sent. */
    public String field() {
        return field;
    }

    /** Goes on where the field's name ends. */
    public String why() {
        return why;
    }

    static ProblemDetail problem(String parameter, String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, parameter + " " + why);
        problem.setProperty("parameter", parameter);
        return problem;
    }
}
