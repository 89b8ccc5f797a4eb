package org.slotwarden.storagewatch.dcache;

import org.slotwarden.storagewatch.http.Refusal;

/** The wire contract's words for troubles. */
final class Kinds {

    private Kinds() {}

    static String of(Refusal refusal) {
        return switch (refusal.kind()) {
            case AWAY -> "away";
            case SLOW -> "slow";
            case REFUSED_LOGIN -> "refused-login";
            case NOT_ALLOWED -> "not-admin";
            case BUSY -> "busy";
            case NOT_THERE, FAILED -> "failed";
            case TOO_LARGE -> "too-large";
            case CUT_OFF -> "cut-off";
        };
    }
}
