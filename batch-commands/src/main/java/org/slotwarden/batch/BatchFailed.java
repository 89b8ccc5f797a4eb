package org.slotwarden.batch;

/** A batch system did not do what it was told; the message says why, on one line, without control characters. */
public final class BatchFailed extends Exception {

    private static final long serialVersionUID = 1L;

    BatchFailed(String message) {
        super(message);
    }

    /** For people, 300 characters at most. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
