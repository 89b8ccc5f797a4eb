package org.slotwarden.portal.series;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slotwarden.portal.block.Block;
import org.slotwarden.portal.block.BlockDecoder;
import org.slotwarden.portal.block.BlockEncoder;

/** Makes blocks of samples and samples of blocks: all that a row of {@code job_sample} holds, and nothing else. */
final class SampleBlock {

    private SampleBlock() {}

    /** @param samples of one slot by time, at most {@link Block#MOST_ROWS} */
    static byte[] encode(BlockEncoder encoder, List<JobSample> samples) {
        long[] times = new long[samples.size()];
        SortedMap<Integer, double[]> columns = new TreeMap<>();
        double[][] byMetric = new double[Metric.values().length][];
        for (int row = 0; row < times.length; row++) {
            JobSample sample = samples.get(row);
            times[row] = sample.time().toEpochMilli();
            if (sample.reason() != JobSample.Reason.REGULAR) {
                columns.computeIfAbsent(SampleColumns.REASON, reason -> absent(times.length))[row] =
                        1 + SampleColumns.REASONS.indexOf(sample.reason());
            }
            int place = row;
            sample.levels().forEach((metric, level) -> {
                double[] column = byMetric[metric.ordinal()];
                if (column == null) {
                    column = absent(times.length);
                    byMetric[metric.ordinal()] = column;
                    columns.put(SampleColumns.ofSample(metric), column);
                }
                column[place] = level;
            });
        }
        return encoder.encode(new Block(times, columns));
    }

    private static double[] absent(int rows) {
        double[] values = new double[rows];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /** @param metrics stored ones; what else there is is not read */
    static List<JobSample> decode(byte[] data, Collection<Metric> metrics) {
        var wanted = new TreeSet<Integer>();
        wanted.add(SampleColumns.REASON);
        metrics.forEach(metric -> wanted.add(SampleColumns.ofSample(metric)));
        Block block = BlockDecoder.decode(data, wanted.last(), wanted::contains);
        double[] reasons = block.columns().get(SampleColumns.REASON);
        List<JobSample> samples = new ArrayList<>(block.rows());
        for (int row = 0; row < block.rows(); row++) {
            var levels = new Levels.Builder();
            for (Metric metric : metrics) {
                double[] column = block.columns().get(SampleColumns.ofSample(metric));
                if (column != null && !Double.isNaN(column[row])) {
                    levels.put(metric, column[row]);
                }
            }
            JobSample.Reason reason = reasons == null || Double.isNaN(reasons[row])
                    ? JobSample.Reason.REGULAR
                    : SampleColumns.REASONS.get((int) reasons[row] - 1);
            samples.add(new JobSample(
                    Instant.ofEpochMilli(block.times()[row]), levels.build(), reason, null, null, List.of()));
        }
        return samples;
    }
}
