package org.slotwarden.judging;

/**
 * By what the job says of its own progress it will not end in time. The better of two paces counts, that of its whole
 * life and that of the recent past. Between two steps of its progress nothing is judged, unless it stands still for much
 * longer than ever before while the job goes on to work: one that is silent, or spins, hangs.
 */
final class WalltimeOverrun extends Exceeding {

    /** What a forecast may be wrong by at the very beginning, as a share; it shrinks as the job comes on. */
    private static final double EARLY_DOUBT = 0.35;

    /** Progress that falls by more has begun anew; by less, it is an estimate that wavers. */
    private static final double ANEW = 0.05;

    /** Multiple of the longest time between two steps from which on progress stands still. */
    private static final double STILL = 3;

    private final JudgeSettings.WalltimeOverrun settings;
    private double firstTime = Double.NaN;
    private double firstProgress;
    private double anchorTime;
    private double anchorProgress;
    private double nextTime;
    private double nextProgress;
    /** Progress without its wavering: what a pace is taken from must not be its peaks. */
    private double smooth;

    private double lastMove;
    private double longestStep;
    private double lastJudged;
    private double progress = Double.NaN;
    private double end;
    private double walltime;

    WalltimeOverrun(JudgeSettings.WalltimeOverrun settings) {
        super(new Excess(settings));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.WALLTIME_OVERRUN;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        double now = reading.progress;
        double time = reading.time;
        if (!(now <= 1) || Double.isNaN(facts.walltimeSeconds())) {
            return;
        }
        if (Double.isNaN(firstTime) || now < progress - ANEW) {
            begin(time, now);
            return;
        }
        boolean moves = now != progress;
        if (!moves && !standsStill(reading)) {
            return;
        }
        if (moves) {
            longestStep = Math.max(longestStep, time - lastMove);
            lastMove = time;
        }
        double elapsed = time - lastJudged;
        lastJudged = time;
        progress = now;
        smooth += (1 - Math.exp(-2 * elapsed / settings.span())) * (now - smooth);
        if (time - nextTime >= settings.span()) {
            anchorTime = nextTime;
            anchorProgress = nextProgress;
            nextTime = time;
            nextProgress = smooth;
        }
        if (now < settings.least() || time - firstTime < settings.span()) {
            return;
        }
        double pace =
                Math.max((now - firstProgress) / (time - firstTime), (smooth - anchorProgress) / (time - anchorTime));
        walltime = facts.walltimeSeconds();
        end = time - facts.startedAt() + (1 - now) / pace;
        excess.feed(
                time, Math.min(elapsed, settings.dwell() / 2), end / walltime - EARLY_DOUBT * (1 - now) * (1 - now));
    }

    private boolean standsStill(Reading reading) {
        return (reading.moved || reading.writtenChars > 0)
                && reading.time - lastMove >= Math.max(settings.span(), STILL * longestStep);
    }

    private void begin(double time, double now) {
        firstTime = time;
        firstProgress = now;
        anchorTime = time;
        anchorProgress = now;
        nextTime = time;
        nextProgress = now;
        smooth = now;
        lastMove = time;
        lastJudged = time;
        longestStep = 0;
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
