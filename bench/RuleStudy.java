import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slotwarden.judging.JobCase;
import org.slotwarden.judging.JobFacts;
import org.slotwarden.judging.JudgeSettings;
import org.slotwarden.judging.Observation;
import org.slotwarden.judging.Quantity;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.JobNames;
import org.slotwarden.judging.rule.RuleCase;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.judging.rule.SiteRule;

/** What rules cost: run by {@code bench/rules}. */
final class RuleStudy {

    private static final JobFacts ASKED =
            JobFacts.UNKNOWN.withStart(0).withCores(1).withMemory(2e9).withInterval(30);
    private static final int SAMPLES = 240;
    private static final int ROUNDS = 5;

    private static final Map<String, String> RULES = new TreeMap<>(Map.of(
            "1 comparison", "sockets > 1000",
            "2 comparisons and a word", "cores > 2 * cores_asked && memory > 0.5 * memory_limit && user == 'bert'",
            "3 division, or, has", "has(progress) && progress < 0.5 || write_rate / 1000 > call_rate",
            "4 what is not measured", "network_in_rate > 1e8 && cores < 1",
            "5 regular expression", "job_name.matches('^reco_[0-9]+$') && cores > 100",
            "6 a list of 10 words", "user in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']",
            "7 a loop over 8 nodes", "nodes.exists(n, n.startsWith('gpu'))",
            "8 an exception each time", "progress > 0.5 || network_in_rate > 1e8"));

    private RuleStudy() {}

    public static void main(String[] arguments) throws RuleException {
        int jobs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
        RuleSet all = RuleSet.alone(rules(RULES));
        for (int round = 0; round < ROUNDS; round++) {
            judge(jobs, RuleSet.NONE);
            judge(jobs, all);
        }
        double without = best(jobs, RuleSet.NONE);
        System.out.printf(Locale.ROOT, "%-30s %8.0f ns a sample%n", "judging, no rules", without);
        for (Map.Entry<String, String> rule : RULES.entrySet()) {
            double with = best(jobs, RuleSet.alone(rules(Map.of(rule.getKey(), rule.getValue()))));
            System.out.printf(
                    Locale.ROOT, "%-30s %8.0f ns more%n", rule.getKey().substring(2), with - without);
        }
        List<SiteRule> fifty = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            fifty.add(rule(i, "sockets > " + (1000 + i) + " && cores > 2 * cores_asked"));
        }
        double with = best(jobs, RuleSet.alone(fifty));
        System.out.printf(Locale.ROOT, "%-30s %8.0f ns a rule%n", "fifty rules", (with - without) / 50);
    }

    private static List<SiteRule> rules(Map<String, String> sources) throws RuleException {
        List<SiteRule> rules = new ArrayList<>();
        for (String source : sources.values()) {
            rules.add(rule(rules.size(), source));
        }
        return rules;
    }

    private static SiteRule rule(int id, String source) throws RuleException {
        return SiteRule.of(id, "Rule " + id, 1, source, 600, 300, Severity.INFO, "", Double.NEGATIVE_INFINITY);
    }

    private static double best(int jobs, RuleSet rules) {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, judge(jobs, rules));
        }
        return best;
    }

    /** Sample by sample over all jobs, as a portal has them; nanoseconds a sample. */
    private static double judge(int jobs, RuleSet rules) {
        JobNames names = new JobNames(
                "anna",
                null,
                null,
                "long",
                "reco_0017",
                "slurm",
                List.of("n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"));
        List<JobCase> cases = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            JobCase job = new JobCase(JudgeSettings.defaults(), ASKED);
            if (!rules.isEmpty()) {
                job.follower(new RuleCase(rules, names));
            }
            cases.add(job);
        }
        long began = System.nanoTime();
        for (int i = 1; i <= SAMPLES; i++) {
            for (JobCase job : cases) {
                job.feed(Observation.at(30.0 * i)
                        .with(Quantity.CPU_SECONDS, 29.0 * i)
                        .with(Quantity.MEMORY_BYTES, 1e9 + (i % 7) * 1e6)
                        .with(Quantity.READ_BYTES, 1e6 * i)
                        .with(Quantity.WRITE_BYTES, 1e5 * i)
                        .with(Quantity.READ_CALLS, 100.0 * i)
                        .with(Quantity.WRITE_CALLS, 100.0 * i)
                        .with(Quantity.PROCESSES, 3)
                        .with(Quantity.OPEN_FILES, 20)
                        .with(Quantity.OPEN_SOCKETS, 3));
            }
        }
        return (double) (System.nanoTime() - began) / ((long) jobs * SAMPLES);
    }
}
