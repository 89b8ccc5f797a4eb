package org.slotwarden.load;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Has the portal issue a token for each node of a site, as an admin would (docs/rest.md). */
final class NodeTokens {

    private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"([A-Za-z0-9_-]+)\"");
    private static final int AT_ONCE = 8;

    private NodeTokens() {}

    /** @param apiToken of an admin */
    static List<String> issue(URI portal, String apiToken, Site site) throws IOException, InterruptedException {
        List<Future<List<String>>> parts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int part = 0; part < AT_ONCE; part++) {
                int from = (int) ((long) site.nodes() * part / AT_ONCE);
                int to = (int) ((long) site.nodes() * (part + 1) / AT_ONCE);
                parts.add(threads.submit(() -> issue(portal, apiToken, site, from, to)));
            }
        }
        List<String> tokens = new ArrayList<>();
        for (Future<List<String>> part : parts) {
            try {
                tokens.addAll(part.get());
            } catch (ExecutionException e) {
                throw new IOException("The portal issues no tokens for nodes: " + e.getCause(), e);
            }
        }
        return tokens;
    }

    private static List<String> issue(URI portal, String apiToken, Site site, int from, int to) throws IOException {
        List<String> tokens = new ArrayList<>();
        try (PortalConnection connection = new PortalConnection(portal)) {
            for (int node = from; node < to; node++) {
                byte[] head = ("POST /api/v1/nodes/" + site.node(node) + "/token HTTP/1.1\r\nHost: " + portal.getHost()
                                + "\r\nAuthorization: Bearer " + apiToken + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
                var answer = connection.post(head, new byte[0], 0);
                Matcher token = TOKEN.matcher(new String(answer.body(), StandardCharsets.UTF_8));
                if (answer.status() / 100 != 2 || !token.find()) {
                    throw new IOException("HTTP " + answer.status() + " for the token of " + site.node(node));
                }
                tokens.add(token.group(1));
            }
        }
        return tokens;
    }
}
