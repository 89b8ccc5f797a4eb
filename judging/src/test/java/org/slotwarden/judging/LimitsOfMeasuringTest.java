package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void pipes_and_the_page_cache_carry_any_number_of_calls() {
        Life chats = Healthy.talks().with((t, d, r) -> {
            d.cores = 0.8;
            d.readCalls = 50_000;
        });

        assertThat(trial(chats).kinds()).isEmpty();
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
