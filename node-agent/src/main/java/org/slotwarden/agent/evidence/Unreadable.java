package org.slotwarden.agent.evidence;

import java.io.IOException;

/** Why there is nothing to be told of a file; the message goes behind its name. */
final class Unreadable extends IOException {

    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
        super(message);
    }
}
