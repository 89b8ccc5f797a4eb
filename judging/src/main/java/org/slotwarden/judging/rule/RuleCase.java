package org.slotwarden.judging.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.JobFigures;

/**
 * Judges one job by the rules of the site: told its figures by its {@code JobCase}, it says which rules' flags stand.
 * Not for more than one thread at a time.
 */
public final class RuleCase implements Consumer<JobFigures> {

    private final List<RuleWatch> watches = new ArrayList<>();
    private RuleSet rules = RuleSet.NONE;
    private JobNames names;
    private @Nullable JobFigures last;

    public RuleCase(RuleSet rules, JobNames names) {
        this.names = names;
        rules(rules);
    }

    /** What is known by now. */
    public void names(JobNames known) {
        names = known;
    }

    /** Other rules from now on; of a version that was judged before, all that was seen stays. */
    public void rules(RuleSet rules) {
        if (rules.number() == this.rules.number()) {
            return;
        }
        this.rules = rules;
        Map<Long, RuleWatch> before = new LinkedHashMap<>();
        watches.forEach(watch -> before.put(watch.rule().id(), watch));
        watches.clear();
        for (RuleSet.Entry entry : rules.entries()) {
            RuleWatch known = before.get(entry.rule().id());
            watches.add(known != null && known.health() == entry.health() ? known : new RuleWatch(entry));
        }
    }

    /**
     * A flag of this version stands on the job, which was raised before this case began, or by another process. It
     * stands until the rule does not hold for its time to clear, whatever was before.
     *
     * @param since when the rule began to hold, in seconds by the clock of the observations
     * @param raisedAt samples until then are not looked at
     */
    public void resume(long version, double since, double raisedAt) {
        for (RuleWatch watch : watches) {
            if (watch.rule().id() == version) {
                watch.resume(since, raisedAt);
            }
        }
    }

    @Override
    public void accept(JobFigures now) {
        boolean stands = false;
        long took = 0;
        long window = rules.budget().window();
        for (RuleWatch watch : watches) {
            took += watch.feed(now, names, window);
            stands |= watch.standing();
        }
        if (!watches.isEmpty()) {
            rules.looked(took, System.nanoTime());
        }
        // Of a hundred thousand jobs, few are flagged.
        last = stands ? now : null;
    }

    /** Whether what was before the first sample may matter. */
    public boolean undecided() {
        for (RuleWatch watch : watches) {
            if (watch.undecided()) {
                return true;
            }
        }
        return false;
    }

    /** What stands, as of the last sample. */
    public List<Standing> standing() {
        List<Standing> standing = new ArrayList<>(0);
        JobFigures now = last;
        for (RuleWatch watch : watches) {
            if (now != null && watch.standing()) {
                standing.add(new Standing(watch.rule(), () -> watch.finding(now, names)));
            }
        }
        return standing;
    }

    /** A rule whose flag stands; the sentence is made only where it is wanted. */
    public record Standing(SiteRule rule, java.util.function.Supplier<Finding> finding) {}
}
