package org.slotwarden.portal.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slotwarden.portal.block.BlockEncoder;

class SampleBlockTest {

    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allThatARowHoldsComesBack_andBlocksAreNoLargerThanHalfAPage(int seed) {
        List<JobSample> samples = samples(new Random(seed));
        var builder = new BlockBuilder(new BlockEncoder());
        samples.forEach(builder::add);

        List<BlockBuilder.Made> blocks = builder.finish();

        List<JobSample> decoded = new ArrayList<>();
        blocks.forEach(block -> decoded.addAll(SampleBlock.decode(block.data(), Metric.stored())));
        assertThat(decoded).isEqualTo(samples);
        assertThat(blocks).allSatisfy(block -> assertThat(block.data()).hasSizeLessThan(BlockBuilder.MOST_BYTES + 1));
        assertThat(blocks.stream().mapToInt(BlockBuilder.Made::samples).sum()).isEqualTo(samples.size());
        assertThat(blocks.stream().mapToInt(BlockBuilder.Made::outOfTurn).sum()).isEqualTo((int) samples.stream()
                .filter(sample -> sample.reason() != JobSample.Reason.REGULAR)
                .count());
        // All but the last are nearly full, unless they have as many samples as a block may have.
        assertThat(blocks.subList(0, Math.max(0, blocks.size() - 1)))
                .allSatisfy(block -> assertThat(block.data().length > 7000 || block.samples() >= 4000)
                        .isTrue());
    }

    @Test
    void whatIsNotAskedForIsNotRead() {
        List<JobSample> samples = samples(new Random(1));
        byte[] data = SampleBlock.encode(new BlockEncoder(), samples.subList(0, Math.min(10, samples.size())));

        assertThat(SampleBlock.decode(data, Set.of(Metric.READ_BYTES)))
                .extracting(JobSample::levels)
                .allSatisfy(levels -> assertThat(levels.metrics()).isSubsetOf(Metric.READ_BYTES));
    }

    /** Blocks are read for years: whoever changes one of these numbers makes old blocks tell lies. */
    @Test
    void theNumbersOfColumnsStayAsTheyAre() {
        assertThat(SampleColumns.ORDER)
                .startsWith(Metric.CPU_USER_SECONDS, Metric.CPU_SYSTEM_SECONDS, Metric.CPU_UNATTRIBUTED_SECONDS)
                .doesNotHaveDuplicates()
                .containsAll(Metric.stored());
        assertThat(SampleColumns.ofSample(Metric.IO_PRESSURE_FULL_SECONDS)).isEqualTo(22);
        assertThat(SampleColumns.ofSample(Metric.MEMORY_RSS_BYTES)).isEqualTo(23);
        assertThat(SampleColumns.ofSample(Metric.OPEN_SOCKETS)).isEqualTo(33);
        assertThat(SampleColumns.ofSample(Metric.PROGRESS_FRACTION)).isEqualTo(47);
        assertThat(SampleColumns.ofRollup(Metric.CORES_USED)).isEqualTo(188);
        assertThat(SampleColumns.ofRollup(Metric.CPU_SECONDS)).isEqualTo(188);
        assertThat(SampleColumns.ofRollup(Metric.OPEN_FILES_SHARE)).isEqualTo(192);
        assertThat(SampleColumns.ofSample(Metric.MEMORY_LIMIT_BYTES)).isEqualTo(50);
        assertThat(SampleColumns.ofSample(Metric.SCRATCH_FREE_BYTES)).isEqualTo(56);
        assertThat(SampleColumns.ofSample(Metric.STORAGE_MOVERS)).isEqualTo(57);
    }

    private static List<JobSample> samples(Random random) {
        Set<Metric> measured = EnumSet.noneOf(Metric.class);
        Metric.stored().stream().filter(metric -> random.nextBoolean()).forEach(measured::add);
        measured.add(Metric.MEMORY_RSS_BYTES);
        List<JobSample> samples = new ArrayList<>();
        Instant time = START;
        int count = 1 + random.nextInt(random.nextBoolean() ? 3 : 3000);
        double chance = random.nextDouble();
        Map<Metric, Double> levels = new EnumMap<>(Metric.class);
        for (int i = 0; i < count; i++) {
            time = time.plusMillis(1 + random.nextInt(40_000));
            for (Metric metric : measured) {
                double before = levels.getOrDefault(metric, 0.0);
                double level = metric.counter()
                        ? before + random.nextInt(1_000_000)
                        : random.nextInt(1 + metric.ordinal() * 100);
                levels.put(metric, metric.type() == Metric.Type.REAL ? level / 100 : level);
            }
            Map<Metric, Double> some = new EnumMap<>(levels);
            some.keySet().removeIf(metric -> random.nextDouble() < chance / 10);
            JobSample.Reason reason = random.nextInt(10) > 0
                    ? JobSample.Reason.REGULAR
                    : JobSample.Reason.values()[random.nextInt(JobSample.Reason.values().length)];
            samples.add(new JobSample(time, Levels.of(some), reason, null, null, List.of()));
        }
        return samples;
    }
}
