package org.slotwarden.judging.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.Change;
import org.slotwarden.judging.Finding;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobCase;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.judging.rule.RuleSet;

/** Judges one recorded run, sample by sample, and keeps when which flag stood first, and first so grave. */
final class RunJudge implements Closeable {

    /** A flag at the moment when it first stood with its severity. */
    record Verdict(double time, String name, Finding finding) {}

    private final Path path;
    private final Problems problems;
    private final Recording recording;
    private final JobCase job;
    private final Map<FlagKind, Severity> gravest = new EnumMap<>(FlagKind.class);
    private final Set<Long> flagged = new HashSet<>();
    private @Nullable RuleCase byRules;
    private final List<Verdict> verdicts = new ArrayList<>();
    private @Nullable Observation waiting;

    /**
     * @param counters what counters are multiplied with where the recording itself does not tell
     * @param rules of the site
     * @throws IOException when the recording cannot be read; the message says why
     */
    RunJudge(
            Path path,
            Run run,
            double counters,
            JudgeSettings settings,
            RuleSet rules,
            @Nullable ArrayCase array,
            Problems problems)
            throws IOException {
        this.path = path;
        this.problems = problems;
        Recording.Pace pace = Recording.pace(path);
        double multiplied = Double.isNaN(pace.counters()) ? counters : pace.counters();
        if (multiplied != 1) {
            problems.note(
                    path, "counters pass %.1f times slower than the clock, and are multiplied".formatted(multiplied));
        }
        this.recording = new Recording(path, problems, multiplied);
        this.job = new JobCase(settings, run.facts().withInterval(pace.interval()), array);
        if (!rules.isEmpty()) {
            byRules = new RuleCase(rules, run.names());
            job.follower(byRules);
        }
        advance();
    }

    /** Time of the sample that is judged next; NaN when none is left. */
    double next() {
        return waiting == null ? Double.NaN : waiting.time();
    }

    /** Judges one sample. */
    void judge() {
        if (waiting == null) {
            return;
        }
        for (Change change : job.feed(waiting)) {
            Severity severity = change.finding().severity();
            Severity before = gravest.get(change.kind());
            if (change.what() != Change.What.CLEARED && (before == null || severity.compareTo(before) > 0)) {
                gravest.put(change.kind(), severity);
                verdicts.add(new Verdict(change.time(), change.kind().kindName(), change.finding()));
            }
        }
        if (byRules != null) {
            for (RuleCase.Standing standing : byRules.standing()) {
                if (flagged.add(standing.rule().id())) {
                    verdicts.add(new Verdict(
                            waiting.time(),
                            "rule:" + standing.rule().name(),
                            standing.finding().get()));
                }
            }
        }
        advance();
    }

    /** By time. */
    List<Verdict> verdicts() {
        return verdicts;
    }

    private void advance() {
        try {
            waiting = recording.next();
        } catch (IOException e) {
            problems.report(path, 0, "cannot be read on: " + e.getMessage());
            waiting = null;
        }
    }

    @Override
    public void close() throws IOException {
        recording.close();
    }
}
