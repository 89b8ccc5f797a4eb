package org.slotwarden.judging;

/**
 * Far fewer cores busy than asked for. Only time counts in which the job is neither silent (that is a hang or a pause)
 * nor busy with I/O; threads that wait for a core count as busy: a starved job is not idle.
 */
final class IdleCores implements Detector {

    private static final double NODE_FULL = 0.95;

    /** Cores up to which it waits for something; who keeps a part of one busy works, however many were asked for. */
    private static final double STILL = 0.05;

    private final JudgeSettings.IdleCores settings;
    private final JudgeSettings.Hang hang;
    private double used = Double.NaN;
    private double counted;
    private double below;
    private double since = Double.NaN;
    private double asked;
    private double last;
    private boolean standing;

    IdleCores(JudgeSettings.IdleCores settings, JudgeSettings.Hang hang) {
        this.settings = settings;
        this.hang = hang;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.IDLE_CORES;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        if (!(reading.elapsed > 0)
                || !reading.complete
                || Double.isNaN(facts.cores())
                || (reading.cores <= STILL && Silence.silent(reading, facts, hang))
                || busyOtherwise(reading)) {
            return;
        }
        asked = facts.cores();
        last = reading.time;
        double now = Reading.sum(reading.cores, reading.starving) / asked;
        counted += reading.elapsed;
        double weight = 1 - Math.exp(-reading.elapsed / Math.min(counted, settings.smoothing()));
        used = Double.isNaN(used) ? now : used + weight * (now - used);
        boolean spares = asked - Math.ceil(used * asked) >= settings.spare();
        if (used >= (standing ? settings.clearAt() : settings.share()) || !spares) {
            standing = false;
            below = 0;
            since = Double.NaN;
        } else {
            since = Double.isNaN(since) ? last - reading.elapsed : since;
            below += reading.elapsed;
            standing |= counted >= settings.dwell() && below >= settings.smoothing() / 2;
        }
    }

    private boolean busyOtherwise(Reading reading) {
        double moved = Reading.greater(reading.io(), reading.network());
        // Pipes and the page cache keep a core busy, not waiting.
        double waitedFor = Reading.greater(reading.stored, reading.network());
        return waitedFor >= settings.bulkBytesPerSecond()
                || (moved >= settings.ioBytesPerSecond()
                        && Reading.sum(reading.cores, reading.starving) < settings.ioCores())
                || reading.blocked >= 1
                || (Double.isNaN(reading.starving) && reading.nodeBusy >= NODE_FULL);
    }

    @Override
    public boolean standing() {
        return standing;
    }

    @Override
    public boolean holds() {
        return standing();
    }

    @Override
    public boolean suspects() {
        return used < settings.share() && below > 0;
    }

    @Override
    public Finding finding() {
        String sentence = ("%s of %s cores busy (%s, threshold %s), averaged over the last %s of work; neither I/O nor"
                        + " others' load explain it; clears above %s")
                .formatted(
                        Wording.number(used * asked),
                        Wording.number(asked),
                        Wording.percent(used),
                        Wording.percent(settings.share()),
                        Wording.duration(settings.smoothing()),
                        Wording.percent(settings.clearAt()));
        return new Finding(
                kind(),
                Severity.WARN,
                "cores",
                used * asked,
                Double.NaN,
                settings.share() * asked,
                Double.NaN,
                since,
                settings.dwell(),
                false,
                sentence);
    }
}
