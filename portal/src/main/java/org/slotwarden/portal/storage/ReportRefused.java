package org.slotwarden.portal.storage;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Nothing of a watch's report can be stored. */
final class ReportRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    /** @param why for people */
    ReportRefused(HttpStatus status, String why) {
        super(status, ProblemDetail.forStatusAndDetail(status, why), null);
    }

    String why() {
        return String.valueOf(getBody().getDetail());
    }
}
