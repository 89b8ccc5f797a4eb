package org.slotwarden.judging;

/**
 * Very many tiny operations by a job that does little else than I/O (a compiler reads in small pieces, too, but
 * computes in between), or many processes that wait in the kernel for storage. Both only when bytes reach storage:
 * pipes and the page cache carry any number of calls, and who waits for storage that gives nothing hangs.
 */
final class IoStorm extends Exceeding {

    /** Of what calls move, at least this share must reach storage: pipes and the page cache carry the rest. */
    private static final double LEAST_STORED = 0.3;

    /** A call after which storage moves more than the call did counts for two: a tiny write that is waited for. */
    private static final double MOST_AMPLIFIED = 2;

    private final JudgeSettings.IoStorm settings;
    private double last;
    private double calls;
    private double size;
    private double blocked;
    private double stored;

    IoStorm(JudgeSettings.IoStorm settings) {
        super(new Excess(1, 0.7, settings.dwell(), settings.clearFor()));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.IO_STORM;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        boolean connected = !Double.isNaN(reading.elapsed);
        if (connected && Double.isNaN(reading.calls) && Double.isNaN(reading.blocked)) {
            excess.unknown();
            return;
        }
        last = reading.time;
        calls = reading.calls;
        blocked = reading.blocked;
        stored = reading.stored;
        double chars = Reading.sum(reading.readChars, reading.writtenChars);
        size = chars / calls;
        double amplified = stored / chars;
        double tiny = size <= settings.charsPerCall()
                        && reading.cores / calls <= settings.cpuPerCall()
                        && amplified >= LEAST_STORED
                ? calls * Math.clamp(amplified, 1, MOST_AMPLIFIED) / settings.callsPerSecond()
                : 0;
        double waiting = blocked / settings.blocked();
        double reach = stored >= settings.bytesPerSecond() ? 1 : 0;
        double worst = Reading.greater(tiny, waiting);
        excess.feed(last, reading.elapsed, Double.isNaN(worst) ? 0 : reach * worst);
    }

    @Override
    public Finding finding() {
        String sentence = ("%s operations/s of %s each and %s processes waiting for storage, %s/s from and to it, for"
                        + " %s (flagged from %s/s of up to %s, or %s processes on); clears when below 70 %% for %s")
                .formatted(
                        Wording.number(Double.isNaN(calls) ? 0 : Math.rint(calls)),
                        Wording.bytes(Double.isNaN(size) ? 0 : size),
                        Wording.number(Double.isNaN(blocked) ? 0 : blocked),
                        Wording.bytes(Double.isNaN(stored) ? 0 : stored),
                        Wording.duration(last - excess.since()),
                        Wording.number(settings.callsPerSecond()),
                        Wording.bytes(settings.charsPerCall()),
                        Wording.number(settings.blocked()),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                "1",
                calls,
                Double.NaN,
                settings.callsPerSecond(),
                Double.NaN,
                excess.since(),
                settings.dwell(),
                false,
                sentence);
    }
}
