package org.slotwarden.portal.user;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** What was asked of an account cannot be, as things are. A 409 with a reason for people. */
public class AccountException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    AccountException(String why) {
        super(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, why), null);
    }
}
