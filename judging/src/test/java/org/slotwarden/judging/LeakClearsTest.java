package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** A leak is over when nothing rises any more; near the limit, where nothing can, when memory has fallen. */
class LeakClearsTest {

    private static final double FULL = 4000;

    /** Leaks up to 96 % of 2 GB, which it reaches after {@link #FULL} seconds; then it holds what is said, as a share. */
    private static List<Change> leaksThen(DoubleUnaryOperator share) {
        Life leaks = Healthy.talks()
                .with((t, d, r) -> d.memory = t < FULL
                        ? (0.2 + 0.76 * Math.max(0, t - 1200) / (FULL - 1200)) * 2 * Life.GB
                        : share.applyAsDouble(t - FULL) * 2 * Life.GB);
        return Trial.of(leaks, 30, 4 * 3600, 1).changes().stream()
                .filter(change -> change.kind() == FlagKind.MEMORY_LEAK)
                .filter(change -> change.what() != Change.What.SEVERITY_RISEN)
                .toList();
    }

    private static Change cleared(List<Change> changes) {
        assertThat(changes).extracting(Change::what).containsExactly(Change.What.RAISED, Change.What.CLEARED);
        return changes.getLast();
    }

    @Test
    void whatStandsStillAtItsLimitMayNotBeAbleToRise() {
        assertThat(leaksThen(t -> 0.96)).extracting(Change::what).containsExactly(Change.What.RAISED);
        assertThat(leaksThen(t -> 0.93)).extracting(Change::what).containsExactly(Change.What.RAISED);
    }

    @Test
    void whatHasFallenByATwentiethOfTheLimitIsOver_thoughItIsStillNear() {
        assertThat(cleared(leaksThen(t -> 0.905)).time()).isBetween(FULL + 600, FULL + 1200);
    }

    @Test
    void whatIsFarFromTheLimitAgainIsOver() {
        assertThat(cleared(leaksThen(t -> 0.7)).time()).isBetween(FULL + 600, FULL + 1200);
    }

    @Test
    void whatFallsForMinutesOnlyIsNotOver_andTheFlagDoesNotFlap() {
        assertThat(leaksThen(t -> t % 600 < 300 ? 0.85 : 0.95))
                .extracting(Change::what)
                .containsExactly(Change.What.RAISED);
    }

    @Test
    void theSentenceSaysBelowWhatItIsOver() {
        JobCase job = new JobCase(JudgeSettings.defaults(), Trial.ASKED.withInterval(30));
        Life leaks = Healthy.talks().with((t, d, r) -> d.memory = (0.2 + 0.76 * Math.min(1, t / FULL)) * 2 * Life.GB);
        Trial.samples(leaks, 30, FULL + 300, 1).forEach(job::feed);

        assertThat(job.finding(FlagKind.MEMORY_LEAK).sentence()).contains(" a minute and is below 1.7 GiB for 10 min");
    }

    /** Rises for two hours from 0.2 GB to 1 GB, which is half of what it may have when it is told. */
    private static List<Change> limitIsToldAfter(double seconds, double limit) {
        return limitIsToldAfter(Healthy.fillsCache(2 * 3600, 0.8 * Life.GB), seconds, limit, 3 * 3600);
    }

    private static List<Change> limitIsToldAfter(Life life, double seconds, double limit, double end) {
        JobCase job = new JobCase(
                JudgeSettings.defaults(), Trial.ASKED.withMemory(Double.NaN).withInterval(30));
        List<Change> changes = new ArrayList<>();
        for (Observation sample : Trial.samples(life, 30, end, 1)) {
            if (sample.time() >= seconds) {
                job.facts(Trial.ASKED.withMemory(limit).withInterval(30));
            }
            changes.addAll(job.feed(sample));
        }
        return changes.stream()
                .filter(change -> change.kind() == FlagKind.MEMORY_LEAK)
                .toList();
    }

    @Test
    void whatWasFlaggedWithoutALimitIsJudgedByItOnceItIsKnown() {
        List<Change> early = limitIsToldAfter(3600, 64 * Life.GB);
        assertThat(early).extracting(Change::what).containsExactly(Change.What.RAISED, Change.What.CLEARED);
        assertThat(early).extracting(change -> change.finding().severity()).containsOnly(Severity.INFO);
        assertThat(early.getLast().time()).isBetween(3600.0, 3700.0);

        assertThat(limitIsToldAfter(2 * 3600 - 600, 1.1 * Life.GB))
                .as("it will not last: told as a warning at once")
                .filteredOn(change -> change.finding().severity() == Severity.WARN)
                .first()
                .satisfies(change -> assertThat(change.time()).isBetween(2 * 3600.0 - 600, 2 * 3600.0 - 500));
    }

    @Test
    void aLeakThatMattersByItsLimitIsNotClearedInBetween_atWhateverMomentThatIsTold() {
        Life leaks = Sick.leaksMemory(0.3 * Life.MB);
        for (double told = 3300; told < 3300 + JudgeSettings.defaults().leak().block(); told += 30) {
            List<Change> changes = limitIsToldAfter(leaks, told, 2 * Life.GB, 4500);
            assertThat(changes)
                    .as("told after %s s", told)
                    .extracting(Change::what)
                    .containsExactly(Change.What.RAISED, Change.What.SEVERITY_RISEN);
            assertThat(changes.getLast().finding().severity()).isEqualTo(Severity.WARN);
            assertThat(changes.getLast().time()).isBetween(told, told + 120);
        }
    }
}
