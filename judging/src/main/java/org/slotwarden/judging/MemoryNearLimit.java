package org.slotwarden.judging;

/** Memory of a slot close to its limit. Plain proximity: a program that lives well at 95 % is told of, too. */
final class MemoryNearLimit extends Exceeding {

    private final JudgeSettings.MemoryNearLimit settings;
    private double limit = Double.NaN;
    private double memory;
    private double first = Double.NaN;
    private double last;

    MemoryNearLimit(JudgeSettings.MemoryNearLimit settings) {
        super(new Excess(settings));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.MEMORY_NEAR_LIMIT;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        if (Double.isNaN(facts.memoryBytes()) || Double.isNaN(reading.memory)) {
            return;
        }
        limit = facts.memoryBytes();
        memory = reading.memory;
        first = Double.isNaN(first) ? memory : first;
        last = reading.time;
        excess.feed(reading.time, reading.elapsed, memory / limit);
    }

    @Override
    public Finding finding() {
        double share = excess.mean();
        String sentence =
                "Memory was at %s of its limit for %s: %s of %s now (threshold %s); clears when below %s for %s"
                        .formatted(
                                Wording.percent(share),
                                Wording.duration(last - excess.since()),
                                Wording.memory(memory),
                                Wording.memory(limit),
                                Wording.percent(settings.raiseAt()),
                                Wording.percent(settings.clearAt()),
                                Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                share >= settings.warnAt() ? Severity.WARN : Severity.INFO,
                "B",
                memory,
                first,
                limit,
                Double.NaN,
                excess.since(),
                settings.dwell(),
                false,
                sentence);
    }
}
