package org.slotwarden.portal.ingest;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.job.UnshownSlots;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.SampleStore;
import org.slotwarden.portal.series.SeriesQueries;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** At the start: shows what was stored of live jobs and not shown yet when the portal was killed. */
@Component
class CatchUp {

    private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
    private static final int AT_ONCE = 500;

    private final UnshownSlots slots;
    private final SampleStore samples;
    private final SeriesQueries series;
    private final JobRegister register;
    private final TransactionTemplate transaction;
    private final Clock clock;

    CatchUp(
            UnshownSlots slots,
            SampleStore samples,
            SeriesQueries series,
            JobRegister register,
            TransactionTemplate transaction,
            Clock clock) {
        this.slots = slots;
        this.samples = samples;
        this.series = series;
        this.register = register;
        this.transaction = transaction;
        this.clock = clock;
    }

    void run() {
        long after = 0;
        int shown = 0;
        for (List<UnshownSlots.OfLiveJob> some = slots.after(after, AT_ONCE);
                !some.isEmpty();
                some = slots.after(after, AT_ONCE)) {
            after = some.getLast().slotId();
            shown += catchUp(some);
        }
        if (shown > 0) {
            log.info("The figures of {} slots were brought up to date", shown);
        }
    }

    private int catchUp(List<UnshownSlots.OfLiveJob> some) {
        Integer shown = transaction.execute(status -> {
            Map<Long, Instant> newest = samples.newest(
                    some.stream().map(UnshownSlots.OfLiveJob::slotId).toList());
            List<UnshownSlots.OfLiveJob> behind = some.stream()
                    .filter(slot -> isBehind(slot.shownAt(), newest.get(slot.slotId())))
                    .toList();
            Map<Long, LatestSamples> latest = samples.latest(
                    behind.stream().map(UnshownSlots.OfLiveJob::slotId).toList());
            List<SlotFigures> figures = new ArrayList<>();
            for (UnshownSlots.OfLiveJob slot : behind) {
                Instant since = slot.shownAt() == null ? Instant.EPOCH : slot.shownAt();
                Unshown unshown = Unshown.NOTHING.and(series.since(slot.slotId(), since), null);
                figures.add(unshown.figures(
                        slot.slotId(), slot.jobId(), latest.getOrDefault(slot.slotId(), LatestSamples.NONE)));
            }
            register.show(figures, clock.instant());
            return behind.size();
        });
        return shown == null ? 0 : shown;
    }

    private static boolean isBehind(@Nullable Instant shown, @Nullable Instant newest) {
        return newest != null && (shown == null || newest.isAfter(shown));
    }
}
