package org.slotwarden.storagewatch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageAnswer;
import org.slotwarden.wire.v1.StorageReport;

/** A portal that keeps what it hears and answers as a test wants it to. */
final class FakePortal implements AutoCloseable {

    /** A status, with an answer or a header. */
    record Reply(int status, StorageAnswer answer, String retryAfter) {
        static Reply ok() {
            return new Reply(200, accepted().build(), "");
        }

        static StorageAnswer.Builder accepted() {
            return StorageAnswer.newBuilder().setAnsweredAtMs(System.currentTimeMillis());
        }

        static Reply busy(int status, String retryAfter) {
            return new Reply(status, StorageAnswer.getDefaultInstance(), retryAfter);
        }
    }

    private final HttpServer server;
    private final List<StorageReport> reports = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile Function<StorageReport, Reply> behaviour = report -> Reply.ok();

    FakePortal() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!exchange.getRequestURI().getPath().equals(WireContract.STORAGE_PATH)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorization == null) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            authorizations.add(authorization);
            StorageReport report =
                    StorageReport.parseFrom(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes());
            reports.add(report);
            Reply reply = behaviour.apply(report);
            if (!reply.retryAfter.isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", reply.retryAfter);
            }
            byte[] answer = reply.answer.toByteArray();
            exchange.sendResponseHeaders(reply.status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    void behave(Function<StorageReport, Reply> other) {
        behaviour = other;
    }

    List<StorageReport> reports() {
        return reports;
    }

    List<String> authorizations() {
        return authorizations;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
