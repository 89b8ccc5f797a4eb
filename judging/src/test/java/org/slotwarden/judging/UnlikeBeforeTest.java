package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A job beside the earlier ones of the same user and workflow. */
class UnlikeBeforeTest {

    private static final double GB = 1e9;

    /** 300 jobs of 3 GB and two hours, with four of eight cores busy, each a little different. */
    private final Baseline usual = earlier(300, 0.15);

    private static Baseline earlier(int jobs, double spread) {
        Random random = new Random(7);
        List<Baseline.Earlier> earlier = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            earlier.add(new Baseline.Earlier(
                    3 * GB * Math.exp(spread * random.nextGaussian()),
                    7200 * Math.exp(spread * random.nextGaussian()),
                    4 * Math.exp(spread * random.nextGaussian())));
        }
        return Baseline.of(earlier, 20);
    }

    /** What stands in the end of a job of so many hours. */
    private static @Nullable Finding judged(@Nullable Baseline baseline, double hours, double memory, double cores) {
        JobCase job = new JobCase(
                JudgeSettings.defaults(),
                JobFacts.UNKNOWN.withCores(8).withInterval(30).withStart(0));
        job.baseline(baseline);
        for (int i = 0; i <= hours * 120; i++) {
            job.feed(Observation.at(30 * i)
                    .with(Quantity.CPU_SECONDS, 30 * i * cores)
                    .with(Quantity.MEMORY_BYTES, memory)
                    .with(Quantity.WRITE_BYTES, 1e6 * i)
                    .with(Quantity.OUTPUT_BYTES, 1000 * i));
        }
        return job.standing().contains(FlagKind.OUTLIER) ? job.finding(FlagKind.OUTLIER) : null;
    }

    @Test
    void theBaselineSaysWhatIsUsual() {
        assertThat(usual.jobs()).isEqualTo(300);
        assertThat(usual.peakMemoryBytes().median()).isCloseTo(3 * GB, within(0.1 * GB));
        assertThat(usual.peakMemoryBytes().sigma()).isBetween(0.35 * GB, 0.55 * GB);
        assertThat(usual.walltimeSeconds().high()).isBetween(8800.0, 9800.0);
        assertThat(usual.cores().low()).isBetween(2.9, 3.3);
    }

    @Test
    void aJobLikeTheOthersIsNotFlagged() {
        assertThat(judged(usual, 2, 3.5 * GB, 4)).isNull();
        assertThat(judged(usual, 3, 4.5 * GB, 3)).isNull();
        assertThat(judged(usual, 0.5, 2 * GB, 0.5))
                .as("the beginning may be another work")
                .isNull();
    }

    @Test
    void moreMemoryThanTheOthersEverHad() {
        Finding flag = Objects.requireNonNull(judged(usual, 0.5, 9 * GB, 4));

        assertThat(flag.severity()).isEqualTo(Severity.INFO);
        assertThat(flag.value()).isEqualTo(9 * GB);
        assertThat(flag.baseline()).isCloseTo(3 * GB, within(0.1 * GB));
        assertThat(flag.sentence())
                .contains("this user's 300 earlier jobs", "uses 8.4 GiB of memory", "they peaked at 2.8 GiB");
    }

    @Test
    void longerThanTheOthersTook() {
        assertThat(judged(usual, 3.9, 3 * GB, 4)).isNull();
        assertThat(judged(usual, 4.5, 3 * GB, 4))
                .isNotNull()
                .matches(flag -> flag.sentence().contains("runs for 4.5 h, they took 2 h"));
    }

    @Test
    void fewerBusyCoresThanTheOthersKept_fromHalfOfTheirTimeOn() {
        assertThat(judged(usual, 1.3, 3 * GB, 0.8))
                .isNotNull()
                .matches(flag -> flag.sentence().contains("keeps 0.8 cores busy, they kept 3.9"));
        assertThat(judged(usual, 0.9, 3 * GB, 0.8)).isNull();
    }

    @Test
    void jobsThatDifferMuchAmongThemselvesSayLittle() {
        assertThat(judged(earlier(300, 0.8), 0.5, 9 * GB, 4)).isNull();
    }

    @Test
    void littleIsNobodysTrouble_howeverUnlike() {
        Baseline small = Baseline.of(Collections.nCopies(30, new Baseline.Earlier(20e6, 60, 0.1)), 20);

        assertThat(judged(small, 0.8, 200e6, 0.01)).isNull();
    }

    @Test
    void tooFewJobs_none_andFiguresThatNobodyMeasuredRaiseNothing() {
        assertThat(judged(earlier(19, 0.1), 5, 90 * GB, 0.5)).isNull();
        assertThat(judged(null, 5, 90 * GB, 0.5)).isNull();
        Baseline noMemory =
                Baseline.of(Collections.nCopies(50, new Baseline.Earlier(Double.NaN, Double.NaN, Double.NaN)), 20);
        assertThat(judged(noMemory, 5, 90 * GB, 0.5)).isNull();
    }

    @Test
    void itGoesAgainWhenTheMemoryIsGivenBack() {
        JobCase job = new JobCase(
                JudgeSettings.defaults(),
                JobFacts.UNKNOWN.withCores(8).withInterval(30).withStart(0));
        job.baseline(usual);
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            changes.addAll(job.feed(Observation.at(30 * i)
                    .with(Quantity.CPU_SECONDS, 30 * i * 4)
                    .with(Quantity.WRITE_BYTES, 1e6 * i)
                    .with(Quantity.MEMORY_BYTES, i < 60 ? 9 * GB : 3 * GB)));
        }
        assertThat(changes).extracting(Change::what).containsExactly(Change.What.RAISED, Change.What.CLEARED);
        assertThat(changes.getFirst().time()).isBetween(600.0, 700.0);
        assertThat(changes.getLast().time()).isBetween(60 * 30 + 570.0, 60 * 30 + 700.0);
    }

    @Test
    void itHidesNothingGraver_andAWorkflowThatIsForgottenDoesNoHarm() {
        JobCase job = new JobCase(
                JudgeSettings.defaults(),
                JobFacts.UNKNOWN.withCores(8).withInterval(30).withStart(0));
        job.baseline(usual);
        for (int i = 0; i < 720; i++) {
            job.feed(Observation.at(30 * i)
                    .with(Quantity.CPU_SECONDS, 30 * i * 0.8)
                    .with(Quantity.WRITE_BYTES, 1e6 * i)
                    .with(Quantity.MEMORY_BYTES, 9 * GB));
            if (i == 360) {
                job.baseline(null);
            }
        }
        assertThat(job.standing()).contains(FlagKind.OUTLIER, FlagKind.IDLE_CORES);
    }
}
