package org.slotwarden.portal.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** There is no such thing, or it is not the viewer's to see: which of both, is not told. A 404. */
public class NotFoundException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    /** @param what for people: "There is no such job" */
    public NotFoundException(String what) {
        super(HttpStatus.NOT_FOUND, ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, what), null);
    }
}
