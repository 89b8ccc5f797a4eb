package org.slotwarden.storagewatch.billing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.v1.MoverRecord;

/**
 * Reads a named pipe into which somebody writes: Kafka's console consumer of the topic {@code billing}. What waits
 * here is bounded, then the writer waits. What was read and not accepted is lost with the process.
 */
public final class BillingPipe implements Records {

    private static final Logger LOG = LoggerFactory.getLogger(BillingPipe.class);
    private static final int WAITING = 10_000;
    private static final int MAX_LINE = 256 << 10;
    private static final long PAUSE_MS = 1_000;

    private final Path pipe;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(WAITING);
    private final Batch batch = new Batch();
    private volatile String trouble = "";
    private boolean waitsForAnswer;

    /** Begins to read at once. */
    public BillingPipe(Path pipe) {
        this.pipe = pipe;
        Thread.ofPlatform().daemon().name("billing").start(this::read);
    }

    /** When the last writer has gone, another one may come. */
    private void read() {
        try {
            while (true) {
                // What is no UTF-8 is replaced: an error would end the writer.
                try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(Files.newInputStream(pipe), StandardCharsets.UTF_8))) {
                    trouble = "";
                    take(in);
                } catch (IOException e) {
                    trouble = pipe + " cannot be read: " + e;
                }
                Thread.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            LOG.info("no more is read of {}", pipe);
            Thread.currentThread().interrupt();
        }
    }

    /** Line by line until the writer has gone; what is longer than a line may be is passed over. */
    private void take(BufferedReader in) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder();
        boolean tooLong = false;
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\n') {
                tooLong |= line.length() >= MAX_LINE;
                if (!tooLong) {
                    line.append((char) c);
                }
                continue;
            }
            if (!tooLong) {
                lines.put(line.toString());
            }
            line.setLength(0);
            tooLong = false;
        }
    }

    @Override
    public List<MoverRecord> next() throws IOException {
        if (!trouble.isEmpty()) {
            throw new IOException(trouble);
        }
        if (!waitsForAnswer) {
            for (String line = null; !batch.full() && (line = lines.poll()) != null; ) {
                batch.add(line);
            }
            waitsForAnswer = true;
        }
        return batch.records();
    }

    @Override
    public void accepted() {
        waitsForAnswer = false;
        batch.clear();
    }

    @Override
    public String complaint() {
        return batch.complaint();
    }
}
