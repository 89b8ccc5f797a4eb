package org.slotwarden.portal.block;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.slotwarden.portal.block.Predictor.Way;

/** Makes blocks of bytes again. Whatever the bytes are, it takes no more than a few megabytes. */
public final class BlockDecoder {

    private final RangeDecoder in;
    private final Residuals residuals = new Residuals();
    private final BitModels presence = new BitModels(2);

    private BlockDecoder(byte[] bytes) {
        in = new RangeDecoder(bytes, BlockEncoder.HEADER);
    }

    public static Block decode(byte[] bytes) {
        return decode(bytes, Block.HIGHEST_COLUMN, column -> true);
    }

    /**
     * @param last columns of higher numbers are not read at all
     * @param wanted which of the others are handed out
     * @throws BlockDamagedException when these bytes are no block
     */
    public static Block decode(byte[] bytes, int last, IntPredicate wanted) {
        if (bytes.length < BlockEncoder.HEADER) {
            throw new BlockDamagedException("it has " + bytes.length + " bytes only");
        }
        if (bytes[0] != BlockEncoder.VERSION) {
            throw new BlockDamagedException("version " + bytes[0] + " is not known");
        }
        int told = 0;
        for (int i = 1; i < BlockEncoder.HEADER; i++) {
            told = told << 8 | bytes[i] & 0xFF;
        }
        if (told != BlockEncoder.checksum(bytes)) {
            throw new BlockDamagedException("the checksum is wrong");
        }
        return new BlockDecoder(bytes).block(last, wanted);
    }

    private Block block(int last, IntPredicate wanted) {
        int rows = (int) in.plain(Integer.SIZE / 2);
        if (rows > Block.MOST_ROWS) {
            throw new BlockDamagedException("it has " + rows + " rows");
        }
        long[] none = new long[rows];
        long[] times = rows == 0 ? none : numbers(none, rows);
        var columns = new TreeMap<Integer, double[]>();
        int before = -1;
        while (in.plain(1) == 1) {
            int number = in.plain(1) == 1 ? before + 1 : (int) in.plain(Block.COLUMN_BITS);
            if (number <= before || number > Block.HIGHEST_COLUMN || rows == 0) {
                throw new BlockDamagedException("column " + number + " follows " + before);
            }
            if ((long) rows * (columns.size() + 1) > Block.MOST_VALUES) {
                throw new BlockDamagedException("it has too many columns");
            }
            before = number;
            if (number > last) {
                break;
            }
            double[] values = column(times);
            if (wanted.test(number)) {
                columns.put(number, values);
            }
        }
        return new Block(times, columns);
    }

    private double[] column(long[] times) {
        double[] values = new double[times.length];
        long[] presentTimes = times;
        int count = times.length;
        boolean whole = in.plain(1) == 1;
        if (!whole) {
            presentTimes = new long[times.length];
            count = presence(values, times, presentTimes);
            if (count == 0) {
                throw new BlockDamagedException("a column is empty");
            }
        }
        int decimals = (int) in.plain(5);
        if (decimals > Scale.BITS) {
            throw new BlockDamagedException("a column has " + decimals + " decimals");
        }
        var scale = new Scale(decimals);
        long[] numbers = numbers(presentTimes, count);
        int next = 0;
        for (int row = 0; row < values.length; row++) {
            if (whole || !Double.isNaN(values[row])) {
                values[row] = scale.value(numbers[next++]);
            }
        }
        return values;
    }

    private int presence(double[] values, long[] times, long[] presentTimes) {
        presence.forget();
        int count = 0;
        int before = 0;
        for (int row = 0; row < values.length; row++) {
            before = in.bit(presence, before);
            if (before == 1) {
                presentTimes[count++] = times[row];
            } else {
                values[row] = Double.NaN;
            }
        }
        return count;
    }

    private long[] numbers(long[] times, int count) {
        long first = number();
        int way = (int) in.plain(3);
        long[] numbers = new long[count];
        if (way >= Way.values().length) {
            throw new BlockDamagedException("a column is predicted in way " + way);
        }
        if (way == Way.CONSTANT.ordinal()) {
            Arrays.fill(numbers, first);
            return numbers;
        }
        long unit = in.plain(1) == 1 ? 1 : number();
        residuals.begin(in);
        var predictor = new Predictor(Way.values()[way]);
        predictor.learn(times[0], 0);
        numbers[0] = first;
        for (int i = 1; i < count; i++) {
            long value = predictor.guess(times[i]) + residuals.read(in);
            predictor.learn(times[i], value);
            numbers[i] = first + unit * value;
        }
        return numbers;
    }

    private long number() {
        int length = (int) in.plain(7);
        if (length > Long.SIZE) {
            throw new BlockDamagedException("a number has " + length + " bits");
        }
        long folded = in.plain(length);
        return folded >>> 1 ^ -(folded & 1);
    }
}
