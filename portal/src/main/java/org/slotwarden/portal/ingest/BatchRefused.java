package org.slotwarden.portal.ingest;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Nothing of a request can be stored. The agent keeps what it has and tries again later. */
final class BatchRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    /** @param why for people */
    BatchRefused(HttpStatus status, String why) {
        super(status, ProblemDetail.forStatusAndDetail(status, why), null);
    }

    String why() {
        return String.valueOf(getBody().getDetail());
    }
}
