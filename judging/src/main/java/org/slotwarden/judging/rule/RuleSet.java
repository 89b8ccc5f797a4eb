package org.slotwarden.judging.rule;

import java.util.Comparator;
import java.util.List;

/**
 * Rules that are judged together, how they fare, and what they may take together.
 *
 * @param number another one for each other set
 */
public record RuleSet(long number, List<Entry> entries, RuleBudget budget) {

    /** A rule and its health. */
    public record Entry(SiteRule rule, RuleHealth health) {}

    public static final RuleSet NONE = new RuleSet(0, List.of(), RuleBudget.unbounded());

    public RuleSet {
        entries = List.copyOf(entries);
    }

    /**
     * For a judge that has other things to do.
     *
     * @param before what was judged until now: what is in both, goes on
     */
    public static RuleSet sharing(List<SiteRule> rules, RuleSet before) {
        return new RuleSet(
                before.number + 1,
                rules.stream()
                        .map(rule -> before.entries.stream()
                                .filter(entry ->
                                        entry.rule.id() == rule.id() && entry.rule.liveSince() == rule.liveSince())
                                .findFirst()
                                .orElseGet(() -> new Entry(rule, new RuleHealth())))
                        .toList(),
                before.budget.isBounded() ? before.budget : RuleBudget.bounded(System.nanoTime()));
    }

    /** For a judge that does nothing else, and may take its time. */
    public static RuleSet alone(List<SiteRule> rules) {
        return new RuleSet(
                1, rules.stream().map(rule -> new Entry(rule, new RuleHealth())).toList(), RuleBudget.unbounded());
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * The rules have looked at one sample. Where they took more than they may, the costliest are suspended, as many as
     * it takes.
     *
     * @param nanos of all of them
     */
    void looked(long nanos, long now) {
        if (budget.spend(nanos, now)) {
            return;
        }
        long window = budget.window();
        long taken = entries.stream()
                .mapToLong(entry -> entry.health.takenIn(window))
                .sum();
        List<RuleHealth> costliest = entries.stream()
                .map(Entry::health)
                .filter(health -> !health.isSuspended(now))
                .sorted(Comparator.comparingLong((RuleHealth health) -> health.takenIn(window))
                        .reversed())
                .toList();
        for (RuleHealth health : costliest) {
            if (taken <= budget.earned()) {
                break;
            }
            health.suspend(now);
            taken -= health.takenIn(window);
        }
        budget.beginAnew();
    }
}
