package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.Conflict;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.UnshownSlots;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.SampleStore;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** At the start: shows what was stored of live jobs and not shown yet when the portal was killed. */
@Component
class CatchUp {

    private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
    private static final int AT_ONCE = 500;

    /** A minute, in all: who starts the portal is told if its database is away for longer. */
    private static final RetryPolicy AGAIN = RetryPolicy.builder()
            .predicate(failure -> !(failure instanceof DataIntegrityViolationException) || Conflict.isOne(failure))
            .maxRetries(10)
            .delay(Duration.ofMillis(100))
            .multiplier(2)
            .maxDelay(Duration.ofSeconds(15))
            .build();

    private final UnshownSlots slots;
    private final SampleStore samples;
    private final JobRegister register;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final RetryTemplate retry = new RetryTemplate(AGAIN);

    CatchUp(
            UnshownSlots slots,
            SampleStore samples,
            JobRegister register,
            TransactionTemplate transaction,
            Clock clock) {
        this.slots = slots;
        this.samples = samples;
        this.register = register;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * Tries again what fails.
     *
     * @throws RuntimeException what the last try failed with
     */
    void run() {
        long after = 0;
        int shown = 0;
        for (List<UnshownSlots.OfLiveJob> some = after(after); !some.isEmpty(); some = after(after)) {
            after = some.getLast().slotId();
            shown += catchUp(some);
        }
        if (shown > 0) {
            log.info("The figures of {} slots were brought up to date", shown);
        }
    }

    private List<UnshownSlots.OfLiveJob> after(long slot) {
        return retry.invoke(() -> slots.after(slot, AT_ONCE));
    }

    private int catchUp(List<UnshownSlots.OfLiveJob> some) {
        try {
            Integer shown = retry.invoke(() -> transaction.execute(status -> show(some)));
            return shown == null ? 0 : shown;
        } catch (DataIntegrityViolationException e) {
            if (some.size() > 1) {
                int half = some.size() / 2;
                return catchUp(some.subList(0, half)) + catchUp(some.subList(half, some.size()));
            }
            log.error(
                    "Lists do not show the figures of slot {}", some.getFirst().slotId(), e);
            return 0;
        }
    }

    private int show(List<UnshownSlots.OfLiveJob> some) {
        Map<Long, Instant> newest =
                samples.newest(some.stream().map(UnshownSlots.OfLiveJob::slotId).toList());
        List<UnshownSlots.OfLiveJob> behind = some.stream()
                .filter(slot -> isBehind(slot.shownAt(), newest.get(slot.slotId())))
                .toList();
        if (behind.isEmpty()) {
            return 0;
        }
        List<Long> ids = behind.stream().map(UnshownSlots.OfLiveJob::slotId).toList();
        Map<Long, LatestSamples> latest = samples.latest(ids);
        Map<Long, Long> peaks = slots.peaks(ids);
        register.show(
                behind.stream()
                        .map(slot -> Unshown.peak(peaks.get(slot.slotId()))
                                .figures(
                                        slot.slotId(),
                                        slot.jobId(),
                                        latest.getOrDefault(slot.slotId(), LatestSamples.NONE)))
                        .toList(),
                clock.instant());
        return behind.size();
    }

    private static boolean isBehind(@Nullable Instant shown, @Nullable Instant newest) {
        return newest != null && (shown == null || newest.isAfter(shown));
    }
}
