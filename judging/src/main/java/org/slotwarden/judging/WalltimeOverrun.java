package org.slotwarden.judging;

/**
 * By what the job says of its own progress it will not end in time. The better of two paces counts, that of its whole
 * life and that of the recent past, and only moments at which progress moved: one that stands still is another matter.
 */
final class WalltimeOverrun extends Exceeding {

    /** What a forecast may be wrong by at the very beginning, as a share; it shrinks as the job comes on. */
    private static final double EARLY_DOUBT = 0.5;

    private final JudgeSettings.WalltimeOverrun settings;
    private double firstTime = Double.NaN;
    private double firstProgress;
    private double anchorTime;
    private double anchorProgress;
    private double nextTime;
    private double nextProgress;
    private double lastMove;
    private double progress = Double.NaN;
    private double end;
    private double walltime;

    WalltimeOverrun(JudgeSettings.WalltimeOverrun settings) {
        super(new Excess(settings.raiseAt(), settings.clearAt(), settings.dwell(), settings.clearFor()));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.WALLTIME_OVERRUN;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        double now = reading.progress;
        if (!(now <= 1) || now == progress || Double.isNaN(facts.walltimeSeconds())) {
            return;
        }
        double time = reading.time;
        if (Double.isNaN(firstTime) || now < progress) {
            begin(time, now);
            return;
        }
        double elapsed = time - lastMove;
        progress = now;
        lastMove = time;
        if (time - nextTime >= settings.span()) {
            anchorTime = nextTime;
            anchorProgress = nextProgress;
            nextTime = time;
            nextProgress = now;
        }
        if (now < settings.least() || time - firstTime < settings.span()) {
            return;
        }
        double pace =
                Math.max((now - firstProgress) / (time - firstTime), (now - anchorProgress) / (time - anchorTime));
        walltime = facts.walltimeSeconds();
        end = time - facts.startedAt() + (1 - now) / pace;
        excess.feed(
                time, Math.min(elapsed, settings.dwell() / 2), end / walltime - EARLY_DOUBT * (1 - now) * (1 - now));
    }

    private void begin(double time, double now) {
        firstTime = time;
        firstProgress = now;
        anchorTime = time;
        anchorProgress = now;
        nextTime = time;
        nextProgress = now;
        lastMove = time;
        progress = now;
    }

    /** Its own pace is taken from its first word on. */
    @Override
    public boolean undecided() {
        return !Double.isNaN(firstTime);
    }

    @Override
    public Finding finding() {
        String sentence =
                ("At %s progress and its better pace of late it would end after %s, where %s of wall time were"
                                + " asked for; clears when the forecast is below %s for %s")
                        .formatted(
                                Wording.percent(progress),
                                Wording.duration(end),
                                Wording.duration(walltime),
                                Wording.duration(settings.clearAt() * walltime),
                                Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                "s",
                end,
                Double.NaN,
                walltime,
                walltime - end,
                excess.since(),
                settings.dwell(),
                false,
                sentence);
    }
}
