package org.slotwarden.storagewatch.dcache;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Numeric addresses, each in one spelling. */
public final class Addresses {

    private Addresses() {}

    /** Null when it is no IPv4 or IPv6 address; never asks for a name. An IPv4 address in IPv6 is that of IPv4. */
    public static @Nullable String numeric(String text) {
        if (text.length() > 100) {
            return null;
        }
        try {
            String address = InetAddress.ofLiteral(text).getHostAddress();
            int zone = address.indexOf('%');
            return zone < 0 ? address : address.substring(0, zone);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
