package org.slotwarden.storagewatch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A dCache that answers each path as a test wants it to, and remembers what it was asked. */
final class FakeDcache implements AutoCloseable {

    static final String ADMIN =
            "{\"status\":\"AUTHENTICATED\",\"uid\":0,\"gids\":[1000,0],\"roles\":[\"admin\"],\"username\":\"root\"}";

    /** Answers a request. */
    @FunctionalInterface
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final boolean tls;
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

    FakeDcache() throws IOException {
        this(null, 0);
    }

    /** @param context with the server's key; null: without TLS */
    FakeDcache(@Nullable SSLContext context, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        if (context == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(context));
            server = https;
        }
        tls = context != null;
        server.setExecutor(
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.createContext("/", this::handle);
        json("/api/v1/user", ADMIN);
        json("/api/v1/doors", "[]");
        json("/api/v1/transfers", Dc.transfers(System.currentTimeMillis()));
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            Behaviour behaviour = behaviours.get(exchange.getRequestURI().getRawPath());
            if (behaviour == null) {
                reply(exchange, 404, "{\"detail\":\"HTTP 404 Not Found\"}");
            } else {
                behaviour.answer(exchange);
            }
        }
    }

    FakeDcache on(String path, Behaviour behaviour) {
        behaviours.put(path, behaviour);
        return this;
    }

    FakeDcache json(String path, String body) {
        return on(path, exchange -> reply(exchange, 200, body));
    }

    FakeDcache status(String path, int status, String body) {
        return on(path, exchange -> reply(exchange, status, body));
    }

    FakeDcache without(String path) {
        behaviours.remove(path);
        return this;
    }

    /** These pools, with a queue {@code regular} by default and {@code lan} each, and without movers yet. */
    FakeDcache pools(String... names) {
        json("/api/v1/pools", Dc.pools(names));
        json("/api/v1/poolgroups/default/queues", Dc.queues(names));
        for (String name : names) {
            json("/api/v1/pools/" + name + "/movers", "[]");
        }
        return this;
    }

    static void reply(HttpExchange exchange, int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Server", "dCache/12.0.1");
        for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
        }
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Says that it will send a whole answer, and closes the connection in its middle. */
    static void cutOff(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
    }

    /** Sends the same again and again until the client has gone. */
    static void endless(HttpExchange exchange, String begin, String again) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        byte[] part = again.repeat(Math.max(1, 60_000 / again.length())).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(begin.getBytes(StandardCharsets.UTF_8));
            while (true) {
                out.write(part);
            }
        }
    }

    List<String> asked() {
        return asked;
    }

    long askedFor(String request) {
        return asked.stream().filter(request::equals).count();
    }

    Map<String, List<String>> lastHeaders() {
        return headers.getLast();
    }

    String url() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + port();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
