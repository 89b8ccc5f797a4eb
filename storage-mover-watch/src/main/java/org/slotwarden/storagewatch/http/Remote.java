package org.slotwarden.storagewatch.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One server, asked one thing after the other. No redirects and no proxy of the environment: what is secret goes to
 * the server of the configuration or nowhere. Each answer has a bound of time, from the request to its last byte,
 * and of bytes.
 */
public final class Remote {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    private static final int MAX_PROBLEM = 1_000;

    private static final ScheduledExecutorService DEADLINES = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("deadlines").factory());

    private final String name;
    private final String root;
    private final Trust trust;
    private @Nullable HttpClient client;

    /** @param name what messages call it ("dCache", "the portal") */
    public Remote(String name, URI url, Trust trust) {
        this.name = name;
        this.root = url.toString().replaceFirst("/+$", "");
        this.trust = trust;
    }

    /** Makes something of the body of an answer. */
    @FunctionalInterface
    public interface BodyReader<T> {
        T read(InputStream body, Headers headers) throws IOException;
    }

    /**
     * What came with an answer.
     *
     * @param server what it calls itself; empty: it does not tell
     * @param dateMs its clock; empty: it does not tell
     * @param total {@code X-Total-Count}; empty: not told
     */
    public record Headers(Optional<String> server, OptionalLong dateMs, OptionalLong total) {

        static Headers of(HttpResponse<?> response) {
            return new Headers(
                    response.headers().firstValue("Server").filter(text -> text.length() <= 200),
                    response.headers().firstValue("Date").map(Headers::millis).orElse(OptionalLong.empty()),
                    response.headers()
                            .firstValue("X-Total-Count")
                            .filter(text -> text.matches("\\d{1,9}"))
                            .map(text -> OptionalLong.of(Long.parseLong(text)))
                            .orElse(OptionalLong.empty()));
        }

        private static OptionalLong millis(String date) {
            try {
                return OptionalLong.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant()
                        .toEpochMilli());
            } catch (DateTimeParseException e) {
                return OptionalLong.empty();
            }
        }
    }

    /**
     * Asks, and hands the body of a good answer (2xx) to the reader.
     *
     * @param method GET, DELETE, POST
     * @param body null: none
     * @param within from the request to the last byte of the answer
     * @throws Refusal when there is no good answer, or the reader could not read it
     */
    public <T> T ask(
            String method,
            String path,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration within,
            long mostBytes,
            BodyReader<T> reader)
            throws Refusal, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .timeout(within)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        long deadline = System.nanoTime() + within.toNanos();
        try {
            HttpResponse<InputStream> response =
                    client().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            AtomicBoolean late = new AtomicBoolean();
            InputStream in = response.body();
            Future<?> end =
                    DEADLINES.schedule(() -> giveUp(in, late), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            try (in) {
                if (response.statusCode() / 100 != 2) {
                    throw refused(response);
                }
                return reader.read(new BoundedStream(in, mostBytes), Headers.of(response));
            } catch (BoundedStream.Exceeded e) {
                throw new Refusal(Refusal.Kind.TOO_LARGE, said(path, "is larger than " + (mostBytes >> 20) + " MB"));
            } catch (IOException e) {
                throw late.get()
                        ? new Refusal(Refusal.Kind.SLOW, said(path, "took longer than " + within.toSeconds() + " s"))
                        : new Refusal(Refusal.Kind.CUT_OFF, said(path, "cannot be read: " + cause(e)));
            } finally {
                end.cancel(false);
            }
        } catch (HttpConnectTimeoutException e) {
            throw new Refusal(Refusal.Kind.AWAY, name + " (" + root + ") does not take a connection within 5 s");
        } catch (HttpTimeoutException e) {
            throw new Refusal(Refusal.Kind.SLOW, said(path, "took longer than " + within.toSeconds() + " s"));
        } catch (IOException e) {
            forget();
            throw new Refusal(Refusal.Kind.AWAY, name + " (" + root + ") cannot be reached: " + why(e));
        }
    }

    private HttpClient client() throws IOException {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .sslContext(trust.context())
                    .build();
        }
        return client;
    }

    /** The next request reads certificates anew: they may be others by then. */
    private void forget() {
        if (client != null) {
            client.shutdownNow();
            client = null;
        }
    }

    private static void giveUp(InputStream in, AtomicBoolean late) {
        late.set(true);
        try {
            in.close();
        } catch (IOException e) {
            // it ends one way or the other
        }
    }

    private String said(String path, String what) {
        return "the answer of " + name + " to " + path + " " + what;
    }

    private Refusal refused(HttpResponse<InputStream> response) throws IOException {
        int status = response.statusCode();
        Duration retryAfter = response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wait -> wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait)
                .orElse(null);
        String problem = new String(response.body().readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8);
        String text = name + " answers " + response.uri().getPath() + " with HTTP " + status
                + (problem.isBlank() ? "" : ": " + PlainText.line(problem, 200));
        Refusal.Kind kind = switch (status) {
            case 401 -> Refusal.Kind.REFUSED_LOGIN;
            case 403 -> Refusal.Kind.NOT_ALLOWED;
            case 404 -> Refusal.Kind.NOT_THERE;
            case 429, 503 -> Refusal.Kind.BUSY;
            default -> Refusal.Kind.FAILED;
        };
        return new Refusal(kind, text, retryAfter);
    }

    private static String why(IOException e) {
        String text = messages(e);
        if (text.contains("No subject alternative") || text.contains("No name matching")) {
            return "its certificate is for another name than the one in the configuration";
        }
        if (text.contains("NotAfter") || text.contains("expired")) {
            return "its certificate has expired, or the clock here is wrong";
        }
        if (text.contains("PKIX")) {
            return "its certificate is not trusted: name the certificate of its authority in the key ca_file";
        }
        if (e instanceof SSLException) {
            return "TLS fails: " + cause(e);
        }
        if (e instanceof ConnectException) {
            return causedBy(e, UnresolvedAddressException.class) ? "its name has no address" : "nothing listens there";
        }
        return cause(e);
    }

    private static boolean causedBy(Throwable e, Class<?> type) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return true;
            }
        }
        return false;
    }

    private static String messages(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable each = e; each != null; each = each.getCause()) {
            all.append(each.getMessage()).append(' ');
        }
        return all.toString();
    }

    private static String cause(Throwable e) {
        Throwable last = e;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return PlainText.line(last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage(), 300);
    }
}
