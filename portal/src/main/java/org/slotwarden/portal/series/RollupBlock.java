package org.slotwarden.portal.series;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.block.Block;
import org.slotwarden.portal.block.BlockDecoder;
import org.slotwarden.portal.block.BlockEncoder;
import org.slotwarden.portal.series.Rollup.Cell;

/**
 * Makes blocks of rollups and back. Means and extremes are rounded to four digits, which no chart shows. For how long
 * a figure is known is mostly the same for all that is measured together: where it is as for the metric before, it is
 * left out.
 */
final class RollupBlock {

    /** Columns of a metric: mean, least, greatest, seconds. */
    static final int PARTS = 4;

    private static final int SECONDS = 3;
    private static final int DIGITS = 4;

    /** Beyond, decimals are no longer exact. */
    private static final int MOST_DECIMALS = 12;

    private RollupBlock() {}

    static byte[] encode(BlockEncoder encoder, SortedMap<Long, Map<Metric, Cell>> buckets) {
        long[] times = buckets.keySet().stream().mapToLong(begin -> begin).toArray();
        SortedMap<Integer, double[]> columns = new TreeMap<>();
        double[] before = null;
        for (Metric metric : SampleColumns.ORDER) {
            double[][] parts = new double[PARTS][times.length];
            boolean any = false;
            int row = 0;
            for (Map<Metric, Cell> cells : buckets.values()) {
                Cell cell = cells.get(metric);
                any |= cell != null;
                parts[0][row] = cell == null ? Double.NaN : rounded(cell.mean());
                parts[1][row] = cell == null ? Double.NaN : rounded(cell.min());
                parts[2][row] = cell == null ? Double.NaN : rounded(cell.max());
                parts[SECONDS][row++] = cell == null ? Double.NaN : cell.seconds();
            }
            if (any) {
                int number = SampleColumns.ofRollup(metric);
                for (int part = 0; part < SECONDS; part++) {
                    columns.put(number + part, parts[part]);
                }
                if (!Arrays.equals(parts[SECONDS], before)) {
                    before = parts[SECONDS];
                    columns.put(number + SECONDS, before);
                }
            }
        }
        return encoder.encode(new Block(times, columns));
    }

    private static double rounded(double value) {
        if (value == 0 || Double.isInfinite(value)) {
            return value;
        }
        int decimals = DIGITS - 1 - (int) Math.floor(Math.log10(Math.abs(value)));
        double power = Math.pow(10, Math.min(Math.abs(decimals), decimals > 0 ? MOST_DECIMALS : 300));
        return decimals > 0 ? Math.rint(value * power) / power : Math.rint(value / power) * power;
    }

    /** @param metrics what is read; the others are not in the result */
    static void decode(byte[] data, Set<Metric> metrics, Rollup into) {
        var wanted = new TreeSet<Integer>();
        metrics.forEach(metric -> wanted.add(SampleColumns.ofRollup(metric)));
        Block block = BlockDecoder.decode(
                data,
                wanted.last() + PARTS - 1,
                column -> column % PARTS == SECONDS || wanted.contains(column - column % PARTS));
        for (Metric metric : metrics) {
            int number = SampleColumns.ofRollup(metric);
            double[] mean = block.columns().get(number);
            double[] min = block.columns().get(number + 1);
            double[] max = block.columns().get(number + 2);
            double[] seconds = secondsOf(block, number + SECONDS);
            if (mean == null || min == null || max == null || seconds == null) {
                continue;
            }
            for (int row = 0; row < block.rows(); row++) {
                if (!Double.isNaN(mean[row])) {
                    into.put(block.times()[row], metric, new Cell(mean[row], min[row], max[row], seconds[row]));
                }
            }
        }
    }

    private static double @Nullable [] secondsOf(Block block, int column) {
        for (int number = column; number >= 0; number -= PARTS) {
            double[] seconds = block.columns().get(number);
            if (seconds != null) {
                return seconds;
            }
        }
        return null;
    }
}
