package org.slotwarden.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.ReportBatch;
import org.slotwarden.wire.v1.ReportId;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;

/** Keeps in memory what it is told, by the rules of the wire contract, and does what it is told to do wrong. */
final class TestPortal implements Store, AutoCloseable {

    enum Mood {
        STORES,
        BUSY,
        STORES_AND_SAYS_NOTHING,
        SAYS_NOTHING
    }

    static final class Stored {
        final long id;
        final String node;
        final TreeMap<Long, long[]> samples = new TreeMap<>();
        final Map<Long, SlotReport> reports = new HashMap<>();
        boolean ended;
        int exitCode;

        Stored(long id, String node) {
            this.id = id;
            this.node = node;
        }
    }

    final Map<String, Stored> slots = new LinkedHashMap<>();
    final Map<String, TreeMap<Long, Boolean>> nodeSamples = new HashMap<>();
    /** Of the next requests; then all is stored. */
    final Deque<Mood> moods = new ArrayDeque<>();

    int repeated;
    int contradictions;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Expected expected;

    TestPortal(Expected expected) throws IOException {
        this.expected = expected;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/api/v1/nodes/",
                exchange -> answer(
                        exchange,
                        ("{\"token\": \"swn_"
                                        + exchange.getRequestURI().getPath().split("/")[4] + "\"}")
                                .getBytes(StandardCharsets.UTF_8)));
        server.createContext("/ingest/v1/reports", this::report);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private synchronized void report(HttpExchange exchange) throws IOException {
        Mood mood = moods.isEmpty() ? Mood.STORES : moods.removeFirst();
        boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        byte[] body;
        try (InputStream in = gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            body = in.readAllBytes();
        }
        ReportBatch batch = ReportBatch.parseFrom(body);
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        if (!("Bearer swn_" + batch.getNode()).equals(token)) {
            exchange.sendResponseHeaders(401, -1);
            return;
        }
        switch (mood) {
            case STORES -> answer(exchange, store(batch).toByteArray());
            case BUSY -> {
                exchange.getResponseHeaders().add("Retry-After", "1");
                exchange.sendResponseHeaders(503, -1);
            }
            case STORES_AND_SAYS_NOTHING -> {
                store(batch);
                exchange.close();
            }
            case SAYS_NOTHING -> exchange.close();
        }
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private ReportAnswer store(ReportBatch batch) {
        ReportAnswer.Builder answer = ReportAnswer.newBuilder();
        batch.getNodeSamplesList()
                .forEach(sample -> nodeSamples
                        .computeIfAbsent(batch.getNode(), node -> new TreeMap<>())
                        .put(sample.getTimeMs(), true));
        for (SlotReport report : batch.getSlotReportsList()) {
            if (!report.hasJob() && !slots.containsKey(report.getSlotId())) {
                answer.addSendJobFactsOf(report.getSlotId());
                continue;
            }
            Stored slot = slots.computeIfAbsent(report.getSlotId(), id -> new Stored(slots.size(), batch.getNode()));
            SlotReport before = slot.reports.put(report.getSequence(), report);
            repeated += before == null ? 0 : 1;
            contradictions += before == null || before.getSamplesList().equals(report.getSamplesList()) ? 0 : 1;
            report.getSamplesList().forEach(sample -> slot.samples.put(sample.getTimeMs(), figures(sample)));
            if (report.hasEnd()) {
                slot.ended = report.getEnd().getCause() == SlotEnd.Cause.EPILOGUE;
                slot.exitCode = report.getEnd().getExitCode();
            }
            // In an order of its own.
            answer.addAcknowledged(
                    0, ReportId.newBuilder().setSlotId(report.getSlotId()).setSequence(report.getSequence()));
        }
        return answer.build();
    }

    /** In the order of {@link Figure}. */
    static long[] figures(JobSample sample) {
        return new long[] {
            sample.getMemoryRssBytes(),
            sample.getMemoryPssBytes(),
            sample.getSwapBytes(),
            sample.getProcesses(),
            sample.getThreads(),
            sample.getOpenFiles(),
            sample.getOpenSockets(),
            sample.getScratchBytes(),
            Math.round(sample.getCpuUserSeconds() * 1e6),
            Math.round(sample.getCpuSystemSeconds() * 1e6),
            Math.round(sample.getRunQueueWaitSeconds() * 1e6),
            sample.getReadBytes(),
            sample.getWriteBytes(),
            sample.getReadChars(),
            sample.getWriteChars(),
            sample.getReadCalls(),
            sample.getWriteCalls(),
            sample.getReadOperations(),
            sample.getWriteOperations(),
            sample.getMajorFaults(),
            sample.getVoluntaryContextSwitches(),
            sample.getInvoluntaryContextSwitches(),
        };
    }

    @Override
    public List<Slot> slotsOf(String node) {
        List<Slot> found = new ArrayList<>();
        slots.forEach((id, slot) -> {
            if (slot.node.equals(node)) {
                long sum = slot.samples.entrySet().stream()
                        .mapToLong(sample -> expected.checksum(sample.getKey(), sample.getValue()))
                        .sum();
                found.add(new Slot(slot.id, id, slot.ended, slot.exitCode, slot.samples.size(), sum));
            }
        });
        return found;
    }

    @Override
    public Map<Long, long[]> rowsOf(long id) {
        return slots.values().stream()
                .filter(slot -> slot.id == id)
                .map(slot -> new HashMap<>(slot.samples))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public long nodeSamples(String node) {
        return nodeSamples.getOrDefault(node, new TreeMap<>()).size();
    }

    @Override
    public long jobs(String cluster) {
        return slots.size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
