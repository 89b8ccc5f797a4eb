package org.slotwarden.portal.storage;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** What was wanted of a storage system cannot be, with the reason for people. */
public class StorageRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String why;

    private StorageRefused(HttpStatus status, ProblemDetail problem, String why) {
        super(status, problem, null);
        this.why = why;
    }

    static StorageRefused parameter(String parameter, String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, parameter + " " + why);
        problem.setProperty("parameter", parameter);
        return new StorageRefused(HttpStatus.BAD_REQUEST, problem, parameter + " " + why);
    }

    static StorageRefused conflict(String why) {
        return new StorageRefused(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, why), why);
    }

    public String why() {
        return why;
    }
}
