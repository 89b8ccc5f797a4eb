package org.slotwarden.portal.order;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Something that cannot be ordered, with the reason for people. */
public class OrderRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String why;

    private OrderRefused(HttpStatus status, ProblemDetail problem, String why) {
        super(status, problem, null);
        this.why = why;
    }

    static OrderRefused conflict(String why) {
        return new OrderRefused(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, why), why);
    }

    static OrderRefused forbidden(String why) {
        return new OrderRefused(HttpStatus.FORBIDDEN, ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN, why), why);
    }

    static OrderRefused bad(String parameter, String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, parameter + " " + why);
        problem.setProperty("parameter", parameter);
        return new OrderRefused(HttpStatus.BAD_REQUEST, problem, parameter + " " + why);
    }

    public String why() {
        return why;
    }
}
