package org.slotwarden.agent.send;

import com.google.protobuf.InvalidProtocolBufferException;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.wire.v1.SlotReport;

/**
 * The reports of one slot that the portal has not acknowledged yet, on disk. Gives them their sequence
 * numbers, also across a crash. Bounded: when it is full, old samples are thinned (a hole in the sequence,
 * and the next report says how many), never a start, an end or facts of the job. When the disk is full,
 * reports wait in memory, likewise bounded. Once it holds the end, it keeps no open descriptor. Thread-safe.
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
    /** A {@link SampleLoss} that no report has told yet. */
    private static final byte LOSS = 6;
    /** An event that tells the loss written before it. */
    private static final byte EVENT_WITH_LOSS = 7;
    /** A report that is never thinned, of which one waits at most, and which a loss of power may take. */
    private static final byte STATE = 8;

    private static final int COMPACT_BYTES = 64 << 10;
    private static final int MAX_IN_MEMORY = 1000;
    private static final byte[] NOTHING = {};

    /** Either a frame on disk or, while the disk takes none, the bytes themselves. */
    private record Entry(byte kind, SpoolFile.@Nullable Frame frame, byte @Nullable [] held) {}

    private final SpoolFile file;
    private final SpoolSpace space;
    private final long maxBytes;
    private final String slotId;
    private final TreeMap<Long, Entry> pending = new TreeMap<>();
    private long next = 1;
    private boolean ended;
    private boolean diskFull;
    private boolean closed;
    private long counted;
    private final GivenUpSamples givenUp = new GivenUpSamples();
    private SpoolFile.@Nullable Frame savedLoss;
    private long nextWord;
    private long oldestSequence;
    private long oldestMs;

    private Spool(Path path, String slotId, long maxBytes, SpoolSpace space) throws IOException {
        this.space = space;
        this.slotId = slotId;
        this.maxBytes = maxBytes;
        this.file = SpoolFile.open(path, this::restore);
        if (savedLoss != null) {
            restore(file, savedLoss);
        }
        if (file.skipped() > 0) {
            ErrorCounts.count(ErrorKind.SPOOL_UNREADABLE);
            LOG.warn("Slot {}: {} bytes in the middle of the spool are damaged, left out", slotId, file.skipped());
            givenUp.add(null);
        }
        rest();
    }

    private void restore(SpoolFile file, SpoolFile.Frame loss) throws IOException {
        try {
            givenUp.restore(file.read(loss));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Opens the spool of a slot, or makes it.
     *
     * @param maxBytes size of the file at which old samples are thinned
     * @param space of all spools
     */
    public static Spool open(Path path, String slotId, long maxBytes, SpoolSpace space) throws IOException {
        return new Spool(path, slotId, maxBytes, space);
    }

    private void restore(SpoolFile.Frame frame) {
        switch (frame.kind()) {
            case SAMPLE, EVENT, EVENT_WITH_LOSS, STATE, END -> {
                ended |= frame.kind() == END;
                if (frame.kind() == END || frame.kind() == EVENT_WITH_LOSS) {
                    savedLoss = null;
                }
                pending.put(frame.number(), new Entry(frame.kind(), frame, null));
                next = Math.max(next, frame.number() + 1);
            }
            case ACKNOWLEDGED -> pending.remove(frame.number());
            case NEXT -> {
                ended |= frame.length() > 0;
                next = Math.max(next, frame.number());
            }
            case LOSS -> savedLoss = frame;
            default -> LOG.warn("Slot {}: unknown frame {} in the spool, left out", slotId, frame.kind());
        }
    }

    /**
     * Numbers a report and keeps it until it is acknowledged. Starts and ends survive a loss of power.
     *
     * @return the number
     */
    public synchronized long append(SlotReport.Builder report) {
        givenUp.untold().ifPresent(report::setLoss);
        byte kind = kind(report);
        givenUp.told();
        long sequence = next++;
        byte[] bytes = report.setSlotId(slotId).setSequence(sequence).build().toByteArray();
        ended |= report.hasEnd();
        pending.put(sequence, new Entry(kind, null, bytes));
        writeHeld();
        if (file.size() > maxBytes) {
            thinOnDisk();
        }
        rest();
        return sequence;
    }

    private static byte kind(SlotReport.Builder report) {
        if (report.hasEnd()) {
            return END;
        }
        if (report.hasLoss()) {
            return EVENT_WITH_LOSS;
        }
        if (report.hasStart() || report.hasJob() || tellsOfOrder(report)) {
            return EVENT;
        }
        return report.hasStorageConnections() ? STATE : SAMPLE;
    }

    /** What became of an order, but for the job's output: that may have holes like samples. */
    private static boolean tellsOfOrder(SlotReport.Builder report) {
        return report.getOrderResultsList().stream().anyMatch(result -> !result.hasTail());
    }

    /** Ended slots may wait by the thousand for a portal that is away. */
    private void rest() {
        count();
        if (ended) {
            try {
                file.rest();
            } catch (IOException e) {
                LOG.debug("Slot {}: spool not closed", slotId, e);
            }
        }
    }

    private void count() {
        long now = closed ? 0 : file.size();
        space.changed(now - counted);
        counted = now;
    }

    /** True when nothing waits in memory only; tries to bring to disk what does. */
    public synchronized boolean isOnDisk() {
        if (pending.values().stream().anyMatch(entry -> entry.held != null)) {
            writeHeld();
            rest();
        }
        return pending.values().stream().allMatch(entry -> entry.held == null);
    }

    /** Tries to bring to disk what waits in memory. */
    private void writeHeld() {
        try {
            for (var entry : pending.entrySet()) {
                byte[] held = entry.getValue().held;
                if (held != null) {
                    byte kind = entry.getValue().kind;
                    boolean lasts = kind != SAMPLE && kind != STATE;
                    entry.setValue(new Entry(kind, file.append(kind, entry.getKey(), held, lasts), null));
                }
            }
            if (diskFull) {
                diskFull = false;
                LOG.info("Slot {}: the spool can be written again", slotId);
            }
        } catch (IOException e) {
            if (!diskFull) {
                diskFull = true;
                ErrorCounts.count(ErrorKind.DISK_FULL);
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
            sayFull();
        }
    }

    private void thinOnDisk() {
        try {
            // First without what is acknowledged; often that is enough.
            compact();
            if (file.size() > maxBytes * 3 / 4) {
                thinOlder();
                sayFull();
            }
        } catch (IOException e) {
            LOG.warn("Slot {}: the spool cannot be thinned: {}", slotId, e.toString());
        }
    }

    private void thinOlder() throws IOException {
        List<Long> samples = pending.entrySet().stream()
                .filter(e -> e.getValue().kind == SAMPLE)
                .map(Map.Entry::getKey)
                .toList();
        thin(samples.subList(0, samples.size() - samples.size() / 4));
        compact();
    }

    /** Makes room for other spools: gives back what is not needed, and where that is little, old samples. */
    public synchronized void shrink() {
        if (closed) {
            return;
        }
        try {
            long before = file.size();
            compact();
            if (file.size() > before * 3 / 4) {
                thinOlder();
            }
            if (ended && givenUp.untold().isPresent()) {
                append(SlotReport.newBuilder()); // no other comes that could tell of it
            }
        } catch (IOException e) {
            LOG.warn("Slot {}: the spool cannot be thinned: {}", slotId, e.toString());
        }
        rest();
    }

    /** Gives up about a quarter, where samples stand closest: what is left is spread evenly over time. */
    private void thin(List<Long> sequences) {
        List<Integer> candidates = new ArrayList<>();
        for (int i = 1; i < sequences.size() - 1; i += 2) {
            candidates.add(i);
        }
        candidates.sort(Comparator.comparingLong(i -> sequences.get(i + 1) - sequences.get(i - 1)));
        int count = (candidates.size() + 1) / 2;
        for (int i : candidates.subList(0, count)) {
            long sequence = sequences.get(i);
            byte[] report = read(sequence);
            if (report != null) { // else it counts already
                givenUp.add(report);
            }
            pending.remove(sequence);
        }
        if (count > 0) {
            ErrorCounts.count(ErrorKind.SPOOL_FULL);
        }
    }

    private void sayFull() {
        if (givenUp.total() >= nextWord) {
            nextWord = givenUp.total() * 2;
            LOG.warn("Slot {}: spool full, {} samples given up so far", slotId, givenUp.total());
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
            if (givenUp.untold().isPresent()) {
                fresh.append(LOSS, 0, givenUp.untold().get().toByteArray(), false);
            }
        });
        pending.putAll(moved);
    }

    /** Forgets reports: the portal has them, or will never take them. */
    public synchronized void acknowledge(Collection<Long> sequences) {
        if (closed) {
            return; // sent once more, perhaps
        }
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
        rest();
    }

    /** Sequence numbers of all reports that wait, oldest first. */
    public synchronized List<Long> waiting() {
        return new ArrayList<>(pending.keySet());
    }

    /** Whether a report waits. */
    public synchronized boolean holds(long sequence) {
        return pending.containsKey(sequence);
    }

    /** A waiting report as sent; null when it is gone meanwhile or cannot be read. */
    public synchronized byte @Nullable [] read(long sequence) {
        Entry entry = closed ? null : pending.get(sequence);
        try {
            return entry == null ? null : bytes(entry);
        } catch (IOException e) {
            ErrorCounts.count(ErrorKind.SPOOL_UNREADABLE);
            LOG.warn("Slot {}: report {} cannot be read from the spool: {}", slotId, sequence, e.toString());
            pending.remove(sequence);
            givenUp.add(null);
            return null;
        } finally {
            rest();
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

    /** Reports that wait. */
    public synchronized int size() {
        return pending.size();
    }

    /** Bytes on disk, those included that are not needed any more and not yet given back. */
    public synchronized long bytes() {
        return file.size();
    }

    /** Samples given up for want of room since this process began. */
    public synchronized long samplesGivenUp() {
        return givenUp.total();
    }

    /** Time of the oldest event that waits, in milliseconds since 1970; empty when nothing waits. */
    public synchronized OptionalLong oldestMs() {
        if (pending.isEmpty()) {
            return OptionalLong.empty();
        }
        long first = pending.firstKey();
        if (first != oldestSequence) {
            byte[] report = read(first);
            oldestMs = report == null ? 0 : timeOf(report);
            oldestSequence = first;
        }
        return oldestMs == 0 ? OptionalLong.empty() : OptionalLong.of(oldestMs);
    }

    private static long timeOf(byte[] bytes) {
        try {
            SlotReport report = SlotReport.parseFrom(bytes);
            return report.getSamplesCount() > 0
                    ? report.getSamples(0).getTimeMs()
                    : report.hasEnd()
                            ? report.getEnd().getTimeMs()
                            : report.hasStorageConnections()
                                    ? report.getStorageConnections().getTimeMs()
                                    : report.getStart().getTimeMs();
        } catch (InvalidProtocolBufferException e) {
            return 0;
        }
    }

    /** Leaves out some numbers: after a loss of power the last reports may be lost here but not at the portal. */
    public synchronized void skipNumbers(long count) {
        next += count;
    }

    public String slotId() {
        return slotId;
    }

    /** From now on nothing is read or written: the file may be another one's, or gone. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        count();
        file.close();
    }
}
