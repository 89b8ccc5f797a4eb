package org.slotwarden.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThinningTest {

    private static final Instant FROM = Instant.parse("2026-11-21T20:00:00Z");

    @Test
    void fewSamplesStayAsTheyAre() {
        SeriesForm.Line line = thinning(10, 0, 30, 60).line("load_1m", "1", values(1, 2, 3));

        assertThat(line.points()).containsExactly(point(0, 1.0), point(30, 2.0), point(60, 3.0));
        assertThat(line.min()).isNull();
    }

    @Test
    void aMissingSampleIsAGap() {
        Thinning thinning = thinning(10, 0, 30, 60, 150, 180);

        assertThat(thinning.intervalSeconds()).isEqualTo(30.0);
        assertThat(thinning.line("load_1m", "1", values(1, 2, 3, 4, 5)).points())
                .containsExactly(
                        point(0, 1.0),
                        point(30, 2.0),
                        point(60, 3.0),
                        point(90, null),
                        point(150, 4.0),
                        point(180, 5.0));
    }

    @Test
    void aValueThatWasNotMeasuredIsAGap_whileTheOthersGoOn() {
        SeriesForm.Line line = thinning(10, 0, 30).line("load_1m", "1", Arrays.asList(null, 2.0));

        assertThat(line.points()).containsExactly(point(0, null), point(30, 2.0));
    }

    @Test
    void manySamplesBecomeMeansWithTheirExtremes() {
        int[] seconds = IntStream.range(0, 1000).toArray();
        Thinning thinning = new Thinning(FROM, FROM.plusSeconds(1000), times(seconds), 10);
        List<Double> values = IntStream.range(0, 1000).mapToObj(i -> (double) i).toList();

        SeriesForm.Line line = thinning.line("load_1m", "1", values);

        assertThat(line.points()).hasSizeBetween(8, 10);
        assertThat(line.points().getFirst()).satisfies(first -> {
            assertThat(first.time()).isEqualTo(FROM);
            assertThat(first.value()).isBetween(49.0, 51.0);
        });
        assertThat(line.min()).first().isEqualTo(0.0);
        assertThat(line.max()).last().isEqualTo(999.0);
    }

    @Test
    void aBucketWithoutASampleIsAGap() {
        int[] seconds = IntStream.concat(IntStream.range(0, 100), IntStream.range(500, 600))
                .toArray();
        Thinning thinning = new Thinning(FROM, FROM.plusSeconds(600), times(seconds), 6);

        SeriesForm.Line line = thinning.line(
                "load_1m", "1", IntStream.range(0, 200).mapToObj(i -> 1.0).toList());

        assertThat(line.points())
                .extracting(SeriesForm.Point::value)
                .startsWith(1.0)
                .contains((Double) null);
        assertThat(line.points().getLast().value()).isEqualTo(1.0);
    }

    @Test
    void nothingIsNothing() {
        Thinning thinning = thinning(10);

        assertThat(thinning.line("load_1m", "1", List.of()).points()).isEmpty();
        assertThat(thinning.intervalSeconds()).isNull();
    }

    private static Thinning thinning(int points, int... seconds) {
        return new Thinning(FROM, FROM.plusSeconds(3600), times(seconds), points);
    }

    private static List<Instant> times(int... seconds) {
        return IntStream.of(seconds).mapToObj(FROM::plusSeconds).toList();
    }

    private static List<Double> values(double... values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static SeriesForm.Point point(int seconds, @Nullable Double value) {
        return new SeriesForm.Point(FROM.plusSeconds(seconds), value);
    }
}
