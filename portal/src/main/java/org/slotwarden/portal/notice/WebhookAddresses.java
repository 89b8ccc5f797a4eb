package org.slotwarden.portal.notice;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds the address of a webhook's host, and gives out only those that may be connected to: the client connects to what
 * it gets from here, so that a name that changes its address between check and connection gains nothing.
 */
final class WebhookAddresses implements DnsResolver {

    private final Set<String> privateHosts;

    /** @param privateHosts names or addresses that may be anywhere, in lower case */
    WebhookAddresses(Set<String> privateHosts) {
        this.privateHosts = privateHosts;
    }

    /** The address is loopback, link-local or private, and its host is not named as allowed. */
    static final class NotAllowed extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        NotAllowed(String host, InetAddress address) {
            super(host + " is at " + address.getHostAddress()
                    + ", which is not a public address; slotwarden.notices.private-hosts does not name it");
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] found = SystemDefaultDnsResolver.INSTANCE.resolve(host);
        if (!privateHosts.contains(host.toLowerCase(Locale.ROOT))) {
            for (InetAddress address : found) {
                if (!mayBePublic(address)) {
                    throw new NotAllowed(host, address);
                }
            }
        }
        return found;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** Not in the ranges that the IANA registries of special-purpose addresses keep for other uses. */
    static boolean mayBePublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (address instanceof Inet4Address) {
            int third = bytes[2] & 0xff;
            return first != 0
                    && first < 240
                    && !(first == 100 && second >= 64 && second < 128)
                    && !(first == 192 && second == 0 && third == 0)
                    && !(first == 198 && (second == 18 || second == 19));
        }
        int word = first << 8 | second;
        int nextWord = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        // Global unicast is 2000::/3; within it 6to4 and Teredo carry an IPv4 address.
        return first >> 5 == 1 && word != 0x2002 && !(word == 0x2001 && nextWord == 0);
    }
}
