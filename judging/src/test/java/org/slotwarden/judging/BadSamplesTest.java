package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples that are late, doubled, missing or of a clock that jumps. */
class BadSamplesTest {

    private static final double FOUR_HOURS = 4 * 3600;

    private static List<Change> judge(List<Observation> samples, JobFacts facts) {
        Trial trial = new Trial(facts, null);
        samples.forEach(trial::feed);
        return trial.changes();
    }

    private static List<Observation> leak() {
        return Trial.samples(Sick.leaksFiles(0.05), 30, FOUR_HOURS, 1);
    }

    private static Observation copy(Observation sample, double time) {
        Observation copy = Observation.at(time);
        for (Quantity quantity : Quantity.values()) {
            copy.with(quantity, sample.value(quantity));
        }
        return copy;
    }

    @Test
    void samples_twice_and_out_of_order_change_nothing() {
        List<Observation> samples = leak();
        List<Observation> shaken = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < samples.size(); i++) {
            shaken.add(samples.get(i));
            shaken.add(samples.get(random.nextInt(i + 1)));
        }

        assertThat(judge(shaken, Trial.ASKED)).isEqualTo(judge(samples, Trial.ASKED));
    }

    @Test
    void after_a_gap_of_hours_the_leak_is_judged_anew() {
        List<Observation> samples = leak();
        samples.removeIf(sample -> sample.time() > 2000 && sample.time() < 9000);

        assertThat(judge(samples, Trial.ASKED))
                .singleElement()
                .satisfies(change -> assertThat(change.kind()).isEqualTo(FlagKind.FILE_LEAK))
                .satisfies(change -> assertThat(change.time()).isBetween(9000 + 900.0, 9000 + 1900.0));
    }

    @Test
    void a_gap_is_no_silence() {
        List<Observation> samples = Trial.samples(Healthy.talks(), 30, FOUR_HOURS, 1);
        samples.removeIf(sample -> sample.time() > 2000 && sample.time() < 9000);

        assertThat(judge(samples, Trial.ASKED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-5000, -100, 5000, 86_400 * 365.0})
    void a_clock_that_jumps_raises_nothing(double jump) {
        List<Observation> samples = new ArrayList<>();
        for (Observation sample : Trial.samples(Healthy.checkpoints(), 30, FOUR_HOURS, 1)) {
            samples.add(sample.time() < 6000 ? sample : copy(sample, sample.time() + jump));
        }

        assertThat(judge(samples, Trial.ASKED)).isEmpty();
    }

    @Test
    void a_clock_set_back_in_the_middle_of_a_leak_does_not_hide_it() {
        List<Observation> samples = new ArrayList<>();
        for (Observation sample : leak()) {
            samples.add(sample.time() < 2000 ? sample : copy(sample, sample.time() - 1800));
        }

        assertThat(judge(samples, Trial.ASKED))
                .singleElement()
                .extracting(Change::kind)
                .isEqualTo(FlagKind.FILE_LEAK);
    }

    @Test
    void counters_that_restart_are_no_work_and_no_silence() {
        List<Observation> samples = Trial.samples(Healthy.talks(), 30, FOUR_HOURS, 1);
        List<Observation> restarted = new ArrayList<>();
        for (Observation sample : samples) {
            Observation copy = copy(sample, sample.time());
            for (Quantity quantity : Quantity.values()) {
                if (quantity.counter()) {
                    copy.with(quantity, sample.value(quantity) % 3000);
                }
            }
            restarted.add(copy);
        }

        assertThat(judge(restarted, Trial.ASKED)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Quantity.class)
    void a_metric_that_is_missing_raises_nothing(Quantity missing) {
        for (Life life : Healthy.all().values()) {
            List<Observation> samples = Trial.samples(life, 60, FOUR_HOURS, 1);
            samples.forEach(sample -> sample.with(missing, Double.NaN));
            // Without the time that it waits for a core a starved job cannot be told from an idle one, and without
            // the network a stage-in not from what fills its disk.
            if (missing != Quantity.RUN_QUEUE_SECONDS && missing != Quantity.RECEIVED_BYTES) {
                assertThat(judge(samples, Trial.ASKED))
                        .map(change -> change.finding().sentence())
                        .isEmpty();
            }
        }
    }

    @Test
    void cells_that_are_empty_here_and_there_hide_no_hang_and_no_leak() {
        List<Observation> hangs = withHoles(Trial.samples(Sick.hangs(), 30, FOUR_HOURS, 1));

        assertThat(judge(hangs, Trial.ASKED).getFirst())
                .satisfies(change -> assertThat(change.kind()).isEqualTo(FlagKind.HANG))
                .satisfies(change -> assertThat(change.time()).isBetween(3000.0, 4200.0));
        assertThat(judge(withHoles(leak()), Trial.ASKED))
                .singleElement()
                .satisfies(change -> assertThat(change.kind()).isEqualTo(FlagKind.FILE_LEAK));
    }

    private static List<Observation> withHoles(List<Observation> samples) {
        Random random = new Random(1);
        for (Observation sample : samples) {
            for (Quantity quantity : Quantity.values()) {
                if (random.nextInt(10) == 0) {
                    sample.with(quantity, Double.NaN);
                }
            }
        }
        return samples;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0x1p60, 0x1p63, Double.POSITIVE_INFINITY, Double.NaN})
    void limits_that_are_none_give_no_verdict_by_a_limit(double limit) {
        JobFacts facts = Trial.ASKED
                .withMemory(limit)
                .withCores(limit)
                .withOpenFiles(limit)
                .withWalltime(limit)
                .withDiskQuota(limit);

        assertThat(judge(Trial.samples(Sick.overuses(), 30, FOUR_HOURS, 1), facts))
                .isEmpty();
        assertThat(judge(Trial.samples(Sick.staysNearLimit(), 30, FOUR_HOURS, 1), facts))
                .isEmpty();
        assertThat(judge(Trial.samples(Sick.isSlow(), 30, FOUR_HOURS, 1), facts))
                .isEmpty();
        assertThat(judge(Trial.samples(Sick.leaksMemory(0.5 * Life.MB), 30, FOUR_HOURS, 1), facts))
                .allSatisfy(change -> assertThat(change.finding().severity()).isEqualTo(Severity.INFO));
    }

    /** As the portal does: at first from the last ten minutes, then, as soon as anything is seen, from all there is. */
    @ParameterizedTest
    @ValueSource(doubles = {900, 1300, 2000, 2500, 3000, 4000})
    void whoever_is_followed_anew_in_the_middle_raises_at_the_same_sample(double restart) {
        JobFacts facts = Trial.ASKED.withInterval(30);
        Sick.all().forEach((name, sick) -> {
            List<Observation> samples = Trial.samples(sick.life(), 30, 7200, 1);
            Map<FlagKind, Double> raised = new EnumMap<>(FlagKind.class);
            JobCase job = new JobCase(JudgeSettings.defaults(), facts);
            boolean whole = false;
            for (int i = 0; i < samples.size(); i++) {
                Observation sample = samples.get(i);
                if (sample.time() <= restart - 600) {
                    continue;
                }
                job.feed(sample);
                if (!whole
                        && sample.time() > restart
                        && (job.undecided() || !job.standing().isEmpty())) {
                    whole = true;
                    job = new JobCase(JudgeSettings.defaults(), facts);
                    samples.subList(0, i + 1).forEach(job::feed);
                }
                if (sample.time() > restart) {
                    job.standing().forEach(kind -> raised.putIfAbsent(kind, sample.time()));
                }
            }

            Trial unbroken = new Trial(facts, null);
            samples.forEach(unbroken::feed);
            Map<FlagKind, Double> expected = new EnumMap<>(FlagKind.class);
            double first = samples.stream()
                    .mapToDouble(Observation::time)
                    .filter(t -> t > restart)
                    .min()
                    .orElseThrow();
            unbroken.first().forEach((kind, time) -> expected.put(kind, Math.max(time, first)));
            assertThat(raised).as(name).isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @EnumSource(Quantity.class)
    void a_metric_that_is_missing_hides_no_leak_of_another(Quantity missing) {
        List<Observation> samples = leak();
        samples.forEach(sample -> sample.with(missing, Double.NaN));

        List<FlagKind> raised = judge(samples, Trial.ASKED).stream()
                .map(Change::kind)
                .distinct()
                .toList();

        assertThat(raised).isEqualTo(missing == Quantity.OPEN_FILES ? List.of() : List.of(FlagKind.FILE_LEAK));
    }

    @Test
    void counters_that_restart_hide_no_hang() {
        List<Observation> restarted = new ArrayList<>();
        for (Observation sample : Trial.samples(Sick.hangs(), 30, FOUR_HOURS, 1)) {
            Observation copy = copy(sample, sample.time());
            for (Quantity quantity : Quantity.values()) {
                if (quantity.counter() && sample.time() > 2000) {
                    copy.with(quantity, sample.value(quantity) / 10);
                }
            }
            restarted.add(copy);
        }

        assertThat(judge(restarted, Trial.ASKED).getFirst())
                .satisfies(change -> assertThat(change.kind()).isEqualTo(FlagKind.HANG))
                .satisfies(change -> assertThat(change.time()).isBetween(3000.0, 3200.0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-5000, 5000, 86_400 * 365.0})
    void a_clock_that_is_wrong_for_one_sample_raises_nothing_and_hides_no_leak(double jump) {
        List<Observation> healthy = Trial.samples(Healthy.checkpoints(), 30, FOUR_HOURS, 1);
        healthy.set(60, copy(healthy.get(60), healthy.get(60).time() + jump));
        List<Observation> sick = leak();
        sick.set(60, copy(sick.get(60), sick.get(60).time() + jump));

        assertThat(judge(healthy, Trial.ASKED)).isEmpty();
        assertThat(judge(sick, Trial.ASKED))
                .singleElement()
                .extracting(Change::kind)
                .isEqualTo(FlagKind.FILE_LEAK);
    }

    @Test
    void a_history_that_begins_late_gives_the_flag_at_the_same_sample() {
        List<Observation> samples = leak();
        JobFacts facts = Trial.ASKED.withInterval(30);
        double raised = judge(samples, facts).getFirst().time();
        samples.removeIf(sample -> sample.time() < 700);

        assertThat(judge(samples, facts).getFirst().time()).isEqualTo(raised);
    }

    @Test
    void order_of_arrival_within_a_sample_makes_no_difference_to_a_job_of_one_slot() {
        List<Observation> samples = leak();
        List<Observation> reversed = new ArrayList<>(samples);
        Collections.reverse(reversed);

        assertThat(judge(reversed, Trial.ASKED)).isEmpty();
    }
}
