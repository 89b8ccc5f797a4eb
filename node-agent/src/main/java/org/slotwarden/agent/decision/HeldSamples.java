package org.slotwarden.agent.decision;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.slotwarden.agent.decision.Opinion.Span;
import org.slotwarden.wire.v1.JobSample;

/**
 * Samples of one slot that were held back, newest last: in memory only, bounded in age and bytes. When
 * there are too many, every second one of the older half goes, so that the newest stay closest.
 */
final class HeldSamples {

    /** Of an entry, besides its bytes. */
    private static final int OVERHEAD = 64;

    private record Held(long timeMs, byte[] bytes) {
        long size() {
            return bytes.length + OVERHEAD;
        }

        boolean isIn(Span span) {
            return timeMs >= span.fromMs() && timeMs <= span.toMs();
        }
    }

    private final long maxAgeMs;
    private final LongSupplier maxBytes;
    private ArrayDeque<Held> held = new ArrayDeque<>();
    private long bytes;

    /** @param maxBytes this slot's share at the moment: it falls when other slots begin */
    HeldSamples(long maxAgeMs, LongSupplier maxBytes) {
        this.maxAgeMs = maxAgeMs;
        this.maxBytes = maxBytes;
    }

    void add(JobSample sample) {
        Held one = new Held(sample.getTimeMs(), sample.toByteArray());
        held.add(one);
        bytes += one.size();
        while (!held.isEmpty() && held.getFirst().timeMs < one.timeMs - maxAgeMs) {
            bytes -= held.removeFirst().size();
        }
        if (bytes > maxBytes.getAsLong()) {
            thin();
        }
    }

    private void thin() {
        ArrayDeque<Held> left = new ArrayDeque<>();
        int half = held.size() / 2;
        int i = 0;
        bytes = 0;
        for (Held one : held) {
            if (i >= half || i % 2 == 0) {
                left.add(one);
                bytes += one.size();
            }
            i++;
        }
        held = left;
        while (bytes > maxBytes.getAsLong() && !held.isEmpty()) {
            bytes -= held.removeFirst().size();
        }
    }

    /** How many lie in a stretch of time. */
    int count(Span span) {
        return (int) held.stream().filter(one -> one.isIn(span)).count();
    }

    /** Takes out the newest so many of those in a stretch of time, in the order in which they were taken. */
    List<JobSample> takeNewest(Span span, int count) {
        int left = count;
        List<JobSample> taken = new ArrayList<>();
        for (Iterator<Held> all = held.descendingIterator(); left > 0 && all.hasNext(); ) {
            Held one = all.next();
            if (one.isIn(span)) {
                all.remove();
                bytes -= one.size();
                left--;
                try {
                    taken.add(JobSample.parseFrom(one.bytes));
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException("our own bytes", e);
                }
            }
        }
        return taken.reversed();
    }

    int size() {
        return held.size();
    }
}
