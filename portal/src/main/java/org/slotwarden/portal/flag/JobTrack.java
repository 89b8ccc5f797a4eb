package org.slotwarden.portal.flag;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.series.JobSample;

/** Follows one job: puts the samples of its slots together and feeds its detectors. */
final class JobTrack {

    private final Duration gap;
    private final List<Detector> detectors;
    private final Map<Long, SlotTrack> tracks = new LinkedHashMap<>();
    private final Map<Long, Reading> readings = new LinkedHashMap<>();
    private JobRequest request;
    private @Nullable Instant time;

    /**
     * @param settings with durations as they are in effect
     */
    JobTrack(FlagProperties settings, JobRequest request) {
        this.gap = settings.gap();
        this.request = request;
        this.detectors = List.of(
                new CpuOveruseDetector(settings.cpuOveruse()),
                new MemoryNearLimitDetector(settings.memoryNearLimit()),
                new HangDetector(settings.hang()),
                new SocketLeakDetector(settings.socketLeak(), settings.gap()));
    }

    void request(JobRequest known) {
        this.request = known;
        if (!known.slots().isEmpty()) {
            tracks.keySet().retainAll(known.slots().keySet());
            readings.keySet().retainAll(known.slots().keySet());
        }
    }

    JobRequest request() {
        return request;
    }

    List<Detector> detectors() {
        return detectors;
    }

    /** Whether what was before may matter: see {@link Detector#suspects}. */
    boolean suspects() {
        return detectors.stream().anyMatch(Detector::suspects);
    }

    /** Time of the last sample of a slot that was judged; null: none was. */
    @Nullable
    Instant fedTo(long slotId) {
        SlotTrack slot = tracks.get(slotId);
        return slot == null ? null : slot.fedTo();
    }

    /**
     * Judges one sample.
     *
     * @return false when it was passed over: not later than the slot's sample before
     */
    boolean feed(long slotId, JobSample sample) {
        Duration apart = request.gap(gap);
        Reading reading = tracks.computeIfAbsent(slotId, SlotTrack::new).next(sample, apart);
        if (reading == null) {
            return false;
        }
        readings.put(slotId, reading);
        Instant before = time;
        Instant now = before == null || reading.time().isAfter(before) ? reading.time() : before;
        time = now;
        List<Reading> fresh = readings.values().stream()
                .filter(slot -> Duration.between(slot.time(), now).compareTo(apart) <= 0)
                .toList();
        Duration elapsed = before == null || Duration.between(before, now).compareTo(apart) > 0
                ? null
                : Duration.between(before, now);
        Moment moment = new Moment(now, elapsed, request, reading, fresh, fresh.size() >= expectedSlots());
        for (Detector detector : detectors) {
            detector.feed(moment);
        }
        return true;
    }

    private int expectedSlots() {
        int known = Math.max(request.slots().size(), readings.size());
        return request.nodeCount() == null ? known : Math.max(known, request.nodeCount());
    }
}
