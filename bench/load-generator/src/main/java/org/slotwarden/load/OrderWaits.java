package org.slotwarden.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.Orders;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SignedOrder;
import org.slotwarden.wire.v1.SlotReport;

/**
 * The site's agents as they wait for orders: a request of each node is open all the time. What comes is told on standard
 * output, {@code order ID SLOT MILLISECONDS} from when it was given, and answered as done.
 */
final class OrderWaits {

    private static final long AGAIN_MS = 2_000;
    private static final long FIRST_SEQUENCE = 1_000_000_000;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI portal;
    private final Site site;
    private final List<String> tokens;
    private final AtomicLong sequence = new AtomicLong(FIRST_SEQUENCE);
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean over;

    OrderWaits(URI portal, Site site, List<String> tokens) {
        this.portal = portal;
        this.site = site;
        this.tokens = tokens;
    }

    void begin() {
        for (int node = 0; node < site.nodes(); node++) {
            await(node, 0);
        }
    }

    void end() {
        over = true;
        http.shutdownNow();
        Run.say("waits that failed: " + failed.get());
    }

    private void await(int node, long afterMs) {
        if (over) {
            return;
        }
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(afterMs, TimeUnit.MILLISECONDS))
                .thenCompose(nothing ->
                        http.sendAsync(request(node, WireContract.ORDERS_PATH).build(), BodyHandlers.ofByteArray()))
                .whenComplete((answer, failure) -> {
                    boolean answered = failure == null && answer.statusCode() / 100 == 2;
                    if (answered && answer.statusCode() == 200) {
                        told(node, answer);
                    } else if (!answered && !over) {
                        failed.incrementAndGet();
                    }
                    await(node, answered ? 0 : AGAIN_MS);
                });
    }

    private HttpRequest.Builder request(int node, String path) {
        return HttpRequest.newBuilder(portal.resolve(path))
                .timeout(Duration.ofSeconds(90))
                .header("Authorization", "Bearer " + tokens.get(node));
    }

    private void told(int node, HttpResponse<byte[]> answer) {
        long now = System.currentTimeMillis();
        ReportBatch.Builder batch = ReportBatch.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setNode(site.node(node))
                .setAgentVersion("load")
                .setSentAtMs(now);
        try {
            for (SignedOrder signed : Orders.parseFrom(answer.body()).getOrdersList()) {
                Order order = Order.parseFrom(signed.getOrder());
                System.out.println(
                        "order " + order.getOrderId() + " " + order.getSlotId() + " " + (now - order.getIssuedAtMs()));
                batch.addSlotReports(SlotReport.newBuilder()
                        .setSlotId(order.getSlotId())
                        .setSequence(sequence.incrementAndGet())
                        .addOrderResults(OrderResult.newBuilder()
                                .setOrderId(order.getOrderId())
                                .setTimeMs(now)
                                .setState(OrderResult.State.DONE)));
            }
        } catch (IOException e) {
            failed.incrementAndGet();
            return;
        }
        http.sendAsync(
                request(node, WireContract.REPORTS_PATH)
                        .header("Content-Type", WireContract.CONTENT_TYPE)
                        .POST(BodyPublishers.ofByteArray(batch.build().toByteArray()))
                        .build(),
                BodyHandlers.discarding());
    }
}
