package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Samples wherever they are: rows, blocks, or both. A sample that is in both is one, as the block has it. */
@Component
class SampleHistory {

    /** Later than any sample, and a date that databases know. */
    static final Instant FOREVER = Instant.parse("9999-12-31T00:00:00Z");

    private final SampleRows rows;
    private final BlockRows blocks;

    SampleHistory(SampleRows rows, BlockRows blocks) {
        this.rows = rows;
        this.blocks = blocks;
    }

    /**
     * Where a slot's samples are.
     *
     * @param onlyBlocks there are no rows that are not in blocks, too
     */
    record Source(long slotId, boolean onlyBlocks) {}

    /** Hands the samples of a stretch on by time, with the one before it and the one after it. */
    void read(Source slot, Collection<Metric> metrics, Instant from, Instant to, Consumer<JobSample> reader) {
        Set<Metric> parts = EnumSet.noneOf(Metric.class);
        metrics.forEach(metric -> parts.addAll(metric.parts()));
        var stretch = new Stretch(from, to, reader);
        Iterator<JobSample> archived = blocks.samples(slot.slotId(), parts, from, to);
        var merge = new Merge(archived, stretch);
        if (!slot.onlyBlocks()) {
            rows.read(slot.slotId(), parts, from, to, merge);
        }
        merge.rest();
    }

    /** From {@code from} to {@code to}, both included; not more than {@code most} are counted. */
    long count(Source slot, Instant from, Instant to, long most) {
        long count = 0;
        Instant covered = null;
        Instant after = Instant.EPOCH;
        List<BlockRows.Head> some;
        do {
            some = blocks.heads(slot.slotId(), after, from, to, BlockRows.AT_ONCE);
            for (BlockRows.Head block : some) {
                count += block.within(from, to) ? block.samples() : countWithin(block, from, to);
                after = block.first();
                covered = block.last();
            }
            if (count >= most) {
                return most;
            }
        } while (some.size() == BlockRows.AT_ONCE);
        if (slot.onlyBlocks()) {
            return count;
        }
        Instant first = covered == null || covered.isBefore(from) ? from : covered.plusMillis(1);
        return count + rows.count(slot.slotId(), first, to, most - count);
    }

    private long countWithin(BlockRows.Head block, Instant from, Instant to) {
        return blocks.samples(block.id(), Set.of()).stream()
                .filter(sample ->
                        !sample.time().isBefore(from) && !sample.time().isAfter(to))
                .count();
    }

    /** Times of the stored samples from {@code first} to {@code last}, both included. */
    Set<Instant> times(long slotId, Instant first, Instant last) {
        Set<Instant> times = new HashSet<>(rows.times(slotId, first, last));
        for (BlockRows.Head block : blocks.heads(slotId, first, last)) {
            blocks.samples(block.id(), Set.of()).forEach(sample -> times.add(sample.time()));
        }
        return times;
    }

    /** Times of the newest samples, by slot. */
    Map<Long, Instant> newest(Collection<Long> slotIds) {
        Map<Long, Instant> newest = new HashMap<>(blocks.newest(slotIds));
        rows.newest(slotIds).forEach((slot, at) -> newest.merge(slot, at, SampleHistory::later));
        return newest;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * The end of these slots' samples, by slot. Of each slot the newest two regular ones are read, whatever the
     * number of its samples.
     */
    Map<Long, LatestSamples> latest(Collection<Long> slotIds) {
        Map<Long, Instant> archived = blocks.newest(slotIds);
        Map<Long, LatestSamples> latest = new HashMap<>();
        newest(slotIds).forEach((slot, at) -> {
            NavigableMap<Instant, JobSample> newest = new TreeMap<>();
            rows.newestRegular(slot, 2).forEach(sample -> newest.put(sample.time(), sample));
            if (archived.containsKey(slot)) {
                blocks.newest(slot).stream()
                        .filter(sample -> !sample.heldBack())
                        .forEach(sample -> newest.put(sample.time(), sample));
            }
            List<JobSample> two =
                    newest.descendingMap().values().stream().limit(2).toList();
            latest.put(slot, new LatestSamples(at, null, null).with(two.reversed()));
        });
        return latest;
    }

    /** Whether there are samples in a stretch that did not come in their turn. */
    boolean anyOutOfTurn(Source slot, Instant from, Instant to) {
        return blocks.heads(slot.slotId(), from, to).stream().anyMatch(block -> block.outOfTurn() > 0)
                || (!slot.onlyBlocks() && rows.anyOutOfTurn(slot.slotId(), from, to));
    }

    /** Those of all samples that have a reason, by time; without figures. */
    void outOfTurn(Source slot, Consumer<JobSample> reader) {
        Set<Instant> seen = new HashSet<>();
        for (BlockRows.Head block : blocks.heads(slot.slotId(), Instant.EPOCH, FOREVER)) {
            if (block.outOfTurn() > 0) {
                for (JobSample sample : blocks.samples(block.id(), Set.of())) {
                    if (sample.reason() != JobSample.Reason.REGULAR) {
                        seen.add(sample.time());
                        reader.accept(sample);
                    }
                }
            }
        }
        if (!slot.onlyBlocks()) {
            rows.outOfTurn(slot.slotId(), sample -> {
                if (!seen.contains(sample.time())) {
                    reader.accept(sample);
                }
            });
        }
    }

    @Nullable
    Instant first(Source slot) {
        Instant archived = blocks.first(slot.slotId());
        Instant row = slot.onlyBlocks() ? null : rows.first(slot.slotId());
        return archived == null || (row != null && row.isBefore(archived)) ? row : archived;
    }

    /** All samples from {@code since} on, by time. */
    List<JobSample> since(long slotId, Collection<Metric> metrics, Instant since) {
        List<JobSample> samples = new ArrayList<>();
        read(new Source(slotId, false), metrics, since, FOREVER, sample -> {
            if (!sample.time().isBefore(since)) {
                samples.add(sample);
            }
        });
        return samples;
    }

    /** Puts blocks between rows. */
    private static final class Merge implements Consumer<JobSample> {
        private final Iterator<JobSample> archived;
        private final Consumer<JobSample> next;
        private @Nullable JobSample waiting;

        Merge(Iterator<JobSample> archived, Consumer<JobSample> next) {
            this.archived = archived;
            this.next = next;
            advance();
        }

        private void advance() {
            waiting = archived.hasNext() ? archived.next() : null;
        }

        @Override
        public void accept(JobSample row) {
            boolean both = false;
            while (waiting != null && !waiting.time().isAfter(row.time())) {
                both = waiting.time().equals(row.time());
                next.accept(waiting);
                advance();
            }
            if (!both) {
                next.accept(row);
            }
        }

        void rest() {
            while (waiting != null) {
                next.accept(waiting);
                advance();
            }
        }
    }

    /** Lets through what lies in a stretch, and one sample on either side of it. */
    private static final class Stretch implements Consumer<JobSample> {
        private final Instant from;
        private final Instant to;
        private final Consumer<JobSample> next;
        private @Nullable JobSample before;
        private boolean over;

        Stretch(Instant from, Instant to, Consumer<JobSample> next) {
            this.from = from;
            this.to = to;
            this.next = next;
        }

        @Override
        public void accept(JobSample sample) {
            if (sample.time().isBefore(from)) {
                before = sample;
                return;
            }
            if (before != null) {
                next.accept(before);
                before = null;
            }
            if (!over) {
                next.accept(sample);
            }
            over |= sample.time().isAfter(to);
        }
    }
}
