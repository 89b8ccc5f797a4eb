package org.slotwarden.judging;

/** A member of an array that is unlike the others at the same age, for long. */
final class OutlierDetector implements Detector {

    private static final AgeCurve.Trait[] TRAITS = {
        AgeCurve.Trait.CORES, AgeCurve.Trait.MEMORY, AgeCurve.Trait.IO, AgeCurve.Trait.PROGRESS
    };

    private final JudgeSettings.Outlier settings;
    private final ArrayCase array;
    private final AgeCurve curve;
    private final double[] outside = new double[TRAITS.length];
    private final double[] inside = new double[TRAITS.length];
    private final ArrayCase.Standing[] latest = new ArrayCase.Standing[TRAITS.length];
    private int judged;
    private double first = Double.NaN;
    private double last;
    private int worst = -1;

    OutlierDetector(JudgeSettings.Outlier settings, ArrayCase array, long member) {
        this.settings = settings;
        this.array = array;
        this.curve = new AgeCurve(settings.dwell() / 2);
        array.join(member, curve);
    }

    @Override
    public FlagKind kind() {
        return FlagKind.OUTLIER;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        first = Double.isNaN(first) ? reading.time : first;
        double age = reading.time - (Double.isNaN(facts.startedAt()) ? first : facts.startedAt());
        last = reading.time;
        // Peers may come a moment later: what was over before this sample is judged.
        int over = curve.complete();
        curve.feed(age, reading.elapsed, reading);
        while (judged < over && (judge(judged) || array.goneOn(curve, judged, settings.peers()))) {
            judged++;
        }
    }

    /** False while too few peers are as old. */
    private boolean judge(int piece) {
        boolean known = false;
        for (int i = 0; i < TRAITS.length; i++) {
            AgeCurve.Trait trait = TRAITS[i];
            ArrayCase.Standing now = array.compare(curve, piece, trait, settings.peers());
            if (Double.isNaN(now.median())) {
                known |= Double.isNaN(now.value());
                continue;
            }
            known = true;
            double length = curve.length(piece);
            if (outlies(now, trait)) {
                outside[i] = Math.min(settings.dwell(), outside[i] + length);
                inside[i] = 0;
                latest[i] = now;
                if (worst < 0 && outside[i] >= settings.dwell()) {
                    worst = i;
                }
            } else {
                outside[i] = Math.max(0, outside[i] - length);
                inside[i] += length;
                if (worst == i && inside[i] >= settings.clearFor()) {
                    worst = -1;
                }
            }
        }
        return known;
    }

    /** Who reads and writes less than the others has done it before, or will. */
    private boolean outlies(ArrayCase.Standing now, AgeCurve.Trait trait) {
        boolean less = trait != AgeCurve.Trait.IO && now.value() * settings.ratio() < now.median();
        return now.difference() >= least(trait)
                && Math.abs(now.deviations()) > settings.deviations()
                && (less || now.value() > settings.ratio() * now.median());
    }

    /** The difference below which it is of no interest. */
    private double least(AgeCurve.Trait trait) {
        return switch (trait) {
            case CORES, WANTED_CORES -> settings.cores();
            case MEMORY -> settings.memoryBytes();
            case IO -> settings.ioBytesPerSecond();
            case PROGRESS -> settings.progress();
        };
    }

    @Override
    public boolean standing() {
        return worst >= 0;
    }

    @Override
    public boolean holds() {
        return standing();
    }

    @Override
    public boolean suspects() {
        for (double seconds : outside) {
            if (seconds >= settings.dwell() / 2) {
                return true;
            }
        }
        return false;
    }

    /** It is compared with others over all of its life. */
    @Override
    public boolean undecided() {
        return true;
    }

    @Override
    public Finding finding() {
        ArrayCase.Standing now = latest[worst];
        AgeCurve.Trait trait = TRAITS[worst];
        boolean memory = trait == AgeCurve.Trait.MEMORY;
        String sentence = ("Unlike %d other members of its array at the same age: %s %s, their median %s (%s robust"
                        + " deviations, threshold %s); clears when alike for %s")
                .formatted(
                        now.peers(),
                        trait.title,
                        amount(now.value(), memory),
                        amount(now.median(), memory),
                        Wording.number(Math.rint(now.deviations())),
                        Wording.number(settings.deviations()),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                memory ? "B" : trait == AgeCurve.Trait.IO ? "B/s" : trait == AgeCurve.Trait.CORES ? "cores" : "1",
                now.value(),
                now.median(),
                settings.ratio() * now.median(),
                Double.NaN,
                last - settings.dwell(),
                settings.dwell(),
                false,
                sentence);
    }

    private static String amount(double value, boolean memory) {
        return memory ? Wording.memory(value) : Wording.number(value);
    }
}
