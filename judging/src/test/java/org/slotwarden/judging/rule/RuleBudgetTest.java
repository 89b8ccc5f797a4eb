package org.slotwarden.judging.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slotwarden.judging.Severity;

/** What rules may take together, and which of them are suspended when they take more. */
class RuleBudgetTest {

    private static final long MILLISECOND = 1_000_000;

    private long now = System.nanoTime();

    private static RuleSet rules(int count, RuleSet before) throws RuleException {
        List<SiteRule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(SiteRule.of(i, "Rule " + i, 1, "sockets > 10", 60, 60, Severity.INFO, "", 0));
        }
        return RuleSet.sharing(rules, before);
    }

    /** Samples of a millisecond apart, of which each rule takes so many nanoseconds. */
    private void samples(RuleSet rules, int samples, long... took) {
        // Not before the rules were made, which takes its time.
        now = Math.max(now, System.nanoTime());
        for (int sample = 0; sample < samples; sample++) {
            long all = 0;
            for (int i = 0; i < took.length; i++) {
                RuleHealth health = rules.entries().get(i).health();
                if (health.mayBegin(now)) {
                    all += health.ended(
                            RuleExpression.Outcome.HOLDS,
                            took[i],
                            rules.budget().window());
                }
            }
            now += MILLISECOND;
            rules.looked(all, now);
        }
    }

    private static List<Boolean> suspended(RuleSet rules) {
        return rules.entries().stream()
                .map(entry -> entry.health().figures().suspended())
                .toList();
    }

    @Test
    void fifty_ordinary_rules_are_never_suspended() throws RuleException {
        RuleSet rules = rules(50, RuleSet.NONE);
        long[] took = new long[50];
        Arrays.fill(took, 1900);
        samples(rules, 20_000, took);
        assertThat(suspended(rules)).doesNotContain(true);
        assertThat(rules.budget().nanosEachSample()).isEqualTo(50 * 1900);
    }

    @Test
    void all_rules_have_one_budget_and_the_costliest_is_suspended_first() throws RuleException {
        RuleSet rules = rules(3, RuleSet.NONE);
        samples(rules, 2000, 60_000, 900_000, 20_000);
        assertThat(suspended(rules)).containsExactly(false, true, false);
        RuleHealth.Figures costliest = rules.entries().get(1).health().figures();
        assertThat(costliest.failing()).isTrue();
        assertThat(costliest.skipped()).isPositive();
        assertThat(rules.entries().getFirst().health().figures().skipped()).isZero();
    }

    @Test
    void many_that_are_cheap_each_and_too_much_together_are_suspended_until_the_rest_fits() throws RuleException {
        RuleSet rules = rules(50, RuleSet.NONE);
        long[] took = new long[50];
        Arrays.fill(took, 4900);
        samples(rules, 10_000, took);
        // 50 us and a twentieth of a millisecond are there for each sample.
        assertThat(suspended(rules).stream().filter(one -> !one).count()).isBetween(15L, 21L);
    }

    @Test
    void what_others_took_before_it_came_does_not_count_against_who_is_cheap() throws RuleException {
        RuleSet first = rules(1, RuleSet.NONE);
        samples(first, 500_000, 90_000);
        RuleSet second = rules(2, first);
        assertThat(second.budget()).isSameAs(first.budget());
        samples(second, 3000, 90_000, 500_000);
        assertThat(suspended(second)).containsExactly(false, true);
    }

    @Test
    void who_was_suspended_is_tried_again_after_a_minute() throws RuleException {
        RuleSet rules = rules(1, RuleSet.NONE);
        samples(rules, 1000, 2_000_000);
        RuleHealth health = rules.entries().getFirst().health();
        assertThat(health.mayBegin(now)).isFalse();
        now += RuleHealth.SUSPENDED.toNanos();
        assertThat(health.mayBegin(now)).isTrue();
        assertThat(health.figures().suspended()).isFalse();
    }

    @Test
    void a_pause_of_the_machine_is_not_held_against_a_rule() throws RuleException {
        RuleSet rules = rules(2, RuleSet.NONE);
        samples(rules, 1, 1000, 20_000_000_000L);
        samples(rules, 100, 1000, 1000);
        assertThat(suspended(rules)).containsExactly(false, false);
    }

    @Test
    void who_judges_alone_may_take_its_time() throws RuleException {
        RuleSet rules = RuleSet.alone(rules(1, RuleSet.NONE).entries().stream()
                .map(RuleSet.Entry::rule)
                .toList());
        samples(rules, 2000, 40_000_000);
        assertThat(suspended(rules)).containsExactly(false);
    }
}
