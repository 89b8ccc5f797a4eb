package org.slotwarden.portal.series;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.block.BlockEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Makes blocks and rollups of rows. What is made of a slot is made of all that is stored of it, rows and blocks, from
 * the first row on: done twice it gives the same, and late samples find their place.
 */
@Service
public class SampleArchive {

    /** A figure that is dear to measure may be this much older than the sample that it is compared with. */
    private static final Duration LOOKS_BACK = Duration.ofHours(1);

    private static final Set<Metric> STORED = EnumSet.copyOf(Metric.stored());

    private final SampleRows rows;
    private final BlockRows blocks;
    private final RollupRows rollups;
    private final SampleHistory history;

    SampleArchive(SampleRows rows, BlockRows blocks, RollupRows rollups, SampleHistory history) {
        this.rows = rows;
        this.blocks = blocks;
        this.rollups = rollups;
        this.history = history;
    }

    /** What a slot's blocks are to be, made and not stored yet. */
    public static final class Made {
        private final long slotId;
        private final long samples;
        private final List<BlockRows.Head> oldBlocks;
        private final List<BlockBuilder.Made> newBlocks;
        private final Set<Long> oldRollups;
        private final List<RollupRows.Made> newRollups;

        private Made(
                long slotId,
                long samples,
                List<BlockRows.Head> oldBlocks,
                List<BlockBuilder.Made> newBlocks,
                Set<Long> oldRollups,
                List<RollupRows.Made> newRollups) {
            this.slotId = slotId;
            this.samples = samples;
            this.oldBlocks = oldBlocks;
            this.newBlocks = newBlocks;
            this.oldRollups = oldRollups;
            this.newRollups = newRollups;
        }

        public long slotId() {
            return slotId;
        }

        /** Samples in the new blocks. */
        public long samples() {
            return samples;
        }
    }

    /**
     * Makes blocks of a slot's rows of before {@code until}, and of what is in blocks of a later time already: its rows
     * may be gone.
     *
     * @param intervalSeconds the longest time between two samples of it that was asked for
     * @return null when there are no such rows
     */
    @Transactional(readOnly = true)
    public @Nullable Made make(long slotId, double intervalSeconds, Instant until) {
        Instant firstRow = rows.first(slotId);
        if (firstRow == null || !firstRow.isBefore(until)) {
            return null;
        }
        Instant since = Rollup.begin(firstRow);
        List<BlockRows.Head> old = blocks.heads(slotId, since.minus(LOOKS_BACK), SampleHistory.FOREVER);
        Instant to = old.isEmpty() || old.getLast().last().isBefore(until)
                ? until
                : old.getLast().last().plusMillis(1);
        Instant from = old.isEmpty() || firstRow.isBefore(old.getFirst().first())
                ? firstRow
                : old.getFirst().first();
        var encoder = new BlockEncoder();
        var builder = new BlockBuilder(encoder);
        var fresh = new Rollup();
        var steps = new Steps(intervalSeconds, SampleColumns.ORDER, fresh::hold);
        long[] samples = {0};
        history.read(new SampleHistory.Source(slotId, false), STORED, from, to, sample -> {
            if (!sample.time().isBefore(from) && sample.time().isBefore(to)) {
                builder.add(sample);
                steps.accept(sample);
                samples[0]++;
            }
        });
        Map<Long, byte[]> oldRollups = rollups.since(slotId, since);
        var rollup = new Rollup();
        oldRollups.values().forEach(data -> RollupBlock.decode(data, EnumSet.copyOf(SampleColumns.ORDER), rollup));
        rollup.renew(fresh, since);
        return new Made(
                slotId, samples[0], old, builder.finish(), oldRollups.keySet(), RollupRows.made(encoder, rollup));
    }

    /**
     * Puts what was made in the place of what was there. The caller has locked the slots, and seen that nothing was
     * stored of them since.
     *
     * @throws org.springframework.dao.DuplicateKeyException when somebody else has archived one of them
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void store(Collection<Made> slots) {
        List<Long> oldBlocks = new ArrayList<>();
        List<Long> oldRollups = new ArrayList<>();
        List<BlockRows.OfSlot> newBlocks = new ArrayList<>();
        List<RollupRows.OfSlot> newRollups = new ArrayList<>();
        for (Made made : slots) {
            made.oldBlocks.forEach(block -> oldBlocks.add(block.id()));
            made.newBlocks.forEach(block -> newBlocks.add(new BlockRows.OfSlot(made.slotId, block)));
            oldRollups.addAll(made.oldRollups);
            made.newRollups.forEach(rollup -> newRollups.add(new RollupRows.OfSlot(made.slotId, rollup)));
        }
        blocks.delete(oldBlocks);
        rollups.delete(oldRollups);
        blocks.insert(newBlocks);
        rollups.insert(newRollups);
    }
}
