package org.slotwarden.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives the samples of a site to another store of time series, in the form that it takes fastest: many samples in a
 * request. For {@code bench/ingest-peers}.
 */
final class Feed {

    private final URI url;
    private final Site site;
    private final boolean prometheus;
    private final int steps;
    private final int stepsAtOnce;
    private final int nodesAtOnce;
    private final int connections;
    private final LongAdder samples = new LongAdder();
    private final LongAdder requests = new LongAdder();

    Feed(Options options) {
        this.url = URI.create(options.need("url"));
        this.prometheus = options.need("to").equals("prometheus");
        this.steps = options.number("steps", 40);
        this.stepsAtOnce = options.number("steps-at-once", 10);
        this.nodesAtOnce = options.number("nodes-at-once", 10);
        this.connections = options.number("connections", 4);
        this.site = new Site(
                (long) options.real("seed", 1),
                options.number("nodes", 20),
                options.number("slots", 50),
                System.currentTimeMillis() - 4 * 3_600_000,
                (int) (options.real("interval", 30) * 1000),
                options.number("job-steps", 240),
                options.get("replay", ""));
    }

    /** @return true: whatever is not taken ends it with an error */
    boolean run() throws IOException, InterruptedException {
        Course course = Courses.of(site);
        AtomicReference<@Nullable Throwable> trouble = new AtomicReference<>();
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int part = i;
            threads.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, thrown) -> trouble.set(thrown))
                    .start(() -> feed(course, part)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (trouble.get() != null) {
            throw new IOException("not taken: " + trouble.get(), trouble.get());
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpu =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
        System.out.printf(
                Locale.ROOT,
                "{\"samples\": %d, \"requests\": %d, \"seconds\": %.3f, \"cpu_seconds\": %.3f}%n",
                samples.sum(),
                requests.sum(),
                seconds,
                cpu);
        return true;
    }

    /** Times of a series must rise, so one connection has the same nodes all the time. */
    private void feed(Course course, int part) {
        byte[] head = ("POST " + url.getRawPath() + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                        + " HTTP/1.1\r\nHost: " + url.getHost() + "\r\n"
                        + (prometheus
                                ? "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
                                        + "X-Prometheus-Remote-Write-Version: 0.1.0\r\n"
                                : "Content-Type: text/plain\r\n"))
                .getBytes(StandardCharsets.US_ASCII);
        PeerBody body = prometheus ? new RemoteWrite() : new InfluxLines();
        try (PortalConnection connection = new PortalConnection(url)) {
            for (int step = 0; step < steps; step += stepsAtOnce) {
                for (int node = part * nodesAtOnce; node < site.nodes(); node += connections * nodesAtOnce) {
                    int told = fill(body, course, node, step);
                    PeerBody.Content content = body.content();
                    var answer = connection.post(head, content.bytes(), content.length());
                    if (answer.status() / 100 != 2) {
                        throw new IOException("HTTP " + answer.status() + " "
                                + new String(answer.body(), StandardCharsets.UTF_8).strip());
                    }
                    samples.add(told);
                    requests.increment();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int fill(PeerBody body, Course course, int firstNode, int firstStep) {
        body.clear();
        int told = 0;
        int lastStep = Math.min(steps, firstStep + stepsAtOnce);
        long[] times = new long[stepsAtOnce];
        long[][] figures = new long[stepsAtOnce][Figure.COUNT];
        for (int node = firstNode; node < Math.min(site.nodes(), firstNode + nodesAtOnce); node++) {
            for (int slot = 0; slot < site.slots(); slot++) {
                for (int step = firstStep; step < lastStep; ) {
                    Occupant occupant = site.occupant(node * site.slots() + slot, step);
                    int count = 0;
                    for (; step < lastStep && step < occupant.last(); step++, count++) {
                        times[count] = site.timeMs(node, slot, step);
                        course.fill(occupant.key(), step - occupant.first(), figures[count]);
                    }
                    if (count > 0) {
                        body.add(site.slotId(occupant), times, figures, count);
                        told += count;
                    }
                    if (step == occupant.last()) {
                        step++;
                    }
                }
            }
        }
        return told;
    }
}
