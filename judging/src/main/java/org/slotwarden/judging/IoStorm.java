package org.slotwarden.judging;

/**
 * Many tiny operations by a job that does little else than I/O (a compiler reads in small pieces, too, but
 * computes in between), or many processes that wait in the kernel for storage. Both only when bytes reach storage:
 * pipes and the page cache carry many calls, and who waits for storage that gives nothing hangs. Tens of thousands of
 * tiny calls a second in one direction are too many wherever they go.
 */
final class IoStorm extends Exceeding {

    /** Of what calls move, at least this share must reach storage: pipes and the page cache carry the rest. */
    private static final double LEAST_STORED = 0.3;

    /** A call after which storage moves more than the call did counts up to so often: a tiny write that is waited for. */
    private static final double MOST_AMPLIFIED = 4;

    /**
     * Multiple of the calls, and share of their size, from which on they are too many wherever they go. Only where one
     * direction moves by far the most: what is written into a pipe is read from it.
     */
    private static final double ANYWHERE = 50;

    private static final double ANYWHERE_SIZE = 1 / 12.0;
    private static final double ONE_WAY = 10;

    private final JudgeSettings.IoStorm settings;
    private double last;
    private double calls;
    private double size;
    private double blocked;
    private double stored;

    IoStorm(JudgeSettings.IoStorm settings) {
        super(new Excess(settings));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.IO_STORM;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        boolean connected = !Double.isNaN(reading.elapsed);
        // A direction counts where its calls and what they move are known: one says nothing of the other.
        boolean reads = !Double.isNaN(reading.readCalls + reading.readChars);
        boolean writes = !Double.isNaN(reading.writeCalls + reading.writtenChars);
        if (connected && !reads && !writes && Double.isNaN(reading.blocked)) {
            excess.unknown();
            return;
        }
        last = reading.time;
        calls = reads || writes ? (reads ? reading.readCalls : 0) + (writes ? reading.writeCalls : 0) : Double.NaN;
        blocked = reading.blocked;
        stored = reading.stored;
        double chars = (reads ? reading.readChars : 0) + (writes ? reading.writtenChars : 0);
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
        boolean tinyOneWay = reads
                && writes
                && chars >= settings.bytesPerSecond()
                && size <= ANYWHERE_SIZE * settings.charsPerCall()
                && oneWay(reading);
        double anywhere = tinyOneWay ? calls / (ANYWHERE * settings.callsPerSecond()) : 0;
        excess.feed(last, reading.elapsed, Math.max(Double.isNaN(worst) ? 0 : reach * worst, anywhere));
    }

    private static boolean oneWay(Reading reading) {
        return reading.readChars > ONE_WAY * reading.writtenChars || reading.writtenChars > ONE_WAY * reading.readChars;
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
