package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slotwarden.portal.block.Block;
import org.slotwarden.portal.block.BlockEncoder;

/** Cuts the samples of a slot into blocks of which two fill a page of the database. */
final class BlockBuilder {

    /** InnoDB keeps rows of up to half a page (16 kB) within the page; this leaves room for the other columns. */
    static final int MOST_BYTES = 8030;

    private static final double FULL_ENOUGH = 0.94;
    private static final int FIRST_GUESS = 120;
    private static final int MOST_ROWS = Block.MOST_ROWS / 2;

    /** A block as it is to be stored. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Made(Instant first, Instant last, int samples, int outOfTurn, byte[] data) {}

    private final BlockEncoder encoder;
    private final List<JobSample> waiting = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private int guess = FIRST_GUESS;

    BlockBuilder(BlockEncoder encoder) {
        this.encoder = encoder;
    }

    /** @param sample later than those before */
    void add(JobSample sample) {
        waiting.add(sample);
        if (waiting.size() >= guess) {
            cut(false);
        }
    }

    List<Made> finish() {
        while (!waiting.isEmpty()) {
            guess = Math.min(guess, waiting.size());
            cut(true);
            guess = Math.max(guess, waiting.size());
        }
        return made;
    }

    /** Makes a block of the first samples that wait, as soon as they fill one, or in any case when no more come. */
    private void cut(boolean last) {
        boolean tooMany = false;
        while (waiting.size() >= guess) {
            List<JobSample> samples = waiting.subList(0, guess);
            byte[] data = SampleBlock.encode(encoder, samples);
            double share = (double) data.length / MOST_BYTES;
            if (share > 1 && guess > 1) {
                tooMany = true;
                guess = Math.max(1, (int) Math.min(guess - 1, guess / share * 0.985));
            } else if (!tooMany && share < FULL_ENOUGH && guess < MOST_ROWS && !(last && guess == waiting.size())) {
                int more = (int) Math.min(MOST_ROWS, Math.max(guess + 1, guess / share * 0.97));
                guess = last ? Math.min(more, waiting.size()) : more;
            } else {
                made.add(new Made(
                        samples.getFirst().time(),
                        samples.getLast().time(),
                        samples.size(),
                        (int) samples.stream()
                                .filter(sample -> sample.reason() != JobSample.Reason.REGULAR)
                                .count(),
                        data));
                samples.clear();
                return;
            }
        }
    }
}
