package org.slotwarden.judging;

/**
 * All slots are sampled, and none computes, reads, writes or says anything: for longer than a fixed time and than the
 * job itself was ever silent before. A job that waits for a core is not silent. Time of which something is not known
 * is neither silence nor work.
 */
final class Silence implements Detector {

    /** Of a core, per core asked for: what a hundred polling processes use that wait for each other. */
    private static final double POLLING = 0.002;

    private final JudgeSettings.Hang settings;
    private final double gap;

    private double since = Double.NaN;
    private double silent;
    private double longestPause;
    private double busy;
    private double unknown;
    private double cpuSeconds;
    private double spokenSeconds;
    private double busyAbove;
    private double cores;
    private double io;
    private double dwell;
    private boolean standing;
    private double progress = Double.NaN;
    private boolean everProgressed;
    private boolean worse;
    private boolean silentNow;

    Silence(JudgeSettings.Hang settings, double gap) {
        this.settings = settings;
        this.gap = gap;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.HANG;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        silentNow = false;
        if (Double.isNaN(reading.elapsed) || !reading.complete) {
            unknown += Double.isNaN(reading.elapsed) ? gap : reading.elapsed;
            if (unknown >= gap && !standing) {
                since = Double.NaN;
                silent = 0;
            }
            return;
        }
        unknown = 0;
        cores = reading.cores;
        cpuSeconds += cores * reading.elapsed;
        spokenSeconds += reading.moved ? reading.elapsed : 0;
        io = Reading.sum(reading.io(), reading.network());
        busyAbove = busyAbove(facts, settings);
        everProgressed |= reading.progress > progress;
        progress = Reading.greater(progress, reading.progress);
        silentNow = silent(reading, facts, settings);
        if (silentNow) {
            silence(reading, facts);
        } else {
            work(reading);
        }
    }

    /** Whether nothing is done, as far as this reading tells. */
    static boolean silent(Reading reading, JobFacts facts, JudgeSettings.Hang settings) {
        return !(reading.cores > busyAbove(facts, settings))
                && !(reading.io() > settings.ioBytesPerSecond())
                && !(reading.network() > settings.ioBytesPerSecond())
                && !(reading.starving >= settings.starving())
                && !reading.moved;
    }

    /** Cores from which on it computes. */
    static double busyAbove(JobFacts facts, JudgeSettings.Hang settings) {
        if (Double.isNaN(facts.cores())) {
            return settings.busyShare();
        }
        return Math.min(settings.busyShare() * facts.cores(), settings.busyCores() + POLLING * facts.cores());
    }

    private void work(Reading reading) {
        if (standing) {
            busy += reading.elapsed;
            if (busy < settings.clearFor()) {
                return;
            }
        }
        longestPause = Math.max(longestPause, silent);
        since = Double.NaN;
        silent = 0;
        busy = 0;
        standing = false;
    }

    private void silence(Reading reading, JobFacts facts) {
        if (Double.isNaN(since)) {
            since = reading.time - reading.elapsed;
        }
        silent += reading.elapsed;
        double left = facts.walltimeSeconds() - (reading.time - facts.startedAt());
        worse = everProgressed || left < dwell;
        if (standing) {
            busy = Math.max(0, busy - reading.elapsed);
            return;
        }
        boolean startsUp = Math.max(cpuSeconds, spokenSeconds) < settings.startUpCpu();
        double least = startsUp ? settings.startUpDwell() : settings.dwell();
        dwell = Math.max(least, settings.pauseFactor() * longestPause);
        standing = silent >= dwell;
    }

    @Override
    public boolean standing() {
        return standing;
    }

    @Override
    public boolean holds() {
        return standing && silentNow;
    }

    /** A pause longer than any before. */
    @Override
    public boolean suspects() {
        return silent >= settings.dwell() / 6 && silent > longestPause;
    }

    @Override
    public boolean undecided() {
        return silent > 0;
    }

    @Override
    public Finding finding() {
        String sentence = ("Silent for %s: %s cores busy and %s/s moved now (silent up to %s cores and %s/s);"
                        + " flagged from %s on, its longest earlier pause was %s; clears after %s of work")
                .formatted(
                        Wording.duration(silent),
                        Wording.number(cores),
                        Wording.bytes(Double.isNaN(io) ? 0 : io),
                        Wording.number(busyAbove),
                        Wording.bytes(settings.ioBytesPerSecond()),
                        Wording.duration(dwell),
                        Wording.duration(longestPause),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(), Severity.WARN, "s", silent, longestPause, dwell, Double.NaN, since, dwell, worse, sentence);
    }
}
