package org.slotwarden.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.Orders;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;

/** A portal that keeps what it hears and behaves as a test wants it to. */
public final class FakePortal implements AutoCloseable {

    /** What is answered: a status with a body and headers, or nothing at all. */
    public record Reply(int status, byte[] body, String header, String value, boolean lose) {

        public static Reply of(ReportAnswer answer) {
            return new Reply(200, answer.toByteArray(), "X-Test", "1", false);
        }

        public static Reply status(int status, String problem) {
            return new Reply(status, problem.getBytes(StandardCharsets.UTF_8), "X-Test", "1", false);
        }

        public Reply with(String name, String content) {
            return new Reply(status, body, name, content, lose);
        }
    }

    private final HttpServer server;
    private final List<ReportBatch> batches = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile Function<ReportBatch, Reply> behaviour = batch -> Reply.of(acknowledge(batch));
    private volatile int maxBody;
    private final BlockingQueue<List<SignedOrder>> orders = new LinkedBlockingQueue<>();
    private final AtomicInteger waits = new AtomicInteger();
    private final List<String> waitedFor = new CopyOnWriteArrayList<>();
    private volatile @Nullable Reply refusesToTellOrders;

    public FakePortal() throws IOException {
        this(0);
    }

    public FakePortal(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals(WireContract.ORDERS_PATH)
                    && exchange.getRequestMethod().equals("GET")) {
                waitedFor.add(String.valueOf(exchange.getRequestURI().getQuery()));
                reply(exchange, awaitOrders());
                return;
            }
            byte[] compressed = exchange.getRequestBody().readAllBytes();
            maxBody = Math.max(maxBody, compressed.length);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            if (!exchange.getRequestURI().getPath().equals(WireContract.REPORTS_PATH)
                    || !exchange.getRequestMethod().equals("POST")
                    || !WireContract.CONTENT_TYPE.equals(
                            exchange.getRequestHeaders().getFirst("Content-Type"))) {
                exchange.sendResponseHeaders(418, -1);
                return;
            }
            ReportBatch batch =
                    ReportBatch.parseFrom(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes());
            Reply reply = behaviour.apply(batch);
            batches.add(batch);
            if (reply.lose) {
                return; // the connection breaks, although everything was stored
            }
            reply(exchange, reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reply(HttpExchange exchange, Reply reply) throws IOException {
        exchange.getResponseHeaders().add(reply.header, reply.value);
        exchange.sendResponseHeaders(reply.status, reply.body.length == 0 ? -1 : reply.body.length);
        exchange.getResponseBody().write(reply.body);
    }

    /** As the portal has it, for a shorter time. */
    private Reply awaitOrders() throws InterruptedException {
        waits.incrementAndGet();
        Reply refusal = refusesToTellOrders;
        if (refusal != null) {
            return refusal;
        }
        List<SignedOrder> told = orders.poll(2, TimeUnit.SECONDS);
        if (told == null) {
            return Reply.status(204, "");
        }
        Orders answer = Orders.newBuilder()
                .addAllOrders(told)
                .setAnsweredAtMs(System.currentTimeMillis())
                .build();
        return new Reply(200, answer.toByteArray(), "X-Test", "1", false);
    }

    /** Tells orders to whoever waits for them, all in one answer. */
    public void order(SignedOrder... told) {
        orders.add(List.of(told));
    }

    /** How often somebody began to wait for orders. */
    public int waits() {
        return waits.get();
    }

    /** Which slots they named, as the query of the request has it. */
    public List<String> waitedFor() {
        return List.copyOf(waitedFor);
    }

    public void refuseToTellOrders(Reply reply) {
        refusesToTellOrders = reply;
    }

    /** What became of orders, as it came; what came twice twice. */
    public List<OrderResult> results() {
        return reports().stream()
                .flatMap(report -> report.getOrderResultsList().stream())
                .toList();
    }

    public static ReportAnswer acknowledge(ReportBatch batch) {
        return ReportAnswer.newBuilder()
                .addAllAcknowledged(batch.getSlotReportsList().stream()
                        .map(report -> ReportId.newBuilder()
                                .setSlotId(report.getSlotId())
                                .setSequence(report.getSequence())
                                .build())
                        .toList())
                .build();
    }

    public void behave(Function<ReportBatch, Reply> how) {
        behaviour = how;
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<ReportBatch> batches() {
        return List.copyOf(batches);
    }

    public int largestBody() {
        return maxBody;
    }

    public Set<String> authorizations() {
        return new TreeSet<>(authorizations);
    }

    /** All reports that came, those that came twice twice. */
    public List<SlotReport> reports() {
        return batches.stream()
                .flatMap(batch -> batch.getSlotReportsList().stream())
                .toList();
    }

    public Set<Long> sequences(String slotId) {
        Set<Long> sequences = new TreeSet<>();
        reports().stream().filter(r -> r.getSlotId().equals(slotId)).forEach(r -> sequences.add(r.getSequence()));
        return sequences;
    }

    /** Slots in the order in which they were heard of. */
    public List<String> slots() {
        return reports().stream().map(SlotReport::getSlotId).distinct().toList();
    }

    public Stream<JobSample> samples() {
        return reports().stream().flatMap(report -> report.getSamplesList().stream());
    }

    public List<SlotReport> ends() {
        return new ArrayList<>(reports().stream().filter(SlotReport::hasEnd).toList());
    }

    public List<NodeSample> nodeSamples() {
        return batches.stream().flatMap(b -> b.getNodeSamplesList().stream()).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
