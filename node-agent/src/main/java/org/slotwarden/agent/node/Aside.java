package org.slotwarden.agent.node;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;

/**
 * A figure whose reading may take long or never end (a file system that hangs, a driver in trouble): read
 * on a thread of its own that exists only meanwhile, and never twice at once. One that hangs therefore
 * costs one thread, and the figure is absent until it is over.
 *
 * @param <T> what is read
 */
final class Aside<T> {

    /** What is read, and how. */
    interface Reader<T> {
        /** Null when there is nothing to say. */
        @Nullable
        T read() throws IOException, InterruptedException;
    }

    /**
     * How often, and how long.
     *
     * @param every at most once in this time; less often when reading takes long or fails
     * @param patience after so long a reading counts as an error; nobody waits for it
     * @param fresh how long what was read may be used
     */
    record Pace(Duration every, Duration patience, Duration fresh) {}

    private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

    /** A reading may use this part of the time at most. */
    private static final int REST = 20;

    private static final long MOST_REST = Duration.ofHours(1).toNanos();

    private final String name;
    private final Pace pace;
    private final ErrorKind slow;
    private final ErrorKind unusable;
    private final Reader<T> reader;

    private @Nullable T value;
    private long readAt;
    private boolean running;
    private boolean saidSlow;
    private long begun;
    private long rest;
    private long notBefore = System.nanoTime();
    private int failures;

    Aside(String name, Pace pace, ErrorKind slow, ErrorKind unusable, Reader<T> reader) {
        this.name = name;
        this.pace = pace;
        this.slow = slow;
        this.unusable = unusable;
        this.reader = reader;
        this.rest = pace.every.toNanos();
    }

    /** Begins a reading, unless there is one or the last was just now. */
    synchronized void request() {
        long now = System.nanoTime();
        if (running) {
            if (!saidSlow && now - begun > pace.patience.toNanos()) {
                saidSlow = true;
                ErrorCounts.count(slow);
                LOG.warn("{} does not answer since {} s", name, pace.patience.toSeconds());
            }
        } else if (now - notBefore >= 0) {
            begun = now;
            try {
                Thread.ofPlatform().daemon().name(name).start(this::read);
                running = true;
            } catch (OutOfMemoryError e) {
                // No thread can be made at the moment (a limit of tasks): nothing is known then.
                LOG.warn("{} cannot be read: {}", name, e.toString());
                notBefore = now + MOST_REST / 60;
            }
        }
    }

    private void read() {
        T fresh = null;
        try {
            fresh = reader.read();
            over(fresh, null);
        } catch (IOException | RuntimeException e) {
            over(null, e);
        } catch (InterruptedException e) {
            over(null, null);
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void over(@Nullable T fresh, @Nullable Exception trouble) {
        long now = System.nanoTime();
        if (trouble != null) {
            ErrorCounts.count(unusable);
            if (failures++ == 0) {
                LOG.warn("{} cannot be read: {}", name, trouble.toString());
            }
        } else {
            if (failures > 0 || saidSlow) {
                LOG.info("{} can be read again", name);
            }
            failures = 0;
            saidSlow = false;
        }
        value = fresh;
        readAt = now;
        long least = Math.max(pace.every.toNanos(), (now - begun) * REST);
        rest = Math.min(MOST_REST, least << Math.min(failures, 8));
        notBefore = begun + rest;
        running = false;
    }

    /** What was read last, unless that is too long ago. */
    synchronized Optional<T> latest() {
        long oldest = Math.max(pace.fresh.toNanos(), 2 * rest);
        return value == null || System.nanoTime() - readAt > oldest ? Optional.empty() : Optional.of(value);
    }

    synchronized boolean isRunning() {
        return running;
    }
}
