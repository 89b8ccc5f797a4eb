package org.slotwarden.portal.notice;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Something that cannot be done with channels as things are: a 409 that says why. */
public class ChannelConflict extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String why;

    ChannelConflict(String why) {
        super(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, why), null);
        this.why = why;
    }

    public String why() {
        return why;
    }
}
