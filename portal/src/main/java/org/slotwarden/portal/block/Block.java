package org.slotwarden.portal.block;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Numbers over time: a row for each time, a column for each thing that was measured. {@code NaN} stands for what is
 * absent. A column that is absent in all rows is no column.
 *
 * @param times milliseconds since 1970, ascending, each once
 * @param columns by a number that means the same for ever, as long as there are blocks with it
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; millions of boxes would be made else.
public record Block(long[] times, SortedMap<Integer, double[]> columns) {

    /** Rows of one block. */
    public static final int MOST_ROWS = 8192;

    static final int COLUMN_BITS = 10;

    /** Numbers of columns go from 0 to this. */
    public static final int HIGHEST_COLUMN = (1 << COLUMN_BITS) - 1;

    /** Numbers of one block: 8 MB in memory. */
    static final int MOST_VALUES = 1 << 20;

    /**
     * @throws IllegalArgumentException when columns are not as long as the times, or there are more than can be encoded
     */
    public Block {
        if (times.length > MOST_ROWS || (long) times.length * columns.size() > MOST_VALUES) {
            throw new IllegalArgumentException(times.length + " rows of " + columns.size() + " columns are too many");
        }
        for (var column : columns.entrySet()) {
            if (column.getKey() < 0 || column.getKey() > HIGHEST_COLUMN || column.getValue().length != times.length) {
                throw new IllegalArgumentException("Column " + column.getKey() + " does not fit");
            }
        }
        columns = new TreeMap<>(columns);
    }

    public int rows() {
        return times.length;
    }
}
