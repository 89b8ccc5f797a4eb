package org.slotwarden.judging;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts false alarms on healthy synthetic jobs, many seeds of each, and says latencies on sick ones; started by
 * {@code bench/judging}. Arguments: number of seeds.
 */
final class NoiseStudy {

    private static final double HOURS = 4;

    private NoiseStudy() {}

    public static void main(String[] arguments) {
        int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        for (double step : new double[] {10, 30, 60}) {
            healthy(step, seeds);
            sick(step, Math.max(1, seeds / 4));
        }
        cost();
    }

    private static void healthy(double step, int seeds) {
        Map<String, Integer> alarms = new TreeMap<>();
        int[] warns = new int[1];
        Healthy.all().forEach((name, life) -> {
            for (int seed = 0; seed < seeds; seed++) {
                for (Change change : Trial.of(life, step, HOURS * 3600, seed).changes()) {
                    if (change.what() == Change.What.RAISED) {
                        alarms.merge(name + ": " + change.kind().kindName(), 1, Integer::sum);
                        warns[0] += change.finding().severity() == Severity.INFO ? 0 : 1;
                    }
                }
            }
        });
        double hours = HOURS * seeds * Healthy.all().size();
        say(
                "every %2.0f s: %d false alarms of warn and above in %.0f healthy job-hours: %.2f in 1,000; with 95 %%"
                        + " confidence fewer than %.2f in 1,000 if this noise were the world's %s%n",
                step, warns[0], hours, warns[0] * 1000 / hours, bound(warns[0]) * 1000 / hours, alarms);
    }

    /** Upper end of what a Poisson process with this count may have for its mean, roughly (exact for 0). */
    private static double bound(int count) {
        return count == 0 ? 3.0 : count + 1.645 * Math.sqrt(count) + 2;
    }

    private static void sick(double step, int seeds) {
        Sick.all().forEach((name, sick) -> {
            int found = 0;
            double sum = 0;
            double greatest = 0;
            for (int seed = 0; seed < seeds; seed++) {
                Double at =
                        Trial.of(sick.life(), step, HOURS * 3600, seed).first().get(sick.kind());
                if (at != null && at >= Sick.ONSET) {
                    found++;
                    sum += at - Sick.ONSET;
                    greatest = Math.max(greatest, at - Sick.ONSET);
                }
            }
            say(
                    "every %2.0f s: %-28s %-18s found %d of %d, after %.0f s on average, %.0f at most (%.0f samples)%n",
                    step, name, sick.kind().kindName(), found, seeds, sum / found, greatest, greatest / step);
        });
    }

    /** Of a sample with all its metrics, and of a job's memory. */
    private static void cost() {
        cost("a build, everything moves", Healthy.builds());
        cost("a job that computes and talks", Healthy.talks());
    }

    private static void cost(String name, Life life) {
        var samples = Trial.samples(life, 30, 4 * 3600, 1);
        var clock = java.lang.management.ManagementFactory.getThreadMXBean();
        int jobs = 2000;
        JobCase[] cases = new JobCase[jobs];
        JudgeSettings settings = JudgeSettings.defaults();
        for (int round = 0; round < 2; round++) {
            long before = used();
            for (int i = 0; i < jobs; i++) {
                cases[i] = new JobCase(settings, Trial.ASKED.withInterval(30));
            }
            long began = clock.getCurrentThreadCpuTime();
            for (int i = 0; i < 400; i++) {
                for (JobCase one : cases) {
                    one.feed(samples.get(i));
                }
            }
            double nanos = (clock.getCurrentThreadCpuTime() - began) / (400.0 * jobs);
            say(
                    "cost, %s: %.0f ns of CPU a sample, %.0f ns a metric of 20; %d bytes a job%n",
                    name, nanos, nanos / 20, (used() - before) / jobs);
            java.util.Arrays.fill(cases, null);
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void say(String format, Object... figures) {
        System.out.printf(Locale.ROOT, format, figures);
    }
}
