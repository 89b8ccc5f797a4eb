package org.slotwarden.judging.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobCase;
import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;
import org.slotwarden.judging.Severity;

/** A rule's flag comes and goes as those of all detectors do. */
class RuleCaseTest {

    private static final JobNames NAMES = new JobNames("alice", null, null, "long", "reco", "slurm", List.of("n1"));

    private final JobCase job = new JobCase(JudgeSettings.defaults(), TestJob.ASKED);
    private double time;

    private static SiteRule rule(long id, String expression, double dwell, double clear, double liveSince)
            throws RuleException {
        return SiteRule.of(id, "Many sockets", 1, expression, dwell, clear, Severity.WARN, "Ask", liveSince);
    }

    private RuleCase rules(SiteRule... rules) {
        RuleCase byRules = new RuleCase(RuleSet.alone(List.of(rules)), NAMES);
        job.follower(byRules);
        return byRules;
    }

    private void feed(double sockets) {
        time += 30;
        job.feed(Observation.at(time).with(Quantity.OPEN_SOCKETS, sockets).with(Quantity.CPU_SECONDS, time));
    }

    /** Sockets by sample; when the flag stood. */
    private List<Double> stood(RuleCase rules, int samples, IntToDoubleFunction sockets) {
        List<Double> stood = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            feed(sockets.applyAsDouble(i));
            if (!rules.standing().isEmpty()) {
                stood.add(time);
            }
        }
        return stood;
    }

    @Test
    void a_flag_comes_after_the_dwell_and_goes_after_the_time_to_clear() throws RuleException {
        RuleCase rules = rules(rule(1, "sockets > 10", 300, 120, Double.NEGATIVE_INFINITY));

        List<Double> stood = stood(rules, 60, i -> i >= 10 && i < 40 ? 20 : 1);

        // High from 330 s on, low again from 1,230 s on.
        assertThat(stood.getFirst()).isEqualTo(600);
        assertThat(stood.getLast()).isEqualTo(1290);
        assertThat(stood).hasSize(24);
    }

    @Test
    void dips_are_subtracted_and_bursts_do_not_add_up() throws RuleException {
        RuleCase rules = rules(rule(1, "sockets > 10", 300, 120, Double.NEGATIVE_INFINITY));
        assertThat(stood(rules, 200, i -> i % 2 == 0 ? 20 : 1)).isEmpty();
        assertThat(stood(rules, 30, i -> i % 5 == 0 ? 1 : 20)).isNotEmpty();
    }

    @Test
    void the_sentence_has_the_rule_and_what_it_saw() throws RuleException {
        RuleCase rules =
                rules(rule(1, "sockets > 10 && queue == 'long' && !has(progress)", 300, 120, Double.NEGATIVE_INFINITY));
        stood(rules, 20, i -> 20);

        RuleCase.Standing flag = rules.standing().getFirst();
        Finding finding = flag.finding().get();
        assertThat(finding.sentence())
                .isEqualTo(
                        "Many sockets: sockets 20, queue \"long\", progress not known; began 10 min ago (dwell 5 min);"
                                + " clears when it does not hold for 2 min");
        assertThat(finding.kind()).isEqualTo(FlagKind.SITE_RULE);
        assertThat(finding.value()).isEqualTo(20);
        assertThat(finding.severity()).isEqualTo(Severity.WARN);
        assertThat(finding.secondSignal()).isFalse();
    }

    @Test
    void a_rule_that_only_asks_whether_something_is_measured_says_what_is_missing() throws RuleException {
        RuleCase rules = rules(
                rule(1, "!has(progress)", 60, 120, Double.NEGATIVE_INFINITY),
                rule(2, "1 < 2", 60, 120, Double.NEGATIVE_INFINITY));
        stood(rules, 20, i -> 20);

        Finding missing = rules.standing().getFirst().finding().get();
        assertThat(missing.sentence()).startsWith("Many sockets: progress not known; began");
        assertThat(missing.value()).isNaN();
        assertThat(rules.standing().getLast().finding().get().sentence()).startsWith("Many sockets: it holds; began");
    }

    @Test
    void a_flag_that_stands_already_needs_no_dwell_and_is_cleared_as_any_other() throws RuleException {
        SiteRule rule = rule(1, "sockets > 10", 6000, 120, Double.NEGATIVE_INFINITY);
        RuleCase rules = rules(rule);
        rules.resume(2, 0, 0);
        rules.resume(1, -20_000, 150);

        // Low until it was raised, which was then in order; high for ten minutes after that.
        List<Double> stood = stood(rules, 40, i -> i >= 5 && i < 25 ? 20 : 1);

        assertThat(stood.getFirst()).isEqualTo(30);
        assertThat(stood.getLast()).isEqualTo(840);
        assertThat(stood).hasSize(28);
        assertThat(rules.standing()).isEmpty();
    }

    @Test
    void a_flag_that_stands_already_began_when_it_began() throws RuleException {
        RuleCase rules = rules(rule(1, "sockets > 10", 300, 120, Double.NEGATIVE_INFINITY));
        rules.resume(1, -7050, 0);
        stood(rules, 5, i -> 20);
        assertThat(rules.standing().getFirst().finding().get().sentence()).contains("began 2 h ago");
        assertThat(rules.standing().getFirst().finding().get().since()).isEqualTo(-7050);
    }

    @Test
    void what_cannot_be_told_neither_raises_nor_clears() throws RuleException {
        RuleCase rules = rules(rule(1, "sockets > 10", 300, 120, Double.NEGATIVE_INFINITY));
        assertThat(stood(rules, 100, i -> Double.NaN)).isEmpty();
        assertThat(stood(rules, 20, i -> 20)).isNotEmpty();
        assertThat(stood(rules, 100, i -> Double.NaN)).hasSize(100);
        assertThat(stood(rules, 10, i -> 1)).hasSize(3);
    }

    @Test
    void a_rule_that_fails_all_the_time_says_so_and_the_others_go_on() throws RuleException {
        SiteRule broken = SiteRule.of(1, "Broken", 1, "1 / 0 > 1", 60, 60, Severity.INFO, "", Double.NEGATIVE_INFINITY);
        RuleSet set = RuleSet.alone(List.of(broken, rule(2, "sockets > 10", 300, 120, 0)));
        RuleCase rules = new RuleCase(set, NAMES);
        job.follower(rules);

        stood(rules, 30, i -> 20);

        assertThat(rules.standing()).extracting(flag -> flag.rule().id()).containsExactly(2L);
        RuleHealth.Figures health = set.entries().getFirst().health().figures();
        assertThat(health.failing()).isTrue();
        assertThat(health.failed()).isEqualTo(30);
        assertThat(health.lastFailure()).isEqualTo("division by zero");
        assertThat(set.entries().getLast().health().figures().failing()).isFalse();
    }

    @Test
    void a_rule_that_costs_too_much_is_passed_over() throws RuleException {
        SiteRule dear = SiteRule.of(
                1,
                "Dear",
                1,
                "nodes.exists(n, n.matches('^(a|aa|a*)*$'))",
                60,
                60,
                Severity.INFO,
                "",
                Double.NEGATIVE_INFINITY);
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            nodes.add("a".repeat(280) + i);
        }
        RuleSet set = RuleSet.sharing(List.of(dear, rule(2, "sockets > 10", 300, 120, 0)), RuleSet.NONE);
        RuleCase rules = new RuleCase(set, new JobNames(null, null, null, null, null, null, nodes));
        job.follower(rules);

        for (int i = 0;
                i < 100_000 && set.entries().getFirst().health().figures().skipped() < 10;
                i++) {
            feed(20);
        }

        assertThat(set.entries().getFirst().health().figures().skipped()).isPositive();
        assertThat(set.entries().getLast().health().figures().skipped()).isZero();
    }

    @Test
    void a_rule_looks_at_nothing_before_it_went_live() throws RuleException {
        RuleCase rules = rules(rule(1, "sockets > 10", 300, 120, 900));
        assertThat(stood(rules, 60, i -> 20).getFirst()).isEqualTo(1170);
    }

    @Test
    void what_was_seen_for_a_rule_stays_when_others_come_and_go() throws RuleException {
        SiteRule kept = rule(1, "sockets > 10", 300, 120, 0);
        RuleSet first = RuleSet.sharing(List.of(kept), RuleSet.NONE);
        RuleCase rules = new RuleCase(first, NAMES);
        job.follower(rules);
        stood(rules, 8, i -> 20);

        RuleSet second = RuleSet.sharing(List.of(kept, rule(2, "sockets > 10", 300, 120, 0)), first);
        rules.rules(second);
        stood(rules, 4, i -> 20);
        assertThat(rules.standing()).extracting(flag -> flag.rule().id()).containsExactly(1L);

        rules.rules(RuleSet.sharing(List.of(), second));
        assertThat(rules.standing()).isEmpty();
    }

    @Test
    void figures_of_several_slots_are_those_of_the_job_and_a_silent_slot_gives_no_verdict() throws RuleException {
        JobFacts of = TestJob.ASKED.withMemory(Double.NaN).withSlots(2);
        JobCase two = new JobCase(JudgeSettings.defaults(), of);
        RuleCase rules = new RuleCase(
                RuleSet.alone(List.of(
                        rule(1, "sockets == 8.0 && memory_limit == 4e9 && slots == 2.0", 60, 60, 0),
                        rule(2, "slots == 2.0", 60, 60, 0))),
                NAMES);
        two.follower(rules);
        for (int i = 1; i <= 10; i++) {
            two.feed(1, TestJob.ASKED, Observation.at(i * 30).with(Quantity.OPEN_SOCKETS, 3));
        }
        assertThat(rules.undecided()).isFalse();
        for (int i = 11; i <= 20; i++) {
            two.feed(1, TestJob.ASKED, Observation.at(i * 30).with(Quantity.OPEN_SOCKETS, 3));
            two.feed(2, TestJob.ASKED, Observation.at(i * 30 + 1).with(Quantity.OPEN_SOCKETS, 5));
        }
        assertThat(rules.standing()).hasSize(2);
    }
}
