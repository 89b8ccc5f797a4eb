package org.slotwarden.storagewatch.billing;

import java.io.BufferedReader;
import java.io.IOException;
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
                try (BufferedReader in = Files.newBufferedReader(pipe)) {
                    trouble = "";
                    String line;
                    while ((line = in.readLine()) != null) {
                        if (line.length() <= MAX_LINE) {
                            lines.put(line);
                        }
                    }
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
