package org.slotwarden.judging;

/** A great share of the node's link, or very many packets, for minutes. */
final class NetworkFlood extends Exceeding {

    /** Share of what comes in that must go to disk for it to be a stage-in, and the other way round. */
    private static final double TO_DISK = 0.5;

    /** Bytes on the wire: as many full packets as fill the link are too many of any size. */
    private static final double FULL_PACKET = 1500;

    private final JudgeSettings.NetworkFlood settings;
    private double link;
    private double last;
    private double rate;
    private double packets;

    NetworkFlood(JudgeSettings.NetworkFlood settings) {
        super(new Excess(settings));
        this.settings = settings;
    }

    @Override
    public FlagKind kind() {
        return FlagKind.NETWORK_FLOOD;
    }

    @Override
    public void feed(Reading reading, JobFacts facts) {
        double traffic = Reading.greater(reading.received, reading.sent);
        if (Double.isNaN(traffic) && Double.isNaN(reading.packets) && !Double.isNaN(reading.elapsed)) {
            excess.unknown();
            return;
        }
        link = Double.isNaN(facts.linkBytesPerSecond()) ? settings.link() : facts.linkBytesPerSecond();
        last = reading.time;
        rate = traffic;
        packets = reading.packets;
        double share = Reading.greater(traffic / (settings.share() * link), packets / mostPackets());
        boolean stageIn = stagesIn(reading, facts, settings);
        excess.feed(reading.time, reading.elapsed, stageIn || Double.isNaN(share) ? 0 : share);
    }

    private double mostPackets() {
        return Math.min(settings.packetsPerSecond(), link / FULL_PACKET);
    }

    /** Whether what comes in goes to disk, at an age at which data are fetched. */
    static boolean stagesIn(Reading reading, JobFacts facts, JudgeSettings.NetworkFlood settings) {
        double written = Reading.greater(reading.written, reading.writtenChars);
        return reading.time - facts.startedAt() <= settings.stageIn()
                && !(reading.sent > reading.received)
                && written >= TO_DISK * reading.received
                && reading.received >= TO_DISK * written;
    }

    @Override
    public Finding finding() {
        String sentence = ("Network at %s/s%s now, for %s above %s of the link of %s/s or %s packets/s;"
                        + " clears when below 70 %% of that for %s")
                .formatted(
                        Wording.bytes(Double.isNaN(rate) ? 0 : rate),
                        Double.isNaN(packets) ? "" : " and %s packets/s".formatted(Wording.number(packets)),
                        Wording.duration(last - excess.since()),
                        Wording.percent(settings.share()),
                        Wording.bytes(link),
                        Wording.number(Math.rint(mostPackets())),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                kind(),
                Severity.WARN,
                "B/s",
                rate,
                Double.NaN,
                settings.share() * link,
                Double.NaN,
                excess.since(),
                settings.dwell(),
                false,
                sentence);
    }
}
