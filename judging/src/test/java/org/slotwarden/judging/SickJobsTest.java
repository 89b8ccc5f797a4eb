package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong is told once, by its root cause, neither before it began nor long after. */
class SickJobsTest {

    private static final double FOUR_HOURS = 4 * 3600;
    /** Of blocks that hold five samples, at one sample a minute. */
    private static final double WIDE_BLOCKS = 2;

    static Stream<Arguments> cases() {
        return Sick.all().entrySet().stream()
                .flatMap(sick -> Stream.of(10.0, 30.0, 60.0)
                        .map(step -> Arguments.argumentSet(
                                sick.getKey() + ", every " + step.intValue() + " s", sick.getValue(), step)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void is_told_of_once_and_in_time(Sick.Case sick, double step) {
        Trial trial = Trial.of(sick.life(), step, FOUR_HOURS, 1);

        double within = step > 30 ? WIDE_BLOCKS * sick.within() : sick.within();
        assertThat(trial.first()).containsKey(sick.kind());
        assertThat(trial.first().get(sick.kind())).isBetween(Sick.ONSET, Sick.ONSET + within);
        Set<FlagKind> others = EnumSet.copyOf(trial.kinds());
        others.remove(sick.kind());
        // Memory that has leaked is near its limit for as long as the job lives.
        assertThat(others).isSubsetOf(FlagKind.MEMORY_NEAR_LIMIT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void is_never_worth_a_kill_at_first_sight(Sick.Case sick, double step) {
        Trial trial = Trial.of(sick.life(), step, FOUR_HOURS, 1);

        for (Change change : trial.changes()) {
            if (change.finding().severity() == Severity.KILL && change.what() != Change.What.CLEARED) {
                assertThat(change.what()).isEqualTo(Change.What.SEVERITY_RISEN);
                double warned = Objects.requireNonNull(trial.first().get(change.kind()));
                assertThat(change.time() - warned).isGreaterThanOrEqualTo(240);
            }
        }
    }

    /** A storm of small writes, and a disk that fills by them. */
    @Test
    void what_explains_a_flag_is_no_second_signal() {
        Life lines = (t, doing, random) -> {
            doing.cores = 0.1;
            doing.write = 5 * Life.MB;
            doing.writeCalls = doing.write / 4500;
            doing.disk = 100 * Life.MB + doing.write * t;
        };
        Trial trial = Trial.of(lines, 60, FOUR_HOURS, 1);

        assertThat(trial.kinds()).contains(FlagKind.IO_STORM, FlagKind.DISK_FILL);
        assertThat(trial.changes())
                .filteredOn(change -> change.kind() == FlagKind.IO_STORM)
                .noneMatch(change -> change.finding().severity() == Severity.KILL);
    }
}
