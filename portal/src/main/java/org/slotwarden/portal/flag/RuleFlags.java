package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.portal.rule.LiveRules;
import org.springframework.stereotype.Component;

/** Makes the flags of site rules in the database what the judge says. */
@Component
class RuleFlags {

    private final LiveRules live;
    private final FlagStore store;

    RuleFlags(LiveRules live, FlagStore store) {
        this.live = live;
        this.store = store;
    }

    RuleSet rules() {
        return live.current();
    }

    /** Whether flags come or go, so that a transaction is wanted. */
    static boolean changes(Map<Long, FlagStore.Standing> flags, List<RuleCase.Standing> ruled) {
        return flags.size() != ruled.size()
                || ruled.stream().anyMatch(one -> !flags.containsKey(one.rule().id()));
    }

    /**
     * @param flags that stand in the database, by version of the rule; kept as they are afterwards
     * @return those that were raised
     */
    List<FlagSettling.Raised> raiseAndClear(
            long jobId, Map<Long, FlagStore.Standing> flags, List<RuleCase.Standing> ruled, Instant at, Instant now) {
        Map<Long, RuleCase.Standing> wanted = new HashMap<>();
        ruled.forEach(one -> wanted.put(one.rule().id(), one));
        Set<Long> gone = new HashSet<>(flags.keySet());
        gone.removeAll(wanted.keySet());
        for (long version : gone) {
            FlagStore.Standing flag = flags.remove(version);
            if (flag != null && live.versions().contains(version)) {
                store.clear(flag.id(), at);
            } else if (flag != null) {
                store.clear(flag.id(), now, reason(version));
            }
        }
        List<FlagSettling.Raised> raised = new ArrayList<>();
        wanted.forEach((version, one) -> {
            if (!flags.containsKey(version)) {
                FlagStore.Verdict verdict = verdict(one, at);
                FlagStore.Standing stands = store.raiseByRule(jobId, version, verdict, at);
                flags.put(version, stands);
                raised.add(new FlagSettling.Raised(stands.id(), FlagKind.SITE_RULE, verdict));
            }
        });
        return raised;
    }

    /** Writes sentences anew, of those that are old enough. */
    void renew(Map<Long, FlagStore.Standing> flags, List<RuleCase.Standing> ruled, Instant at, Duration updateEvery) {
        for (RuleCase.Standing one : ruled) {
            FlagStore.Standing flag = flags.get(one.rule().id());
            if (flag != null && !at.isBefore(flag.writtenAt().plus(updateEvery))) {
                store.renew(flag.id(), verdict(one, at));
                flags.put(one.rule().id(), flag.written(flag.severity(), at));
            }
        }
    }

    private static FlagStore.Verdict verdict(RuleCase.Standing one, Instant at) {
        Finding finding = one.finding().get();
        return new FlagStore.Verdict(null, finding.severity(), finding.sentence(), Evidence.of(finding, at));
    }

    private String reason(long version) {
        String why = live.whyNot(Set.of(version)).getOrDefault(version, "the rule is not live any more");
        return "; taken back: " + (why.length() > 300 ? why.substring(0, 300) : why);
    }

    /** Jobs on which flags of rules stand that are not live. */
    Set<Long> jobsOfOthers() {
        Set<Long> jobs = new HashSet<>();
        Set<Long> versions = live.versions();
        store.jobsByRule().forEach((version, flagged) -> {
            if (!versions.contains(version)) {
                jobs.addAll(flagged);
            }
        });
        return jobs;
    }

    /**
     * Takes back what rules said that are not live.
     *
     * @param flags that stand in the database, by version of the rule; kept as they are afterwards
     */
    void dropOthers(Map<Long, FlagStore.Standing> flags, Instant now) {
        for (long version : new ArrayList<>(flags.keySet())) {
            FlagStore.Standing flag = flags.get(version);
            if (flag != null && !live.versions().contains(version)) {
                store.clear(flag.id(), now, reason(version));
                flags.remove(version);
            }
        }
    }
}
