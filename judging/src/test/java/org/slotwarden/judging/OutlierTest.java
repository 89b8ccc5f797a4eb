package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of an array are held against each other at the same age. */
class OutlierTest {

    /** Each life begins so many seconds after the one before, as arrays do. */
    private static List<Trial> judge(double apart, double step, List<Life> lives) {
        return judge(Map.of(), apart, step, lives);
    }

    private static List<Trial> judge(Map<String, String> settings, double apart, double step, List<Life> lives) {
        ArrayCase array = new ArrayCase();
        List<Trial> trials = new ArrayList<>();
        List<List<Observation>> samples = new ArrayList<>();
        for (int i = 0; i < lives.size(); i++) {
            trials.add(new Trial(JudgeSettings.defaults().with(settings), Trial.ASKED.withInterval(step), array));
            samples.add(Trial.samples(lives.get(i), step, 7200, i));
        }
        for (double now = 0; now < 7200 + lives.size() * apart; now += step) {
            for (int i = 0; i < lives.size(); i++) {
                while (!samples.get(i).isEmpty() && samples.get(i).getFirst().time() + i * apart <= now) {
                    trials.get(i).feed(samples.get(i).removeFirst());
                }
            }
        }
        return trials;
    }

    private static Life using(double cores, double bytes) {
        return Healthy.talks().with((t, d, r) -> {
            d.cores = cores * (1 + 0.05 * r.nextGaussian());
            d.memory = bytes;
        });
    }

    private static List<Life> members(Life odd) {
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            lives.add(i == 3 ? odd : using(1.8 - 0.05 * i, Life.GB * (0.5 + 0.02 * i)));
        }
        return lives;
    }

    @ParameterizedTest
    @ValueSource(doubles = {10, 30, 60})
    void a_member_that_uses_half_of_what_the_others_use_is_told_of(double step) {
        List<Trial> trials = judge(0, step, members(using(0.6, 0.55 * Life.GB)));

        for (int i = 0; i < trials.size(); i++) {
            if (i == 3) {
                assertThat(trials.get(i).first()).containsOnlyKeys(FlagKind.OUTLIER);
                assertThat(trials.get(i).first().get(FlagKind.OUTLIER)).isBetween(600.0, 900.0);
            } else {
                assertThat(trials.get(i).changes()).isEmpty();
            }
        }
    }

    @Test
    void a_member_with_three_times_the_memory_is_told_of_though_they_start_one_after_the_other() {
        List<Trial> trials = judge(300, 30, members(using(1.7, 1.6 * Life.GB)));

        assertThat(trials.get(3).first()).containsOnlyKeys(FlagKind.OUTLIER);
        assertThat(trials.get(2).changes()).isEmpty();
        assertThat(trials.get(4).changes()).isEmpty();
    }

    @Test
    void what_the_others_were_like_is_not_waited_for_when_nobody_saw_them() {
        ArrayCase array = new ArrayCase();
        List<Trial> trials = new ArrayList<>();
        List<List<Observation>> samples = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean odd = i == 3;
            Life life = Healthy.talks().with((t, d, r) -> {
                d.cores = 1.8;
                d.memory = (odd && t > 4000 ? 3 : 1) * 0.5 * Life.GB;
                d.progress = t / 10_000.0;
            });
            trials.add(new Trial(Trial.ASKED.withInterval(30), array));
            List<Observation> seen = Trial.samples(life, 30, 7200, i);
            if (!odd) {
                seen.removeIf(sample -> sample.time() > 1200 && sample.time() < 2700);
            }
            samples.add(seen);
        }
        for (double now = 0; now < 7200; now += 30) {
            for (int i = 0; i < 8; i++) {
                while (!samples.get(i).isEmpty() && samples.get(i).getFirst().time() <= now) {
                    trials.get(i).feed(samples.get(i).removeFirst());
                }
            }
        }

        assertThat(trials.get(3).first()).containsOnlyKeys(FlagKind.OUTLIER);
        assertThat(trials.get(3).first().get(FlagKind.OUTLIER)).isBetween(4500.0, 5300.0);
    }

    @Test
    void members_that_all_differ_are_no_outliers() {
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            lives.add(using(0.5 + 0.2 * i, Life.GB * (0.2 + 0.2 * i)));
        }

        assertThat(judge(0, 30, lives))
                .allSatisfy(trial -> assertThat(trial.changes()).isEmpty());
    }

    @Test
    void a_member_that_hangs_is_told_to_hang_and_nothing_else() {
        List<Trial> trials = judge(0, 30, members(using(1.7, 0.55 * Life.GB).until(1200, (t, d, r) -> {
            d.cores = 0;
            d.memory = 0.55 * Life.GB;
        })));

        assertThat(trials.get(3).kinds()).containsExactly(FlagKind.HANG);
    }

    @Test
    void a_member_that_waits_for_its_cores_is_no_outlier() {
        Life starves = using(1.7, 0.55 * Life.GB).with((t, d, r) -> {
            d.cores = 0.4;
            d.starving = 1.3;
        });
        List<Life> lives = members(starves).stream()
                .map(life -> life.with((t, d, r) -> d.starving = Math.max(0.01, d.starving)))
                .toList();

        assertThat(judge(0, 30, lives))
                .allSatisfy(trial -> assertThat(trial.changes()).isEmpty());
    }

    private static Life writing(double bytes) {
        return using(1.7, 0.55 * Life.GB).with((t, d, r) -> d.io(0, bytes));
    }

    @Test
    void a_member_that_writes_far_more_is_told_of_and_one_that_writes_nothing_is_not() {
        List<Life> lives =
                new ArrayList<>(List.of(writing(9 * Life.MB), writing(10 * Life.MB), writing(9.5 * Life.MB)));
        lives.add(writing(0));
        lives.add(writing(60 * Life.MB));

        List<Trial> trials = judge(0, 30, lives);

        assertThat(trials.get(4).first()).containsOnlyKeys(FlagKind.OUTLIER);
        assertThat(trials.subList(0, 4))
                .allSatisfy(trial -> assertThat(trial.changes()).isEmpty());
    }

    /** By a tenth of a core, 32 MiB, 3 MB/s. */
    @Test
    void differences_that_are_of_no_interest_are_settings() {
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            double bytes = (i == 3 ? 60 : 20 + i) * Life.MB;
            lives.add(using(1.8, bytes));
        }

        assertThat(judge(0, 30, lives).get(3).first()).containsOnlyKeys(FlagKind.OUTLIER);
        assertThat(judge(Map.of("outlier.memory-bytes", "50e6"), 0, 30, lives))
                .allSatisfy(trial -> assertThat(trial.changes()).isEmpty());
    }

    @Test
    void who_is_forgotten_is_no_peer_any_more() {
        ArrayCase array = new ArrayCase();
        List<Life> lives = members(using(0.6, 0.55 * Life.GB));
        List<Trial> trials =
                lives.stream().map(life -> new Trial(Trial.ASKED, array)).toList();
        for (int i = 0; i < 5; i++) {
            array.forget(7 - i);
        }
        assertThat(array.size()).isEqualTo(3);
        assertThat(array.knows(7)).isFalse();
        List<List<Observation>> samples = new ArrayList<>();
        for (int i = 0; i < lives.size(); i++) {
            samples.add(Trial.samples(lives.get(i), 30, 7200, i));
        }
        for (int sample = 0; sample < 230; sample++) {
            for (int i = 0; i < lives.size(); i++) {
                trials.get(i).feed(samples.get(i).get(sample));
            }
        }

        // The odd one is compared with the three that are left, these with two each.
        assertThat(trials.get(3).first()).containsOnlyKeys(FlagKind.OUTLIER);
        assertThat(trials.get(0).changes()).isEmpty();
    }

    @Test
    void three_members_are_too_few_to_tell() {
        List<Life> lives = List.of(using(1.8, Life.GB), using(1.8, Life.GB), using(0.5, Life.GB));

        assertThat(judge(0, 30, lives))
                .allSatisfy(trial -> assertThat(trial.changes()).isEmpty());
    }
}
