package org.slotwarden.judging;

/** More cores busy, over all slots, than the whole job asked for. Without a known request there is no verdict. */
final class CpuOveruse extends Exceeding {

    /** Share of the node's cores from which on others wait for them. */
    static final double NODE_FULL = 0.95;

    private final JudgeSettings.CpuOveruse settings;
    private double asked = Double.NaN;
    private double nodeBusy = Double.NaN;
    private double last;

    CpuOveruse(JudgeSettings.CpuOveruse settings) {
        super(new Excess(settings));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.CPU_OVERUSE;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        if (Double.isNaN(facts.cores()) || Double.isNaN(reading.cores)) {
            excess.unknown();
            return;
        }
        asked = facts.cores();
        nodeBusy = reading.nodeBusy;
        last = reading.time;
        excess.feed(reading.time, reading.elapsed, reading.cores / asked);
    }

    @Override
    public Finding finding() {
        double used = excess.mean() * asked;
        String sentence = "Used %s cores for %s where %s %s asked for (threshold %s); clears when below %s for %s"
                .formatted(
                        Wording.number(used),
                        Wording.duration(last - excess.since()),
                        Wording.number(asked),
                        asked == 1 ? "was" : "were",
                        Wording.number(settings.raiseAt() * asked),
                        Wording.number(settings.clearAt() * asked),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                "cores",
                used,
                asked,
                settings.raiseAt() * asked,
                Double.NaN,
                excess.since(),
                settings.dwell(),
                nodeBusy >= NODE_FULL,
                sentence);
    }
}
