package org.slotwarden.portal.user;

/** What was asked of an account cannot be, as things are. The message is for people. */
public class AccountException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AccountException(String message) {
        super(message);
    }
}
