package org.slotwarden.agent.send;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.v1.SlotReport;

/**
 * The reports of one slot that the portal has not acknowledged yet, on disk. Gives them their sequence
 * numbers, also across a crash. Bounded: when it is full, old samples are thinned (a
 * hole in the sequence), never a start, an end or facts of the job. When the disk is full, reports wait
 * in memory, likewise bounded. Thread-safe.
 */
public final class Spool implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    /** Kinds of frames. EVENT is a report that is never thinned: it holds more than a sample. */
    private static final byte SAMPLE = 1;

    private static final byte EVENT = 2;
    private static final byte END = 3;
    private static final byte ACKNOWLEDGED = 4;
    /** The number to go on with; a payload says that the end was reported. */
    private static final byte NEXT = 5;

    private static final int COMPACT_BYTES = 64 << 10;
    private static final int MAX_IN_MEMORY = 1000;
    private static final byte[] NOTHING = {};

    /** Either a frame on disk or, while the disk takes none, the bytes themselves. */
    private record Entry(byte kind, SpoolFile.@Nullable Frame frame, byte @Nullable [] held) {}

    private final SpoolFile file;
    private final long maxBytes;
    private final String slotId;
    private final TreeMap<Long, Entry> pending = new TreeMap<>();
    private long next = 1;
    private boolean ended;
    private boolean diskFull;
    private long givenUp;
    private long nextWord;

    private Spool(Path path, String slotId, long maxBytes) throws IOException {
        this.slotId = slotId;
        this.maxBytes = maxBytes;
        this.file = SpoolFile.open(path, this::restore);
    }

    /**
     * Opens the spool of a slot, or makes it.
     *
     * @param maxBytes size of the file at which old samples are thinned
     */
    public static Spool open(Path path, String slotId, long maxBytes) throws IOException {
        return new Spool(path, slotId, maxBytes);
    }

    private void restore(SpoolFile.Frame frame) {
        switch (frame.kind()) {
            case SAMPLE, EVENT, END -> {
                ended |= frame.kind() == END;
                pending.put(frame.number(), new Entry(frame.kind(), frame, null));
                next = Math.max(next, frame.number() + 1);
            }
            case ACKNOWLEDGED -> pending.remove(frame.number());
            case NEXT -> {
                ended |= frame.length() > 0;
                next = Math.max(next, frame.number());
            }
            default -> LOG.warn("Slot {}: unknown frame {} in the spool, left out", slotId, frame.kind());
        }
    }

    /** Numbers a report and keeps it until it is acknowledged. Starts and ends survive a loss of power. */
    public synchronized void append(SlotReport.Builder report) {
        byte kind = report.hasEnd() ? END : report.hasStart() || report.hasJob() ? EVENT : SAMPLE;
        long sequence = next++;
        byte[] bytes = report.setSlotId(slotId).setSequence(sequence).build().toByteArray();
        ended |= report.hasEnd();
        pending.put(sequence, new Entry(kind, null, bytes));
        writeHeld();
        if (file.size() > maxBytes) {
            thinOnDisk();
        }
    }

    /** Tries to bring to disk what waits in memory. */
    private void writeHeld() {
        try {
            for (var entry : pending.entrySet()) {
                byte[] held = entry.getValue().held;
                if (held != null) {
                    byte kind = entry.getValue().kind;
                    entry.setValue(new Entry(kind, file.append(kind, entry.getKey(), held, kind != SAMPLE), null));
                }
            }
            if (diskFull) {
                diskFull = false;
                LOG.info("Slot {}: the spool can be written again", slotId);
            }
        } catch (IOException e) {
            if (!diskFull) {
                diskFull = true;
                LOG.warn("Slot {}: the spool cannot be written, reports wait in memory: {}", slotId, e.toString());
            }
            thinInMemory();
        }
    }

    private void thinInMemory() {
        List<Long> held = pending.entrySet().stream()
                .filter(e -> e.getValue().held != null && e.getValue().kind == SAMPLE)
                .map(Map.Entry::getKey)
                .toList();
        if (held.size() > MAX_IN_MEMORY) {
            thin(held);
        }
    }

    private void thinOnDisk() {
        try {
            // First without what is acknowledged; often that is enough.
            compact();
            if (file.size() > maxBytes * 3 / 4) {
                List<Long> samples = pending.entrySet().stream()
                        .filter(e -> e.getValue().kind == SAMPLE)
                        .map(Map.Entry::getKey)
                        .toList();
                thin(samples.subList(0, samples.size() - samples.size() / 4));
                compact();
            }
        } catch (IOException e) {
            LOG.warn("Slot {}: the spool cannot be thinned: {}", slotId, e.toString());
        }
    }

    /** Gives up about a quarter, where samples stand closest: what is left is spread evenly over time. */
    private void thin(List<Long> sequences) {
        List<Integer> candidates = new ArrayList<>();
        for (int i = 1; i < sequences.size() - 1; i += 2) {
            candidates.add(i);
        }
        candidates.sort(Comparator.comparingLong(i -> sequences.get(i + 1) - sequences.get(i - 1)));
        int count = (candidates.size() + 1) / 2;
        candidates.subList(0, count).forEach(i -> pending.remove(sequences.get(i)));
        givenUp += count;
        if (givenUp >= nextWord) {
            nextWord = givenUp * 2;
            LOG.warn("Slot {}: spool full, {} samples given up so far", slotId, givenUp);
        }
    }

    private void compact() throws IOException {
        TreeMap<Long, Entry> moved = new TreeMap<>(pending);
        file.rewrite(fresh -> {
            fresh.append(NEXT, next, ended ? new byte[1] : NOTHING, false);
            for (var entry : moved.entrySet()) {
                byte kind = entry.getValue().kind;
                byte[] bytes = bytes(entry.getValue());
                entry.setValue(new Entry(kind, fresh.append(kind, entry.getKey(), bytes, false), null));
            }
        });
        pending.putAll(moved);
    }

    /** Forgets reports: the portal has them, or will never take them. */
    public synchronized void acknowledge(Collection<Long> sequences) {
        Set<Long> known = new HashSet<>(sequences);
        known.retainAll(pending.keySet());
        try {
            for (long sequence : known) {
                if (Objects.requireNonNull(pending.remove(sequence)).held == null) {
                    file.append(ACKNOWLEDGED, sequence, NOTHING, false);
                }
            }
            if (pending.isEmpty() && file.size() > COMPACT_BYTES) {
                compact();
            }
        } catch (IOException e) {
            // They may be sent once more after a restart, which does no harm.
            LOG.debug("Slot {}: acknowledgement not written", slotId, e);
            known.forEach(pending::remove);
        }
    }

    /** Sequence numbers of all reports that wait, oldest first. */
    public synchronized List<Long> waiting() {
        return new ArrayList<>(pending.keySet());
    }

    /** A waiting report as sent; null when it is gone meanwhile or cannot be read. */
    public synchronized byte @Nullable [] read(long sequence) {
        Entry entry = pending.get(sequence);
        try {
            return entry == null ? null : bytes(entry);
        } catch (IOException e) {
            LOG.warn("Slot {}: report {} cannot be read from the spool: {}", slotId, sequence, e.toString());
            pending.remove(sequence);
            return null;
        }
    }

    private byte[] bytes(Entry entry) throws IOException {
        return entry.held != null ? entry.held : file.read(Objects.requireNonNull(entry.frame));
    }

    /** True when nothing was ever appended. */
    public synchronized boolean isNew() {
        return next == 1;
    }

    /** True when an end was appended, now or before a restart. */
    public synchronized boolean hasEnd() {
        return ended;
    }

    public synchronized boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Leaves out some numbers: after a loss of power the last reports may be lost here but not at the portal. */
    public synchronized void skipNumbers(long count) {
        next += count;
    }

    public String slotId() {
        return slotId;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
