package org.slotwarden.judging;

/**
 * Busy, and nothing comes of it any more: no output, no progress, no I/O, no traffic, for far longer than ever since
 * it first spoke. Only for jobs that were seen to speak while they computed; one that computes in silence from the
 * beginning may do so.
 */
final class Spinning implements Detector {

    /** Seconds over which its usual traffic is taken. */
    private static final double SMOOTHING = 300;

    private final JudgeSettings.Spinning settings;
    private final JudgeSettings.Hang hang;
    private final double gap;

    private double usualIo;
    private double usualNetwork;
    private double firstSpoken = Double.NaN;
    private double lastSpoken = Double.NaN;
    private int spoken;
    private double quiet;
    private double longestQuiet;
    private double busySeconds;
    private double talking;
    private double unknown;
    private double dwell;
    private double cores;
    private boolean standing;
    private boolean spinsNow;

    Spinning(JudgeSettings.Spinning settings, JudgeSettings.Hang hang, double gap) {
        this.settings = settings;
        this.hang = hang;
        this.gap = gap;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.HANG;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        spinsNow = false;
        if (Double.isNaN(reading.elapsed) || !reading.complete || Double.isNaN(reading.io())) {
            unknown += Double.isNaN(reading.elapsed) ? gap : reading.elapsed;
            if (unknown >= gap && !standing) {
                restart();
            }
            return;
        }
        unknown = 0;
        cores = reading.cores;
        boolean speaks = speaks(reading);
        boolean busy = !Silence.silent(reading, facts, hang);
        spinsNow = busy && !speaks;
        if (speaks) {
            follow(reading, reading.cores > Silence.busyAbove(facts, hang));
            speak(reading);
        } else {
            beQuiet(reading, busy);
        }
    }

    /** Held against its own usual traffic only where its output is known: what is not known makes nothing surer. */
    private boolean speaks(Reading reading) {
        double own = reading.movementKnown ? settings.ownShare() : 0;
        return reading.moved
                || reading.io() > Math.max(settings.ioBytesPerSecond(), own * usualIo)
                || reading.network() > Math.max(settings.netBytesPerSecond(), own * usualNetwork);
    }

    /** What it reads or fetches before it computes is no promise to write. */
    private void follow(Reading reading, boolean computes) {
        if (!computes) {
            return;
        }
        double weight = 1 - Math.exp(-reading.elapsed / SMOOTHING);
        usualIo += weight * (reading.io() - usualIo);
        double network = reading.network();
        if (!Double.isNaN(network)) {
            usualNetwork += weight * (network - usualNetwork);
        }
        if (reading.moved
                || reading.writtenChars > settings.ioBytesPerSecond()
                || reading.written > settings.ioBytesPerSecond()
                || reading.sent > settings.netBytesPerSecond()) {
            spoken++;
            lastSpoken = reading.time;
            firstSpoken = Double.isNaN(firstSpoken) ? reading.time : firstSpoken;
        }
    }

    private void speak(Reading reading) {
        if (standing) {
            talking += reading.elapsed;
            if (talking < settings.clearFor()) {
                return;
            }
        }
        if (!Double.isNaN(firstSpoken)) {
            longestQuiet = Math.max(longestQuiet, quiet);
        }
        quiet = 0;
        busySeconds = 0;
        talking = 0;
        standing = false;
    }

    private void beQuiet(Reading reading, boolean busy) {
        quiet += reading.elapsed;
        busySeconds += busy ? reading.elapsed : 0;
        talking = 0;
        dwell = Math.max(settings.dwell(), settings.gapFactor() * longestQuiet);
        boolean rhythm = spoken >= settings.rhythm() && lastSpoken - firstSpoken >= settings.rhythmFor();
        standing |= rhythm && quiet >= dwell && busySeconds >= 0.8 * quiet;
        if (standing && busySeconds < 0.5 * quiet) {
            standing = false;
        }
    }

    private void restart() {
        quiet = 0;
        busySeconds = 0;
    }

    @Override
    public boolean standing() {
        return standing;
    }

    @Override
    public boolean holds() {
        return standing && spinsNow;
    }

    @Override
    public boolean suspects() {
        return false;
    }

    /** Nothing for minutes: only its history tells whether it ever spoke. */
    @Override
    public boolean undecided() {
        return quiet >= SMOOTHING;
    }

    @Override
    public Finding finding() {
        String sentence = ("Busy with %s cores, but for %s nothing came of it: no output, no I/O, no traffic;"
                        + " its longest earlier quiet lasted %s, flagged from %s on; clears after %s of output or I/O")
                .formatted(
                        Wording.number(cores),
                        Wording.duration(quiet),
                        Wording.duration(longestQuiet),
                        Wording.duration(dwell),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(), Severity.WARN, "s", quiet, longestQuiet, dwell, Double.NaN, lastSpoken, dwell, false, sentence);
    }
}
