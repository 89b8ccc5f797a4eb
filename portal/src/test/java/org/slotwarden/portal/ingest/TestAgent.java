package org.slotwarden.portal.ingest;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.AgentStatus;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.SlotReport;

/** Posts batches as the agent of one node does, over real HTTP. */
public final class TestAgent {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port;
    private final String node;
    private final String token;

    /** @param token from {@link org.slotwarden.portal.node.NodeTokens} */
    public TestAgent(int port, String node, String token) {
        this.port = port;
        this.node = node;
        this.token = token;
    }

    /** Tells everything at once. */
    public ReportAnswer tell(SlotStory... stories) {
        return send(Arrays.stream(stories)
                .flatMap(story -> story.reports().stream())
                .toList());
    }

    /** As a process that looks after this slot and no other. */
    public ReportAnswer tellAsOwnProcess(SlotStory story) {
        Instant now = Instant.now();
        return send(batch -> batch.addAllSlotReports(story.reports())
                .setAgentStatus(AgentStatus.newBuilder()
                        .setTimeMs(now.toEpochMilli())
                        .setStartedAtMs(now.minusSeconds(60).toEpochMilli())
                        .setOwnProcessOfSlot(true)));
    }

    public ReportAnswer send(List<SlotReport> reports) {
        return send(batch -> batch.addAllSlotReports(reports));
    }

    public ReportAnswer send(Consumer<ReportBatch.Builder> content) {
        var batch = batch();
        content.accept(batch);
        HttpResponse<byte[]> answer = post(batch.build().toByteArray());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + new String(answer.body()));
        }
        try {
            return ReportAnswer.parseFrom(answer.body());
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ReportBatch.Builder batch() {
        return ReportBatch.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setNode(node)
                .setAgentVersion("test")
                .setSentAtMs(Instant.now().toEpochMilli());
    }

    /** Waits for orders as an agent does. */
    public CompletableFuture<HttpResponse<byte[]>> awaitOrders(String... slots) {
        String query = Arrays.stream(slots).map(slot -> "slot=" + slot).collect(Collectors.joining("&", "?", ""));
        return HTTP.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + WireContract.ORDERS_PATH
                                + (slots.length == 0 ? "" : query)))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    public HttpResponse<byte[]> post(byte[] body, String... moreHeaders) {
        return post(BodyPublishers.ofByteArray(body), moreHeaders);
    }

    public HttpResponse<byte[]> post(BodyPublisher body, String... moreHeaders) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + WireContract.REPORTS_PATH))
                .POST(body)
                .header("Authorization", "Bearer " + token)
                .setHeader("Content-Type", WireContract.CONTENT_TYPE);
        for (int i = 0; i < moreHeaders.length; i += 2) {
            request.setHeader(moreHeaders[i], moreHeaders[i + 1]);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
