package org.slotwarden.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SamplingBudgetTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long BEGIN = Long.MAX_VALUE - 100 * SECOND; // the clock may overflow

    private double cpu;
    private int rounds;
    private int late;

    /** Rounds that are due every second, for so long. */
    private void sample(SamplingBudget budget, int seconds, IntToDoubleFunction cost) {
        long due = BEGIN;
        while (due - BEGIN < seconds * SECOND) {
            long begins = budget.earliest(due);
            late += begins == due ? 0 : 1;
            double spent = cost.applyAsDouble(rounds++);
            cpu += spent;
            long ends = begins + (long) (spent * SECOND);
            budget.used(ends, OptionalDouble.of(spent));
            due = BEGIN + (Math.floorDiv(ends - BEGIN, SECOND) + 1) * SECOND;
        }
    }

    @Test
    void samplesThatTakeSecondsTakeATenthOfACore() {
        sample(new SamplingBudget(0.1, BEGIN), 1000, round -> 3.4);
        assertThat(cpu).isBetween(0.09 * 1000, 0.1 * 1000 + 2 + 3.5);
        assertThat(rounds - late)
                .as("at the beginning what was saved up is used")
                .isEqualTo(1);
    }

    @Test
    void cheapRoundsInBetweenDoNotHideDearOnes() {
        sample(new SamplingBudget(0.1, BEGIN), 1000, round -> round % 2 == 0 ? 0.01 : 1);
        assertThat(cpu).isBetween(0.09 * 1000, 0.1 * 1000 + 2 + 1.1);
    }

    @Test
    void aUsualNodeIsSampledAtItsInterval() {
        sample(new SamplingBudget(0.1, BEGIN), 1000, round -> round == 0 ? 1.5 : round % 100 == 0 ? 0.9 : 0.06);
        assertThat(late).isZero();
        assertThat(rounds).isBetween(990, 1000); // those that take longer than a second leave one out
    }

    @Test
    void withoutABoundAndWithoutAFigureNothingIsLate() {
        sample(new SamplingBudget(0, BEGIN), 100, round -> 0.9);
        SamplingBudget unknown = new SamplingBudget(0.1, BEGIN);
        for (int i = 0; i < 100; i++) {
            unknown.used(BEGIN, OptionalDouble.empty());
        }
        assertThat(late).isZero();
        assertThat(unknown.earliest(BEGIN)).isEqualTo(BEGIN);
    }

    @Test
    void whatIsSavedUpIsBounded() {
        SamplingBudget budget = new SamplingBudget(0.1, BEGIN);
        long later = BEGIN + Duration.ofHours(1).toNanos();
        budget.used(later, OptionalDouble.of(3));
        assertThat(budget.earliest(later)).isEqualTo(later + 10 * SECOND);
    }
}
