package org.slotwarden.agent.send;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.NodeSample;

/**
 * Samples of the node that the portal does not have yet, on disk, so that the end of the process loses none.
 * Bounded: when there are too many, every second of the older ones goes. While the disk takes none, they
 * wait in memory, likewise bounded. The time of a sample is its name. Thread-safe.
 */
public final class NodeSamples implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeSamples.class);

    private static final byte SAMPLE = 1;
    private static final byte ACKNOWLEDGED = 4;
    private static final byte[] NOTHING = {};

    private static final int MAX = 4096;
    private static final int MAX_IN_MEMORY = 1000;
    private static final int COMPACT_BYTES = 256 << 10;

    /** Either a frame on disk or the bytes themselves. */
    private record Entry(SpoolFile.@Nullable Frame frame, byte @Nullable [] held) {}

    /** A serialised {@link NodeSample}. */
    record Waiting(long timeMs, byte[] bytes) {}

    private final TreeMap<Long, Entry> pending = new TreeMap<>();
    private final long maxBytes;
    private final @Nullable SpoolFile file;
    private boolean diskFull;

    /**
     * Opens the file, or makes it; where that fails, samples are kept in memory only.
     *
     * @param maxBytes size of the file at which older samples are thinned
     */
    public NodeSamples(Path path, long maxBytes) {
        this.maxBytes = maxBytes;
        this.file = open(path);
    }

    private @Nullable SpoolFile open(Path path) {
        try {
            return SpoolFile.open(path, frame -> {
                switch (frame.kind()) {
                    case SAMPLE -> pending.put(frame.number(), new Entry(frame, null));
                    case ACKNOWLEDGED -> pending.remove(frame.number());
                    default -> LOG.warn("unknown frame {} in {}, left out", frame.kind(), path);
                }
            });
        } catch (IOException e) {
            ErrorCounts.count(ErrorKind.DISK_FULL);
            LOG.warn("{} cannot be used, samples of the node wait in memory: {}", path, e.toString());
            pending.clear();
            return null;
        }
    }

    public synchronized void add(NodeSample sample) {
        pending.put(sample.getTimeMs(), new Entry(null, sample.toByteArray()));
        writeHeld();
        if (pending.size() > MAX) {
            thin(ErrorKind.SPOOL_FULL);
        }
        if (file != null && file.size() > maxBytes) {
            makeRoom(file);
        }
    }

    private void writeHeld() {
        if (file != null) {
            try {
                for (Map.Entry<Long, Entry> entry : pending.entrySet()) {
                    byte[] held = entry.getValue().held;
                    if (held != null) {
                        entry.setValue(new Entry(file.append(SAMPLE, entry.getKey(), held, false), null));
                    }
                }
                diskFull = false;
                return;
            } catch (IOException e) {
                if (!diskFull) {
                    diskFull = true;
                    ErrorCounts.count(ErrorKind.DISK_FULL);
                    LOG.warn("samples of the node cannot be written, they wait in memory: {}", e.toString());
                }
            }
        }
        if (pending.values().stream().filter(entry -> entry.held != null).count() > MAX_IN_MEMORY) {
            thin(ErrorKind.SPOOL_FULL);
        }
    }

    /** Leaves out every second of the older three quarters. */
    private void thin(ErrorKind why) {
        ErrorCounts.count(why);
        List<Long> times = new ArrayList<>(pending.keySet());
        for (int i = 0; i < times.size() * 3 / 4; i += 2) {
            pending.remove(times.get(i));
        }
    }

    private void makeRoom(SpoolFile file) {
        try {
            compact(file);
            if (file.size() > maxBytes * 3 / 4) {
                thin(ErrorKind.SPOOL_FULL);
                compact(file);
            }
        } catch (IOException e) {
            ErrorCounts.count(ErrorKind.DISK_FULL);
            LOG.debug("samples of the node cannot be thinned", e);
        }
    }

    private void compact(SpoolFile file) throws IOException {
        TreeMap<Long, Entry> moved = new TreeMap<>();
        file.rewrite(fresh -> {
            for (Map.Entry<Long, Entry> entry : pending.entrySet()) {
                byte[] bytes = bytes(entry.getValue());
                moved.put(entry.getKey(), new Entry(fresh.append(SAMPLE, entry.getKey(), bytes, false), null));
            }
        });
        pending.putAll(moved);
    }

    private byte[] bytes(Entry entry) throws IOException {
        if (entry.held != null) {
            return entry.held;
        }
        if (file == null || entry.frame == null) {
            throw new IOException("no file");
        }
        return file.read(entry.frame);
    }

    /** The newest so many that fit, oldest first; one at least. */
    synchronized List<Waiting> newest(int count, int maxBytes) {
        List<Waiting> newest = new ArrayList<>();
        int left = maxBytes;
        for (long time : new ArrayList<>(pending.descendingKeySet())) {
            byte[] bytes = read(time);
            if (bytes == null) {
                continue;
            }
            left -= bytes.length;
            if (newest.size() == count || (left < 0 && !newest.isEmpty())) {
                break;
            }
            newest.add(new Waiting(time, bytes));
        }
        return newest.reversed();
    }

    private byte @Nullable [] read(long time) {
        try {
            Entry entry = pending.get(time);
            return entry == null ? null : bytes(entry);
        } catch (IOException e) {
            ErrorCounts.count(ErrorKind.SPOOL_UNREADABLE);
            LOG.warn("a sample of the node cannot be read from its file: {}", e.toString());
            pending.remove(time);
            return null;
        }
    }

    /** Forgets samples: the portal has them. */
    synchronized void acknowledge(Collection<Long> times) {
        try {
            for (long time : times) {
                Entry entry = pending.remove(time);
                if (entry != null && entry.frame != null && file != null) {
                    file.append(ACKNOWLEDGED, time, NOTHING, false);
                }
            }
            if (file != null && pending.isEmpty() && file.size() > COMPACT_BYTES) {
                compact(file);
            }
        } catch (IOException e) {
            // They may be sent once more after a restart, which does no harm.
            LOG.debug("acknowledgement not written", e);
            times.forEach(pending::remove);
        }
    }

    synchronized boolean isEmpty() {
        return pending.isEmpty();
    }

    /** On disk and in memory. */
    synchronized long bytes() {
        long held = pending.values().stream()
                .mapToLong(entry -> entry.held == null ? 0 : entry.held.length)
                .sum();
        return held + (file == null ? 0 : file.size());
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
