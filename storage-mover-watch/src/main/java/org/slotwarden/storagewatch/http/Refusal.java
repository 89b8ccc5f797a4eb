package org.slotwarden.storagewatch.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request that brought no answer that could be used; the message is a sentence for people, without secrets. */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is. */
    public enum Kind {
        /** No connection, with that name, certificate or time. Any other request would fare no better. */
        AWAY,
        /** It took longer than it may. */
        SLOW,
        /** 401: it does not know who asks. Not to be repeated: dCache blocks an address after three. */
        REFUSED_LOGIN,
        /** 403: it knows who asks, who may not. */
        NOT_ALLOWED,
        /** 429 and 503: later. */
        BUSY,
        /** 404. */
        NOT_THERE,
        /** Any other status. */
        FAILED,
        /** More bytes than are read. */
        TOO_LARGE,
        /** It ended in the middle, or is not what it should be. */
        CUT_OFF
    }

    private final Kind kind;
    private final transient @Nullable Duration retryAfter;

    Refusal(Kind kind, String message, @Nullable Duration retryAfter) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Refusal(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether no other request would fare better, as it is the server or the login. */
    public boolean concernsAll() {
        return switch (kind) {
            case AWAY, REFUSED_LOGIN, NOT_ALLOWED -> true;
            default -> false;
        };
    }

    /** How long the server wants to be left alone, where it said so; at most an hour. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The message, which is never absent. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
