package org.slotwarden.portal.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random blocks, the same ones in every run: the number in a failure's name is the seed. */
class BlockTest {

    private static final long START = 1_790_000_000_000L;

    private final BlockEncoder encoder = new BlockEncoder();

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatWasEncodedIsDecoded_toTheLastBit(int seed) {
        Block block = random(new Random(seed));

        assertSame(BlockDecoder.decode(encoder.encode(block)), block);
    }

    @Test
    void oneEncoderMakesTheSameBytesWhateverItMadeBefore() {
        Block block = random(new Random(1));
        byte[] bytes = encoder.encode(block);
        encoder.encode(random(new Random(2)));

        assertThat(encoder.encode(block)).isEqualTo(bytes);
        assertThat(new BlockEncoder().encode(block)).isEqualTo(bytes);
    }

    @Test
    void theExtremesOfDoublesAndTimesAreKept() {
        double[] extremes = {
            0.0,
            -0.0,
            Double.MIN_VALUE,
            -Double.MAX_VALUE,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.NaN,
            1L << 53,
            (1L << 53) - 1,
            0.1,
            1e-300
        };
        long[] times = new long[extremes.length];
        Arrays.setAll(times, i -> Long.MAX_VALUE - times.length + i);
        times[0] = Long.MIN_VALUE;
        SortedMap<Integer, double[]> columns = new TreeMap<>();
        columns.put(0, extremes);
        columns.put(Block.HIGHEST_COLUMN, new double[times.length]);
        var block = new Block(times, columns);

        assertSame(BlockDecoder.decode(encoder.encode(block)), block);
    }

    @Test
    void anEmptyBlockAndOneOfASingleRowAreBlocks() {
        var empty = new Block(new long[0], new TreeMap<>());
        var single = block(1, row -> 0.25);

        assertSame(BlockDecoder.decode(encoder.encode(empty)), empty);
        assertSame(BlockDecoder.decode(encoder.encode(single)), single);
    }

    @Test
    void aColumnThatIsAbsentInAllRowsIsLeftOut() {
        SortedMap<Integer, double[]> columns = new TreeMap<>();
        columns.put(3, new double[] {Double.NaN, Double.NaN});
        columns.put(4, new double[] {1, Double.NaN});

        Block decoded = BlockDecoder.decode(encoder.encode(new Block(new long[] {1, 2}, columns)));

        assertThat(decoded.columns()).containsOnlyKeys(4);
    }

    @Test
    void onlyTheColumnsThatAreWantedAreHandedOut() {
        Block block = random(new Random(7));
        int last = block.columns().lastKey();

        Block decoded = BlockDecoder.decode(encoder.encode(block), last, column -> column == last);

        assertThat(decoded.columns()).containsOnlyKeys(last);
        assertThat(decoded.columns().get(last)).isEqualTo(block.columns().get(last));
        assertThat(decoded.times()).isEqualTo(block.times());
    }

    @Test
    void whatDoesNotChangeTakesAlmostNoRoom() {
        Block block = block(1000, row -> 42);

        assertThat(encoder.encode(block)).hasSizeLessThan(60);
    }

    @Test
    void pagesAndHundredthsOfASecondTakeNoMoreRoomThanTheirNumber() {
        Random random = new Random(1);
        Block pages = block(1000, row -> 4096.0 * (100_000 + random.nextInt(256)));
        Block ticks = block(1000, row -> (100_000 + random.nextInt(256)) / 100.0);

        // Eight bits of chance in each.
        assertThat(encoder.encode(pages)).hasSizeBetween(950, 1150);
        assertThat(encoder.encode(ticks)).hasSizeBetween(950, 1150);
    }

    @Test
    void tooManyRowsAreRefusedBeforeTheyAreEncoded() {
        long[] times = new long[Block.MOST_ROWS + 1];

        assertThatThrownBy(() -> new Block(times, new TreeMap<>())).isInstanceOf(IllegalArgumentException.class);
    }

    static Block random(Random random) {
        int rows = 1 + random.nextInt(random.nextBoolean() ? 5 : 1000);
        long[] times = new long[rows];
        long time = START + random.nextInt();
        for (int row = 0; row < rows; row++) {
            times[row] = time;
            time += 1 + random.nextInt(random.nextInt(20) == 0 ? 10_000_000 : 30_100);
        }
        SortedMap<Integer, double[]> columns = new TreeMap<>();
        int number = random.nextInt(5);
        for (int i = 0; i < 25; i++) {
            columns.put(number, column(random, rows));
            number += 1 + random.nextInt(4);
        }
        return new Block(times, columns);
    }

    private static double[] column(Random random, int rows) {
        DoubleUnaryOperator next = source(random);
        double absent = random.nextBoolean() ? 0 : random.nextDouble();
        double[] values = new double[rows];
        double before = 0;
        for (int row = 0; row < rows; row++) {
            before = next.applyAsDouble(before);
            values[row] = random.nextDouble() < absent ? Double.NaN : before;
        }
        // One row at least is there: a column without any is left out.
        values[random.nextInt(rows)] = before;
        return values;
    }

    private static DoubleUnaryOperator source(Random random) {
        double steady = random.nextInt(1_000_000);
        return switch (random.nextInt(10)) {
            case 0 -> before -> steady;
            case 1 -> before -> before + random.nextInt(100_000);
            case 2 -> before -> Math.rint((before + random.nextDouble()) * 100) / 100;
            case 3 -> before -> 4096.0 * random.nextInt(1_000_000);
            case 4 -> before -> random.nextInt(50) == 0 ? 0 : before + (1L << random.nextInt(50));
            case 5 -> before -> random.nextGaussian();
            case 6 -> before -> Math.max(0, steady + Math.rint(random.nextGaussian() * 10));
            case 7 -> before -> random.nextInt(1_000_000_000) / 1e9;
            case 8 -> before -> Double.longBitsToDouble(random.nextLong() & 0x7FEFFFFFFFFFFFFFL);
            default -> before -> random.nextInt(20) == 0 ? steady : 0;
        };
    }

    static Block block(int rows, DoubleUnaryOperator value) {
        long[] times = new long[rows];
        Arrays.setAll(times, row -> START + 30_000L * row);
        double[] values = new double[rows];
        Arrays.setAll(values, value::applyAsDouble);
        return new Block(times, new TreeMap<>(Map.of(7, values)));
    }

    static void assertSame(Block decoded, Block block) {
        assertThat(decoded.times()).isEqualTo(block.times());
        assertThat(decoded.columns().keySet()).isEqualTo(block.columns().keySet());
        block.columns()
                .forEach((number, values) -> assertThat(
                                bits(Objects.requireNonNull(decoded.columns().get(number))))
                        .as("column %d", number)
                        .isEqualTo(bits(values)));
    }

    private static long[] bits(double[] values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }
}
