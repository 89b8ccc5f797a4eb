package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Thresholds from both sides, and what explains what. */
class LimitsOfMeasuringTest {

    private static final double THREE_HOURS = 3 * 3600;

    private static Trial trial(Life life) {
        return Trial.of(life, 30, THREE_HOURS, 1);
    }

    @Test
    void cores_a_little_above_the_request_are_no_overuse_and_a_third_above_are() {
        assertThat(trial(Healthy.talks().with((t, d, r) -> d.cores = 2.4)).kinds())
                .isEmpty();
        assertThat(trial(Healthy.talks().with((t, d, r) -> d.cores = 2.8)).kinds())
                .containsExactly(FlagKind.CPU_OVERUSE);
    }

    @Test
    void one_busy_core_of_a_hundred_is_no_silence() {
        Trial trial = new Trial(Trial.ASKED.withCores(100), null);
        Trial.samples((t, d, r) -> d.cores = 1, 30, THREE_HOURS, 1).forEach(trial::feed);

        assertThat(trial.kinds()).containsExactly(FlagKind.IDLE_CORES);
    }

    @Test
    void of_one_core_none_can_be_given_back() {
        Life modest = Healthy.talks().with((t, d, r) -> d.cores = 0.1);
        Trial one = new Trial(Trial.ASKED.withCores(1), null);
        Trial.samples(modest, 30, THREE_HOURS, 1).forEach(one::feed);

        assertThat(one.kinds()).isEmpty();
        assertThat(trial(modest).kinds()).containsExactly(FlagKind.IDLE_CORES);
    }

    @Test
    void a_part_of_one_core_is_work_though_it_is_little_of_many() {
        Trial many = new Trial(Trial.ASKED.withCores(8), null);
        Life slow = (t, d, r) -> {
            d.cores = 0.2;
            d.output = t % 300 < 30 ? 10 : 0;
        };
        Trial.samples(slow, 30, THREE_HOURS, 1).forEach(many::feed);

        assertThat(many.kinds()).containsExactly(FlagKind.IDLE_CORES);
    }

    private static Life says(DoubleUnaryOperator progress) {
        return Healthy.talks()
                .with((t, d, r) ->
                        d.progress = Math.clamp(progress.applyAsDouble(t) + 0.02 * (r.nextDouble() - 0.5), 0, 1));
    }

    /** Five hours were asked for. */
    @Test
    void progress_may_waver() {
        assertThat(trial(says(t -> t / (4.6 * 3600))).kinds()).isEmpty();
        assertThat(trial(says(t -> t / (9 * 3600))).kinds()).containsExactly(FlagKind.WALLTIME_OVERRUN);
    }

    @Test
    void progress_that_stands_still_overruns_where_the_job_goes_on_to_work() {
        Life stops = Healthy.talks().with((t, d, r) -> d.progress = Math.min(t, 3600) / (4.5 * 3600));
        Life inStairs = Healthy.talks().with((t, d, r) -> d.progress = Math.floor(t / 1500) * 1500 / (4.5 * 3600));

        assertThat(trial(stops).first()).containsOnlyKeys(FlagKind.WALLTIME_OVERRUN);
        assertThat(trial(stops).first().get(FlagKind.WALLTIME_OVERRUN)).isBetween(3600 + 600.0, 3600 + 3600.0);
        assertThat(trial(inStairs).kinds()).isEmpty();
    }

    @Test
    void a_direction_of_which_the_bytes_are_not_known_is_no_storm() {
        Life compiles = Healthy.talks().with((t, d, r) -> {
            d.cores = 0.5;
            d.io(4 * Life.MB, Life.MB);
            d.readCalls = 5000;
            d.read = 40 * Life.MB;
        });
        Trial half = new Trial(Trial.ASKED, null);
        Trial.samples(compiles, 30, THREE_HOURS, 1)
                .forEach(sample -> half.feed(sample.with(Quantity.READ_CHARS, Double.NaN)));

        assertThat(half.kinds()).isEmpty();
    }

    @Test
    void a_pause_counts_against_the_longest_before() {
        Life pauses = Healthy.talks()
                .until(1200, ((Life) (t, d, r) -> d.cores = 0).until(1500, Healthy.talks()))
                .until(3900, (t, d, r) -> d.cores = 0);

        // 25 min of pause before: from 62 min on it is told.
        assertThat(trial(pauses).first())
                .containsOnlyKeys(FlagKind.HANG)
                .allSatisfy((kind, time) -> assertThat(time).isBetween(3900 + 3600.0, 3900 + 3900.0));
    }

    @Test
    void a_job_that_never_worked_gets_an_hour() {
        assertThat(trial((t, d, r) -> d.cores = 0).first().get(FlagKind.HANG)).isBetween(3600.0, 3700.0);
    }

    @Test
    void who_has_spoken_has_begun_though_it_computed_little() {
        Life speaks = (t, d, r) -> {
            d.cores = 0.02;
            d.output = 10;
        };
        Life fetches = (t, d, r) -> {
            d.cores = 0.02;
            d.io(0, Life.MB);
        };
        Life hangs = (t, d, r) -> d.cores = 0;

        assertThat(trial(speaks.until(1200, hangs)).first().get(FlagKind.HANG)).isBetween(1200 + 1800.0, 1200 + 1950.0);
        assertThat(trial(fetches.until(1200, hangs)).first().get(FlagKind.HANG))
                .isBetween(1200 + 3600.0, 1200 + 3750.0);
    }

    @Test
    void who_spoke_seldom_may_spin_for_six_times_as_long() {
        Life seldom = Healthy.computes().with((t, d, r) -> d.output = t % 900 < 30 ? 10 : 0);

        assertThat(trial(seldom.until(4500, Healthy.computes())).kinds()).isEmpty();
    }

    @Test
    void packets_flood_whatever_their_size() {
        Trial trial = new Trial(Trial.ASKED.withLink(12.5e9), null);
        double packets = 0;
        for (Observation sample : Trial.samples(Healthy.talks(), 30, THREE_HOURS, 1)) {
            packets += 30 * 400_000;
            trial.feed(sample.with(Quantity.SENT_PACKETS, packets).with(Quantity.SENT_BYTES, packets * 60));
        }

        assertThat(trial.kinds()).containsExactly(FlagKind.NETWORK_FLOOD);
    }

    @Test
    void many_ranks_of_a_job_that_asked_for_many_cores_are_no_storm() {
        Life starts = Healthy.talks().with((t, d, r) -> {
            d.processes = t < 100 ? 2 : 260;
            d.cores = t < 100 ? 1 : 120;
        });
        Trial asked = new Trial(Trial.ASKED.withCores(128), null);
        Trial.samples(starts, 30, THREE_HOURS, 1).forEach(asked::feed);

        assertThat(asked.kinds()).isEmpty();
        assertThat(trial(starts).kinds()).containsExactly(FlagKind.PROCESS_STORM);
    }

    @Test
    void memory_that_leaks_slower_than_the_job_lives_is_no_leak() {
        assertThat(trial(Sick.leaksMemory(0.03 * Life.MB)).kinds()).isEmpty();
    }

    /** 38 % of the way to its limit, in three quarters of an hour. */
    @Test
    void what_rises_evenly_and_stops_before_two_fifths_of_the_way_was_loaded() {
        Life loads = Healthy.talks().with((t, d, r) -> d.memory = (0.3 + 0.65 * Math.min(1, t / 2700)) * Life.GB);
        Life goesOn = Healthy.talks().with((t, d, r) -> d.memory = (0.3 + 0.65 * Math.min(1.5, t / 2700)) * Life.GB);

        assertThat(trial(loads).kinds()).isEmpty();
        assertThat(trial(goesOn).kinds()).containsExactly(FlagKind.MEMORY_LEAK);
    }

    /** A quarter of the limit by then. */
    @Test
    void two_hours_of_an_even_rise_are_proof_though_the_limit_is_far() {
        Trial trial = new Trial(Trial.ASKED.withWalltime(100 * 3600), null);
        Life leaks = Healthy.talks().with((t, d, r) -> d.memory = 0.1 * Life.GB + 0.05 * Life.MB * t);
        Trial.samples(leaks, 30, THREE_HOURS, 1).forEach(trial::feed);

        assertThat(trial.first()).containsOnlyKeys(FlagKind.MEMORY_LEAK);
        assertThat(trial.first().get(FlagKind.MEMORY_LEAK)).isBetween(7200.0, 7200 + 900.0);
    }

    @Test
    void pipes_and_the_page_cache_carry_any_number_of_calls() {
        Life chats = Healthy.talks().with((t, d, r) -> {
            d.cores = 0.8;
            d.readCalls = 50_000;
        });

        assertThat(trial(chats).kinds()).isEmpty();
        assertThat(readsThroughPipes(1).kinds()).isEmpty();
    }

    @Test
    void tens_of_thousands_of_tiny_reads_a_second_are_a_storm_wherever_they_come_from() {
        assertThat(readsThroughPipes(0).kinds()).containsExactly(FlagKind.IO_STORM);
    }

    /** 80,000 reads a second of 16 bytes, of which so large a share is written before by the job itself. */
    private static Trial readsThroughPipes(double share) {
        Trial trial = new Trial(Trial.ASKED, null);
        double calls = 0;
        for (Observation sample : Trial.samples(Healthy.talks(), 30, THREE_HOURS, 1)) {
            calls += 30 * 80_000;
            trial.feed(sample.with(Quantity.READ_CALLS, calls)
                    .with(Quantity.READ_CHARS, calls * 16)
                    .with(Quantity.WRITE_CALLS, share * calls)
                    .with(Quantity.WRITE_CHARS, share * calls * 16 + sample.time()));
        }
        return trial;
    }

    @Test
    void children_for_which_nobody_waits_are_a_leak_of_processes() {
        Trial leaks = trial(Healthy.talks().with((t, d, r) -> d.zombies = Math.floor(Math.max(0, t - 1200) / 45)));
        Trial few = trial(Healthy.talks().with((t, d, r) -> d.zombies = t % 600 < 60 ? 4 : 0));

        assertThat(leaks.first()).containsOnlyKeys(FlagKind.PROCESS_LEAK);
        assertThat(leaks.changes().getFirst().finding().sentence()).startsWith("Processes and zombies rose from ");
        assertThat(few.kinds()).isEmpty();
    }

    @Test
    void a_flag_goes_when_its_cause_is_gone_and_does_not_flap() {
        Life recovers = Sick.overuses().until(4800, Healthy.talks());

        assertThat(trial(recovers).changes())
                .extracting(Change::what)
                .containsExactly(Change.What.RAISED, Change.What.CLEARED);
    }

    @Test
    void a_leak_that_stops_is_over() {
        Life stops = Sick.leaksFiles(0.05).until(4800, Healthy.talks().with((t, d, r) -> d.files = 192));

        assertThat(trial(stops).changes())
                .extracting(Change::what)
                .containsExactly(Change.What.RAISED, Change.What.CLEARED);
    }

    @Test
    void a_finding_says_its_figures() {
        Finding finding =
                trial(Sick.leaksMemory(0.7 * Life.MB)).changes().getFirst().finding();

        assertThat(finding.unit()).isEqualTo("B");
        assertThat(finding.limit()).isEqualTo(2 * Life.GB);
        assertThat(finding.baseline()).isBetween(0.28 * Life.GB, 0.7 * Life.GB);
        assertThat(finding.value()).isBetween(finding.baseline(), 2 * Life.GB);
        assertThat(finding.forecastSeconds()).isBetween(300.0, 3600.0);
        assertThat(finding.sentence())
                .startsWith("Memory rose from ")
                .contains("limit in ", "time left ", "clears when it rises by less than ");
    }
}
