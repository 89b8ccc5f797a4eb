package org.slotwarden.agent.send;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.send.PortalClock.RoundTrip;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Orders;
import org.slotwarden.wire.v1.ReportAnswer;

/**
 * Posts batches to the portal and waits for its orders. No proxy of the environment, no redirects: the token goes to the portal of
 * the configuration or nowhere. HttpURLConnection, because java.net.http costs a megabyte and four threads
 * more and is slower (measured).
 */
final class PortalClient {

    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 30_000;

    /** The portal answers within a minute. */
    private static final int ORDERS_READ_MS = 75_000;

    private static final int MAX_ANSWER = 4 << 20;
    private static final int MAX_PROBLEM = 2_000;

    private final URI reports;
    private final URI orders;
    private final Token token;
    private final @Nullable Path caFile;
    private @Nullable SSLSocketFactory trusting;

    /** @param caFile certificates (PEM) to trust instead of the runtime's own, null for those */
    PortalClient(URI portal, Path tokenFile, @Nullable Path caFile) {
        String root = portal.toString().replaceFirst("/+$", "");
        this.reports = URI.create(root + WireContract.REPORTS_PATH);
        this.orders = URI.create(root + WireContract.ORDERS_PATH);
        this.token = new Token(tokenFile);
        this.caFile = caFile;
    }

    /**
     * The portal's answer to a serialised batch.
     *
     * @throws PortalAway when it cannot be reached or is busy: try again soon
     * @throws PortalRefused when it does not want this: trying again soon is of no use
     */
    Answered post(byte[] batch) throws PortalAway, PortalRefused {
        byte[] body = gzip(batch);
        if (body.length > WireContract.MAX_BATCH_BYTES) {
            throw new PortalRefused(HttpURLConnection.HTTP_ENTITY_TOO_LARGE, "batch of " + body.length + " bytes");
        }
        HttpURLConnection connection = null;
        try {
            connection = open(reports, READ_MS, token.read());
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", WireContract.CONTENT_TYPE);
            connection.setRequestProperty("Content-Encoding", "gzip");
            connection.connect();
            // Not in streaming mode: with that, the body of a 401 cannot be read.
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            // Connected and greeted before: the time that TLS takes tells nothing about the portal's clock.
            long sentMs = System.currentTimeMillis();
            long sent = System.nanoTime();
            int status = connection.getResponseCode();
            RoundTrip trip = new RoundTrip(sentMs, sent, System.nanoTime());
            if (status / 100 == 2) {
                try (InputStream in = connection.getInputStream()) {
                    return new Answered(ReportAnswer.parseFrom(in.readNBytes(MAX_ANSWER)), trip);
                }
            }
            throw failure(connection, status);
        } catch (IOException e) {
            if (connection != null) {
                connection.disconnect();
            }
            throw new PortalAway(e.getClass().getSimpleName(), reports + ": " + e, null);
        }
    }

    /**
     * Waits until the portal has orders for this node, a minute at most.
     *
     * @param slots only for these; empty: for all of the node
     * @return null when there was none
     * @throws PortalAway as {@link #post}
     * @throws PortalRefused as {@link #post}; 404: that portal has no orders
     */
    @Nullable
    Orders awaitOrders(Collection<String> slots) throws PortalAway, PortalRefused {
        HttpURLConnection connection = null;
        try {
            String query = slots.stream()
                    .map(slot -> "slot=" + URLEncoder.encode(slot, StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&", slots.isEmpty() ? "" : "?", ""));
            connection = open(URI.create(orders + query), ORDERS_READ_MS, token.read());
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_NO_CONTENT) {
                return null;
            }
            if (status == HttpURLConnection.HTTP_OK) {
                try (InputStream in = connection.getInputStream()) {
                    return Orders.parseFrom(in.readNBytes(MAX_ANSWER));
                }
            }
            throw failure(connection, status);
        } catch (IOException e) {
            if (connection != null) {
                connection.disconnect();
            }
            throw new PortalAway(e.getClass().getSimpleName(), orders + ": " + e, null);
        }
    }

    private HttpURLConnection open(URI endpoint, int readMs, String bearer) throws IOException, PortalRefused {
        if (caFile != null && trusting == null) {
            trusting = SiteTrust.of(caFile);
            // Else a connection begins with reading the runtime's hundred and fifty authorities.
            HttpsURLConnection.setDefaultSSLSocketFactory(trusting);
        }
        HttpURLConnection connection = (HttpURLConnection) endpoint.toURL().openConnection(Proxy.NO_PROXY);
        if (connection instanceof HttpsURLConnection tls && trusting != null) {
            tls.setSSLSocketFactory(trusting);
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(readMs);
        connection.setRequestProperty("Authorization", "Bearer " + bearer);
        return connection;
    }

    private static byte[] gzip(byte[] batch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(batch);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static PortalRefused failure(HttpURLConnection connection, int status) throws PortalAway {
        String problem = problem(connection);
        if (status >= 500 || status == 429 || status == HttpURLConnection.HTTP_CLIENT_TIMEOUT) {
            int seconds = connection.getHeaderFieldInt("Retry-After", 0);
            throw new PortalAway(
                    "HTTP " + status,
                    "HTTP " + status + " " + problem,
                    seconds > 0 ? Duration.ofSeconds(Math.min(seconds, 3600)) : null);
        }
        return new PortalRefused(status, problem);
    }

    /** What the portal says about it (RFC 9457), without what could forge lines in our log. */
    private static String problem(HttpURLConnection connection) {
        try (InputStream in = connection.getErrorStream()) {
            return in == null
                    ? ""
                    : new String(in.readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ");
        } catch (IOException e) {
            return "";
        }
    }

    /** What the portal said, and how long that took. */
    record Answered(ReportAnswer answer, RoundTrip trip) {}

    /** Not reachable, or busy. */
    static final class PortalAway extends Exception {
        private static final long serialVersionUID = 1L;

        /** Tells one trouble from another. */
        final String kind;

        /** How long the portal wants to be left alone, where it said so. */
        final transient @Nullable Duration retryAfter;

        PortalAway(String kind, String message, @Nullable Duration retryAfter) {
            super(message);
            this.kind = kind;
            this.retryAfter = retryAfter;
        }
    }

    /** Reachable, but not willing. */
    static final class PortalRefused extends Exception {
        private static final long serialVersionUID = 1L;

        /** HTTP status, 0 when it did not come so far. */
        final int status;

        PortalRefused(int status, String message) {
            super(message);
            this.status = status;
        }
    }
}
