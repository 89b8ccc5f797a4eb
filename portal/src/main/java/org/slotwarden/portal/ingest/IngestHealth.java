package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** How the portal copes with what it is told. */
@Service
public class IngestHealth {

    private static final Duration LATELY = Duration.ofMinutes(5);

    private final IngestMeters meters;
    private final Admission admission;
    private final Lanes lanes;
    private final IngestSettings settings;
    private final Clock clock;

    /** Over the last minutes, the oldest first. */
    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(Instant at, IngestMeters.Totals totals) {}

    IngestHealth(IngestMeters meters, Admission admission, Lanes lanes, IngestSettings settings, Clock clock) {
        this.meters = meters;
        this.admission = admission;
        this.lanes = lanes;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Rates are over the last five minutes, or since the start.
     *
     * @param liveSlots that report
     * @param bytesPerSecond of bodies, as they came
     * @param busyPerMinute batches whose agents were asked to come back later
     * @param refusedPerMinute batches that no agent should have sent
     * @param failedPerMinute batches that could not be stored for another reason
     * @param commitSeconds a group of batches takes to be stored; 0: there was none
     * @param waitingBatches that are read or wait to be stored, like {@code waitingBytes}
     * @param mostWaitingBytes beyond which agents are asked to come back
     * @param waitingSeconds age of the batch that has waited longest
     * @param unshownSeconds age of the figures that lists show next
     */
    public record State(
            int liveSlots,
            double samplesPerSecond,
            double batchesPerSecond,
            double bytesPerSecond,
            double busyPerMinute,
            double refusedPerMinute,
            double failedPerMinute,
            double commitSeconds,
            long waitingBatches,
            long waitingBytes,
            long mostWaitingBytes,
            double waitingSeconds,
            double unshownSeconds,
            long samples,
            long busy,
            long refused,
            long failed) {}

    @Scheduled(fixedRateString = "PT10S")
    synchronized void read() {
        Instant now = clock.instant();
        readings.add(new Reading(now, meters.totals()));
        while (readings.size() > 1 && readings.getFirst().at().isBefore(now.minus(LATELY))) {
            readings.removeFirst();
        }
    }

    public synchronized State now() {
        var totals = meters.totals();
        Reading since = readings.isEmpty() ? new Reading(clock.instant(), totals) : readings.getFirst();
        var before = since.totals();
        double seconds =
                Math.max(1, Duration.between(since.at(), clock.instant()).toMillis() / 1000.0);
        long groups = totals.groups() - before.groups();
        return new State(
                lanes.slots(),
                (totals.samples() - before.samples()) / seconds,
                (totals.batches() - before.batches()) / seconds,
                (totals.bytes() - before.bytes()) / seconds,
                (totals.busy() - before.busy()) / seconds * 60,
                (totals.refused() - before.refused()) / seconds * 60,
                (totals.failed() - before.failed()) / seconds * 60,
                groups == 0 ? 0 : (totals.commitSeconds() - before.commitSeconds()) / groups,
                admission.waitingBatches(),
                admission.waitingBytes(),
                settings.mostWaiting().toBytes(),
                lanes.waitingSeconds(),
                lanes.unshownSeconds(),
                totals.samples(),
                totals.busy(),
                totals.refused(),
                totals.failed());
    }
}
