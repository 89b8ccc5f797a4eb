package org.slotwarden.judging.rule;

import java.util.List;

/**
 * Rules that are judged together, and how they fare.
 *
 * @param number another one for each other set
 */
public record RuleSet(long number, List<Entry> entries) {

    /** A rule and its health. */
    public record Entry(SiteRule rule, RuleHealth health) {}

    public static final RuleSet NONE = new RuleSet(0, List.of());

    /** Of the judge's time, for each rule. */
    private static final double SHARE = 0.005;

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
                                .orElseGet(() -> new Entry(rule, new RuleHealth(SHARE))))
                        .toList());
    }

    /** For a judge that does nothing else, and may take its time. */
    public static RuleSet alone(List<SiteRule> rules) {
        return new RuleSet(
                1,
                rules.stream().map(rule -> new Entry(rule, new RuleHealth(1))).toList());
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
