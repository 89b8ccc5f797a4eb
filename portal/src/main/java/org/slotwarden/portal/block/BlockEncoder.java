package org.slotwarden.portal.block;

import java.util.Arrays;
import java.util.zip.CRC32C;
import org.slotwarden.portal.block.Predictor.Way;

/**
 * Makes bytes of blocks: a byte for the version of the format, four of a checksum (CRC-32C, the highest first), and
 * range-coded the number of rows, the times, and column after column. Not for several threads at once.
 *
 * <p>Decision 12 has the format and what else was tried.
 */
public final class BlockEncoder {

    static final int VERSION = 1;
    static final int HEADER = 5;

    private static final Way[] TRIED = {Way.LAST, Way.LINE, Way.MEAN, Way.MEAN_RATE};

    private final Residuals residuals = new Residuals();
    private final BitModels presence = new BitModels(2);
    private final long[] whole = new long[Block.MOST_ROWS];
    private final long[] times = new long[Block.MOST_ROWS];
    private long[] wrong = new long[Block.MOST_ROWS];
    private long[] tried = new long[Block.MOST_ROWS];
    private int before;
    private final double[] present = new double[Block.MOST_ROWS];

    public byte[] encode(Block block) {
        var out = new RangeEncoder();
        out.plain(block.rows(), Integer.SIZE / 2);
        if (block.rows() > 0) {
            System.arraycopy(block.times(), 0, whole, 0, block.rows());
            Arrays.fill(times, 0, block.rows(), 0);
            numbers(out, new Scale(0), block.rows());
        }
        before = -1;
        block.columns().forEach((number, values) -> column(out, block.times(), number, values));
        out.plain(0, 1);
        return framed(out.finish());
    }

    private void column(RangeEncoder out, long[] blockTimes, int number, double[] values) {
        int count = 0;
        for (int row = 0; row < values.length; row++) {
            if (!Double.isNaN(values[row])) {
                present[count] = values[row];
                times[count++] = blockTimes[row];
            }
        }
        if (count == 0) {
            return;
        }
        out.plain(1, 1);
        out.plain(number == before + 1 ? 1 : 0, 1);
        if (number != before + 1) {
            out.plain(number, Block.COLUMN_BITS);
        }
        before = number;
        out.plain(count == values.length ? 1 : 0, 1);
        if (count < values.length) {
            presence(out, values);
        }
        Scale scale = Scale.find(present, count, whole);
        out.plain(scale.decimals(), 5);
        numbers(out, scale, count);
    }

    private void presence(RangeEncoder out, double[] values) {
        presence.forget();
        int before = 0;
        for (double value : values) {
            int now = Double.isNaN(value) ? 0 : 1;
            out.bit(presence, before, now);
            before = now;
        }
    }

    /** Writes {@code whole}, of which there is one at least. */
    private void numbers(RangeEncoder out, Scale scale, int count) {
        long first = whole[0];
        long unit = scale.unit(whole, count);
        number(out, first);
        if (unit == 0) {
            out.plain(Way.CONSTANT.ordinal(), 3);
            return;
        }
        for (int i = 0; i < count; i++) {
            whole[i] = unit == 1 ? whole[i] - first : (whole[i] - first) / unit;
        }
        Way way = predict(count);
        out.plain(way.ordinal(), 3);
        out.plain(unit == 1 ? 1 : 0, 1);
        if (unit != 1) {
            number(out, unit);
        }
        residuals.begin(out, wrong, 1, count);
        for (int i = 1; i < count; i++) {
            residuals.write(out, wrong[i]);
        }
    }

    /** Fills {@code wrong} by how far the best way is off: by the sum of the lengths of what has to be written. */
    private Way predict(int count) {
        Way best = Way.LAST;
        long least = Long.MAX_VALUE;
        for (Way way : TRIED) {
            var predictor = new Predictor(way);
            predictor.learn(times[0], 0);
            long length = 0;
            for (int i = 1; i < count && length < least; i++) {
                tried[i] = whole[i] - predictor.guess(times[i]);
                length += Long.SIZE - Long.numberOfLeadingZeros(Math.abs(tried[i]));
                predictor.learn(times[i], whole[i]);
            }
            if (length < least) {
                least = length;
                best = way;
                long[] better = tried;
                tried = wrong;
                wrong = better;
            }
        }
        return best;
    }

    /** Any number, with its length before it. */
    private static void number(RangeEncoder out, long number) {
        long folded = number << 1 ^ number >> 63;
        int length = Long.SIZE - Long.numberOfLeadingZeros(folded);
        out.plain(length, 7);
        out.plain(folded, length);
    }

    private static byte[] framed(byte[] body) {
        byte[] bytes = new byte[HEADER + body.length];
        bytes[0] = VERSION;
        System.arraycopy(body, 0, bytes, HEADER, body.length);
        int sum = checksum(bytes);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[1 + i] = (byte) (sum >>> 24 - 8 * i);
        }
        return bytes;
    }

    static int checksum(byte[] bytes) {
        var sum = new CRC32C();
        sum.update(bytes, HEADER, bytes.length - HEADER);
        return (int) sum.getValue();
    }
}
