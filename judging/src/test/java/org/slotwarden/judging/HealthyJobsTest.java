package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What looks like trouble and is none raises nothing, however often it is sampled. */
class HealthyJobsTest {

    private static final double FOUR_HOURS = 4 * 3600;

    static Stream<Arguments> lives() {
        return Healthy.all().entrySet().stream()
                .flatMap(life -> Stream.of(10.0, 30.0, 60.0)
                        .map(step -> Arguments.argumentSet(
                                life.getKey() + ", every " + step.intValue() + " s", life.getValue(), step)));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void raises_nothing(Life life, double step) {
        for (long seed : List.of(1L, 2L)) {
            assertThat(Trial.of(life, step, FOUR_HOURS, seed).changes())
                    .map(change -> change.finding().sentence())
                    .isEmpty();
        }
    }
}
