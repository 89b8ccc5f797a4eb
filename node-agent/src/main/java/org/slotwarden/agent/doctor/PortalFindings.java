package org.slotwarden.agent.doctor;

import java.util.List;
import org.slotwarden.agent.send.Destination;
import org.slotwarden.agent.send.PortalCheck;

/** Whether the portal takes what this node sends. */
final class PortalFindings {

    private PortalFindings() {}

    static List<Finding> look(Destination destination, String node, String version) {
        String portal = destination.portal().toString();
        PortalCheck.Result result = PortalCheck.ask(destination, node, version);
        if (result.works()) {
            Finding taken = Finding.ok("portal", portal + " takes reports of " + node);
            return result.clock() == null ? List.of(taken) : List.of(taken, clock(result.clock()));
        }
        String trouble = result.trouble();
        if (trouble.startsWith("token file")
                || trouble.contains("portal.ca_file")
                || trouble.endsWith("no certificate")) {
            return List.of(
                    Finding.fail("token", trouble, "portal.token_file and portal.ca_file in agent.conf name them"));
        }
        return List.of(Finding.fail("portal", trouble, hint(result.status(), trouble, node)));
    }

    private static Finding clock(PortalCheck.Clock clock) {
        String text = "%+.3f s against the portal's, give or take %.3f s"
                .formatted(clock.offsetSeconds(), clock.uncertaintySeconds());
        return Math.abs(clock.offsetSeconds()) - clock.uncertaintySeconds() > 5
                ? Finding.warn("clock", text, "let chrony or another NTP client set the node's clock")
                : Finding.ok("clock", text);
    }

    static String hint(int status, String trouble, String node) {
        if (status == 401) {
            return "the portal does not know this token: make a new one for " + node + " (page Nodes)";
        }
        if (status == 403) {
            return "the token belongs to another node than " + node + ": set node in agent.conf, or use its own token";
        }
        if (status == 404 || status == 405) {
            return "no portal answers there: is portal.url right, and the path behind a proxy?";
        }
        if (status != 0) {
            return "see the portal's own log";
        }
        if (trouble.contains("No subject alternative") || trouble.contains("No name matching")) {
            return "TLS: the certificate is for another name than the host in portal.url";
        }
        if (trouble.contains("NotAfter") || trouble.contains("expired")) {
            return "TLS: the portal's certificate has expired, or this node's clock is wrong";
        }
        if (trouble.contains("PKIX") || trouble.contains("SSLHandshake")) {
            return "TLS: the portal's certificate is not trusted: name the authority's certificate as portal.ca_file";
        }
        if (trouble.contains("SSL")) {
            return "TLS: what answers there does not speak it: is the port right?";
        }
        if (trouble.contains("UnknownHost")) {
            return "the host in portal.url has no address: DNS on this node";
        }
        if (trouble.contains("ConnectException")) {
            return "nothing listens there: does the portal run, is the port right?";
        }
        return "no answer in time: a firewall in between, or a port that does not speak TLS?";
    }
}
