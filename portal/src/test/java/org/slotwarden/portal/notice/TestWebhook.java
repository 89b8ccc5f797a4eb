package org.slotwarden.portal.notice;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A program that is told by webhook, and answers as a test wants. */
final class TestWebhook implements AutoCloseable {

    record Received(Headers headers, String body) {}

    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile Map<String, String> headers = Map.of();
    private volatile boolean endless;

    TestWebhook() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Received(exchange.getRequestHeaders(), body));
            headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                do {
                    out.write("thanks ".getBytes(StandardCharsets.UTF_8));
                } while (endless);
            }
        });
        server.start();
    }

    TestWebhook answering(int status, Map<String, String> headers) {
        this.status = status;
        this.headers = headers;
        return this;
    }

    TestWebhook endless() {
        endless = true;
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks/very-secret-path";
    }

    List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        endless = false;
        server.stop(0);
    }
}
