package org.slotwarden.judging;

import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A job that is unlike the earlier ones of the same user and workflow: more memory than they ever had, running longer
 * than they took, or, from half of their usual time on, far fewer busy cores. Inputs differ, so it is worth knowing and
 * no more.
 */
final class UnlikeBefore implements Detector {

    /** Busy cores are compared from this share of the usual wall time on: the beginning may be another work. */
    private static final double GROWN = 0.5;

    /** Less is nobody's trouble, however unlike. */
    private static final double LEAST_BYTES = 0x1p28;

    private static final double LEAST_CORES = 0.5;
    private static final double LEAST_SECONDS = 3600;

    private final JudgeSettings.Outlier settings;
    private @Nullable Baseline baseline;
    private double time = Double.NaN;
    private double age;
    private double memory = Double.NaN;
    private double coreSeconds;
    private double measured;
    private final double[] unlike = new double[What.values().length];
    private final double[] like = new double[What.values().length];
    private final boolean[] stands = new boolean[What.values().length];

    /** What is compared, the most telling first. */
    private enum What {
        MEMORY,
        WALLTIME,
        CORES
    }

    UnlikeBefore(JudgeSettings.Outlier settings) {
        this.settings = settings;
    }

    void baseline(@Nullable Baseline known) {
        baseline = known;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.OUTLIER;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        double elapsed = reading.elapsed;
        time = reading.time;
        age = time - facts.startedAt();
        memory = reading.memory;
        if (Double.isNaN(elapsed)) {
            return;
        }
        if (!Double.isNaN(reading.cores)) {
            coreSeconds += reading.cores * elapsed;
            measured += elapsed;
        }
        for (What what : What.values()) {
            feed(what, elapsed);
        }
    }

    private void feed(What what, double elapsed) {
        int i = what.ordinal();
        if (unlike(what)) {
            unlike[i] = Math.min(settings.dwell(), unlike[i] + elapsed);
            like[i] = 0;
            stands[i] |= unlike[i] >= settings.dwell();
        } else {
            unlike[i] = Math.max(0, unlike[i] - elapsed);
            like[i] += elapsed;
            stands[i] &= like[i] < settings.clearFor();
        }
    }

    private boolean unlike(What what) {
        Baseline known = baseline;
        if (known == null) {
            return false;
        }
        return switch (what) {
            case MEMORY ->
                memory - known.peakMemoryBytes().median() >= LEAST_BYTES
                        && known.peakMemoryBytes().below(memory, settings.deviations(), settings.ratio());
            case WALLTIME ->
                age - known.walltimeSeconds().median() >= LEAST_SECONDS
                        && known.walltimeSeconds().below(age, settings.deviations(), settings.ratio());
            // Of half a life at least, and most of that seen.
            case CORES ->
                age >= GROWN * known.walltimeSeconds().median()
                        && measured >= GROWN * age
                        && known.cores().median() - cores() >= LEAST_CORES
                        && known.cores().above(cores(), settings.deviations(), settings.ratio());
        };
    }

    private double cores() {
        return coreSeconds / measured;
    }

    private @Nullable What standing(boolean[] which) {
        for (What what : What.values()) {
            if (which[what.ordinal()]) {
                return what;
            }
        }
        return null;
    }

    @Override
    public boolean standing() {
        return standing(stands) != null;
    }

    @Override
    public boolean holds() {
        return standing();
    }

    /** What is worth knowing only holds nothing else back. */
    @Override
    public boolean suspects() {
        return false;
    }

    @Override
    public Finding finding() {
        What what = standing(stands);
        Baseline known = baseline;
        if (what == null || known == null) {
            throw new IllegalStateException("the job is like the others");
        }
        return switch (what) {
            case MEMORY ->
                finding(
                        known,
                        known.peakMemoryBytes(),
                        true,
                        memory,
                        "B",
                        "uses %s of memory",
                        "peaked at %s",
                        Wording::memory);
            case WALLTIME ->
                finding(known, known.walltimeSeconds(), true, age, "s", "runs for %s", "took %s", Wording::duration);
            case CORES ->
                finding(
                        known,
                        known.cores(),
                        false,
                        cores(),
                        "cores",
                        "keeps %s cores busy",
                        "kept %s busy",
                        Wording::number);
        };
    }

    private Finding finding(
            Baseline known,
            Baseline.Usual usual,
            boolean more,
            double value,
            String unit,
            String does,
            String did,
            DoubleFunction<String> words) {
        double bound = more ? usual.high() : usual.low();
        String sentence =
                "Unlike this user's %d earlier jobs of this name: it %s, they %s (median; %s of them %s than %s)%s"
                        .formatted(
                                known.jobs(),
                                does.formatted(words.apply(value)),
                                did.formatted(words.apply(usual.median())),
                                Wording.percent(0.95),
                                more ? "less" : "more",
                                words.apply(bound),
                                // Time does not go back.
                                unit.equals("s")
                                        ? ""
                                        : "; clears when alike for " + Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.INFO,
                unit,
                value,
                usual.median(),
                bound,
                Double.NaN,
                time - settings.dwell(),
                settings.dwell(),
                false,
                sentence);
    }
}
