package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Memory close to the limit, in the slot where it is closest: plain proximity, no forecast. A slot's own limit is
 * taken where it is known, otherwise the job's for all slots together. Without a known limit there is no verdict.
 */
final class MemoryNearLimitDetector implements Detector {

    /** Memory in use and its limit, of a slot or of the whole job. */
    private record Use(@Nullable Long slotId, double bytes, double limit) {
        double share() {
            return bytes / limit;
        }
    }

    private final FlagProperties.MemoryNearLimit settings;
    private final Excess excess;
    private @Nullable Use closest;
    private Instant last = Instant.MIN;

    MemoryNearLimitDetector(FlagProperties.MemoryNearLimit settings) {
        this.settings = settings;
        this.excess = new Excess(settings.raiseAt(), settings.clearAt(), settings.dwell(), settings.clearFor());
    }

    @Override
    public FlagKind kind() {
        return FlagKind.MEMORY_NEAR_LIMIT;
    }

    @Override
    public void feed(Moment moment) {
        Use use = closest(moment);
        if (use != null) {
            closest = use;
            last = moment.time();
            excess.feed(moment.time(), moment.elapsed(), use.share());
        }
    }

    private static @Nullable Use closest(Moment moment) {
        Use closest = null;
        double all = 0;
        for (Reading slot : moment.slots()) {
            if (slot.memoryBytes() == null) {
                continue;
            }
            all += slot.memoryBytes();
            JobRequest.Slot share = moment.request().slots().get(slot.slotId());
            if (share != null && share.memoryBytes() != null) {
                Use use = new Use(slot.slotId(), slot.memoryBytes(), share.memoryBytes());
                closest = closest == null || use.share() > closest.share() ? use : closest;
            }
        }
        if (closest == null && all > 0 && moment.request().memoryBytes() != null) {
            closest = new Use(null, all, moment.request().memoryBytes());
        }
        return closest;
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
        if (since == null || closest == null || !standing()) {
            throw new IllegalStateException();
        }
        String sentence = "Uses %s of %s memory (%s), near the limit for %s (threshold %s); clears when below %s for %s"
                .formatted(
                        Wording.memory(closest.bytes()),
                        Wording.memory(closest.limit()),
                        Wording.percent(closest.share()),
                        Wording.duration(Duration.between(since, last)),
                        Wording.percent(settings.raiseAt()),
                        Wording.percent(settings.clearAt()),
                        Wording.duration(settings.clearFor()));
        return new Finding(
                closest.slotId(),
                Severity.INFO,
                sentence,
                new Evidence("B", closest.bytes(), null, closest.limit(), since, last));
    }
}
