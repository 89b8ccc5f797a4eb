package org.slotwarden.judging.replay;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.slotwarden.judging.ArrayCase;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.rule.RuleHealth;
import org.slotwarden.judging.rule.RuleSet;

/**
 * The command {@code replay}: judges recorded jobs faster than real time, with the code that judges live ones. Prints
 * CSV on standard output, one line for each flag at the moment at which it first stood, and one for each moment at
 * which it first was graver. Exit status 0; 1 when something was wrong with the input, and the rest was judged; 2 for a
 * wrong command line, no folder, or a setting that is none.
 */
public final class Replay {

    /** Members of one array that are judged together, at most: each holds a file open. */
    private static final int MOST_TOGETHER = 256;

    /** Runs that are looked at for how the folder was recorded, at most. */
    private static final int MOST_LOOKED_AT = 200;

    private final Path folder;
    private final boolean explain;
    private final PrintStream out;
    private final Problems problems;
    private final JudgeSettings settings;

    private final RuleSet rules;

    private Replay(Options options, RuleSet rules, Problems problems, PrintStream out) {
        this.folder = options.folder();
        this.explain = options.explain();
        this.settings = options.settings();
        this.rules = rules;
        this.out = out;
        this.problems = problems;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = run(arguments, out, err);
        out.flush();
        System.exit(out.checkError() ? 1 : status);
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
        Problems problems = new Problems(err);
        Path file = options.rules();
        RuleSet rules = file == null ? RuleSet.NONE : RuleFile.read(file, problems);
        if (!problems.none()) {
            // What is judged by half of the rules looks like a job that is fine.
            return 2;
        }
        return new Replay(options, rules, problems, out).run() ? 0 : 1;
    }

    /** False when something was wrong with the input. */
    boolean run() {
        out.println("run_id,t,class,severity" + (explain ? ",sentence" : ""));
        List<Run> runs = JobList.read(folder, problems);
        double counters = counters(runs);
        for (List<Run> together : together(runs)) {
            judge(together, counters);
            out.flush();
        }
        tellOfRules();
        return problems.none();
    }

    private double counters(List<Run> runs) {
        List<Recording.Pace> paces = new ArrayList<>();
        int step = 1 + runs.size() / MOST_LOOKED_AT;
        for (int i = 0; i < runs.size(); i += step) {
            try {
                paces.add(Recording.pace(path(runs.get(i))));
            } catch (IOException e) {
                // Said when it is judged.
            }
        }
        return Recording.counters(paces);
    }

    private Path path(Run run) {
        return folder.resolve(JobList.RUNS).resolve(run.id() + ".csv");
    }

    private static List<List<Run>> together(List<Run> runs) {
        List<List<Run>> groups = new ArrayList<>();
        Map<String, List<Run>> arrays = new HashMap<>();
        for (Run run : runs) {
            List<Run> array = run.array().isEmpty() ? null : arrays.get(run.array());
            if (array == null || array.size() >= MOST_TOGETHER) {
                array = new ArrayList<>();
                groups.add(array);
                if (!run.array().isEmpty()) {
                    arrays.put(run.array(), array);
                }
            }
            array.add(run);
        }
        return groups;
    }

    private void judge(List<Run> runs, double counters) {
        ArrayCase array = runs.size() > 1 ? new ArrayCase() : null;
        Map<Run, RunJudge> judges = new LinkedHashMap<>();
        PriorityQueue<RunJudge> byTime = new PriorityQueue<>(Comparator.comparingDouble(RunJudge::next));
        for (Run run : runs) {
            Path path = path(run);
            try {
                RunJudge judge = new RunJudge(path, run, counters, settings, rules, array, problems);
                judges.put(run, judge);
                if (!Double.isNaN(judge.next())) {
                    byTime.add(judge);
                }
            } catch (IOException e) {
                problems.report(path, 0, "not judged: " + e.getMessage());
            }
        }
        for (RunJudge judge = byTime.poll(); judge != null; judge = byTime.poll()) {
            judge.judge();
            if (!Double.isNaN(judge.next())) {
                byTime.add(judge);
            }
        }
        judges.forEach(this::print);
    }

    /** Rules that failed, or could never be told. */
    private void tellOfRules() {
        Path file = Path.of("rules");
        for (RuleSet.Entry entry : rules.entries()) {
            RuleHealth.Figures health = entry.health().figures();
            if (health.failed() > 0) {
                problems.note(
                        file,
                        "%s failed in %d of %d evaluations, last: %s"
                                .formatted(
                                        entry.rule().name(),
                                        health.failed(),
                                        health.evaluated(),
                                        health.lastFailure()));
            } else if (health.evaluated() > 0 && health.unknown() == health.evaluated()) {
                problems.note(file, entry.rule().name() + " could never be told: what it names was not measured");
            }
        }
    }

    private void print(Run run, RunJudge judge) {
        for (RunJudge.Verdict verdict : judge.verdicts()) {
            out.print(quoted(run.id()) + "," + number(verdict.time()) + ","
                    + quoted(verdict.name()) + ","
                    + verdict.finding().severity().severityName());
            out.println(explain ? "," + quoted(verdict.finding().sentence()) : "");
        }
        try {
            judge.close();
        } catch (IOException e) {
            problems.report(folder.resolve(JobList.RUNS), 0, "cannot be closed: " + e.getMessage());
        }
    }

    private static String number(double seconds) {
        return BigDecimal.valueOf(seconds)
                .setScale(3, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String quoted(String text) {
        return text.contains(",") || text.contains("\"") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
