package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;

/** More cores busy, over all slots, than the whole job asked for. Without a known request there is no verdict. */
final class CpuOveruseDetector implements Detector {

    private final FlagProperties.CpuOveruse settings;
    private final Excess excess;
    private Instant last = Instant.MIN;
    private int asked;

    CpuOveruseDetector(FlagProperties.CpuOveruse settings) {
        this.settings = settings;
        this.excess = new Excess(settings.raiseAt(), settings.clearAt(), settings.dwell(), settings.clearFor());
    }

    @Override
    public FlagKind kind() {
        return FlagKind.CPU_OVERUSE;
    }

    @Override
    public void feed(Moment moment) {
        Integer request = moment.request().cores();
        Double cores = moment.cores();
        if (request == null || (cores == null && moment.elapsed() != null)) {
            return;
        }
        asked = request;
        last = moment.time();
        excess.feed(moment.time(), moment.elapsed(), cores == null ? 0 : cores / request);
    }

    @Override
    public boolean standing() {
        return excess.standing();
    }

    @Override
    public boolean suspects() {
        return excess.since() != null;
    }

    @Override
    public Finding finding() {
        Instant since = excess.since();
        if (since == null || !standing()) {
            throw new IllegalStateException();
        }
        double used = excess.mean() * asked;
        String sentence = "Used %s cores for %s where %d %s asked for (threshold %s); clears when below %s for %s"
                .formatted(
                        Wording.number(used),
                        Wording.duration(Duration.between(since, last)),
                        asked,
                        asked == 1 ? "was" : "were",
                        Wording.number(settings.raiseAt() * asked),
                        Wording.number(settings.clearAt() * asked),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                null,
                Severity.WARN,
                sentence,
                new Evidence("cores", used, (double) asked, settings.raiseAt() * asked, since, last));
    }
}
