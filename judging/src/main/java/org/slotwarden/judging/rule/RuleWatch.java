package org.slotwarden.judging.rule;

import java.util.StringJoiner;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobFigures;
import org.slotwarden.judging.Wording;
import org.slotwarden.judging.rule.RuleExpression.Outcome;

/**
 * One rule and one job. Time on the other side is subtracted, as with all detectors; time in which the rule cannot be
 * told, or fails, counts on neither.
 */
final class RuleWatch {

    /** Figures and facts that a sentence tells, at most. */
    private static final int TOLD = 6;

    private final RuleSet.Entry entry;
    private double from;
    private double since = Double.NaN;
    private double held;
    private double gone;
    private boolean standing;

    RuleWatch(RuleSet.Entry entry) {
        this.entry = entry;
        this.from = entry.rule().liveSince();
    }

    /** Its flag was raised already: samples until then are not looked at again. */
    void resume(double began, double raisedAt) {
        from = Math.max(from, Math.nextUp(raisedAt));
        since = began;
        held = rule().dwellSeconds();
        standing = true;
    }

    SiteRule rule() {
        return entry.rule();
    }

    RuleHealth health() {
        return entry.health();
    }

    /**
     * Looks at a sample.
     *
     * @param window of the budget of all rules
     * @return nanoseconds that it took
     */
    long feed(JobFigures now, JobNames names, long window) {
        if (now.time() < from || !now.complete()) {
            return 0;
        }
        long began = System.nanoTime();
        if (!entry.health().mayBegin(began)) {
            return 0;
        }
        Outcome outcome = rule().expression().evaluate(now, names, entry.health());
        long took = entry.health().ended(outcome, System.nanoTime() - began, window);
        if (outcome == Outcome.HOLDS || outcome == Outcome.HOLDS_NOT) {
            count(outcome == Outcome.HOLDS, now.time(), now.elapsed());
        }
        return took;
    }

    private void count(boolean holds, double time, double elapsed) {
        if (Double.isNaN(elapsed)) {
            gone = 0;
            if (!standing) {
                reset();
            }
        } else if (standing) {
            gone = holds ? Math.max(0, gone - elapsed) : gone + elapsed;
            if (gone >= rule().clearSeconds()) {
                reset();
            }
        } else if (holds) {
            since = Double.isNaN(since) ? time - elapsed : since;
            held += elapsed;
            standing = held >= rule().dwellSeconds();
        } else {
            held -= elapsed;
            if (held <= 0) {
                reset();
            }
        }
    }

    private void reset() {
        since = Double.NaN;
        held = 0;
        gone = 0;
        standing = false;
    }

    boolean standing() {
        return standing;
    }

    /** Whether what was before may matter. */
    boolean undecided() {
        return standing || held > 0;
    }

    Finding finding(JobFigures now, JobNames names) {
        StringJoiner told = new StringJoiner(", ");
        double value = Double.NaN;
        String unit = "1";
        int count = 0;
        for (RuleVariable variable : rule().expression().used()) {
            if (count++ < TOLD) {
                told.add(variable.name() + " " + variable.words(now, names));
            }
            if (Double.isNaN(value) && variable.figure() != null) {
                value = now.value(variable.figure());
                unit = variable.unit();
            }
        }
        String sentence = "%s: %s; began %s ago (dwell %s); clears when it does not hold for %s"
                .formatted(
                        rule().name(),
                        told.length() == 0 ? "it holds" : told,
                        Wording.duration(now.time() - since),
                        Wording.duration(rule().dwellSeconds()),
                        Wording.duration(rule().clearSeconds()));
        return new Finding(
                FlagKind.SITE_RULE,
                rule().severity(),
                unit,
                value,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                since,
                rule().dwellSeconds(),
                false,
                sentence);
    }
}
