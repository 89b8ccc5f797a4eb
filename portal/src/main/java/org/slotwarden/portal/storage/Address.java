package org.slotwarden.portal.storage;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Numeric addresses in one form each, so that they can be compared as texts. */
final class Address {

    /** Of IPv6 in its longest form. */
    private static final int LONGEST = 45;

    private Address() {}

    /** The form that {@link InetAddress#getHostAddress} gives; null when it is no numeric address, or has a scope. */
    static @Nullable String canonical(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.indexOf('%') >= 0) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
