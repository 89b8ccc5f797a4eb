package org.slotwarden.portal.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Notices jobs that nothing is heard of any more: silent first, vanished when they cannot be running.
 * Reports and epilogues that come after all are believed.
 */
@Component
class SilenceWatch {

    private static final Logger log = LoggerFactory.getLogger(SilenceWatch.class);

    /** A report may be late, and one may be lost to a restart of the agent. */
    private static final int INTERVALS = 3;

    private final JobRows jobs;
    private final JobLife life;
    private final JobSettings settings;
    private final Listening listening;
    private final ObjectProvider<HeardLate> heardLate;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final AtomicBoolean looks = new AtomicBoolean();
    private volatile Instant lookedAt;

    SilenceWatch(
            JobRows jobs,
            JobLife life,
            JobSettings settings,
            Listening listening,
            ObjectProvider<HeardLate> heardLate,
            TransactionTemplate transaction,
            Clock clock) {
        this.jobs = jobs;
        this.life = life;
        this.settings = settings;
        this.listening = listening;
        this.heardLate = heardLate;
        this.transaction = transaction;
        this.clock = clock;
        lookedAt = clock.instant();
        listening.wasDeaf(Instant.EPOCH, lookedAt);
    }

    /** At a fixed rate: what runs after fixed delays shares one thread, and may hold it for long. */
    @Scheduled(fixedRateString = "${slotwarden.job.silence-check-every:10s}")
    void lookAgain() {
        if (looks.compareAndSet(false, true)) {
            try {
                look();
            } finally {
                looks.set(false);
            }
        }
    }

    void look() {
        Instant now = clock.instant();
        if (listening.within(Instant.EPOCH, now).compareTo(settings.silentAfter()) <= 0) {
            lookedAt = now;
            return;
        }
        List<JobRows.Unheard> unheard = jobs.unheard(now, INTERVALS, settings.silentAfter());
        if (Duration.between(lookedAt, now).compareTo(settings.silentAfter().dividedBy(2)) > 0) {
            // The process or the machine stood still, or the database did not answer.
            listening.wasDeaf(lookedAt, now);
        }
        lookedAt = now;
        Duration late = heardLate.stream()
                .map(HeardLate::late)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        each(silent(unheard, settings.silentAfter().plus(late), now), now, life::silent);
        List<JobRows.Unheard> lost = jobs.lost(now, now.minus(settings.vanishedAfter()));
        each(silent(lost, settings.vanishedAfter().plus(late), now), now, life::lost);
    }

    /** Those that have not told anything for so long while they could. */
    private List<Long> silent(List<JobRows.Unheard> jobs, Duration atLeast, Instant now) {
        return jobs.stream()
                .filter(job -> {
                    Duration listened = listening.within(job.lastReportAt(), now);
                    return listened.compareTo(atLeast) > 0 && listened.compareTo(job.mayBeSilentFor()) > 0;
                })
                .map(JobRows.Unheard::id)
                .toList();
    }

    /** One transaction a job, so that reports never wait for the whole round. */
    private void each(List<Long> ids, Instant now, Consumer<Run> change) {
        for (long id : ids) {
            transaction.executeWithoutResult(status -> jobs.lock(List.of(id)).stream()
                    // It may have been heard of since the list was made.
                    .filter(run -> run.state().live() && run.lastReportAt().isBefore(now.minus(settings.silentAfter())))
                    .forEach(change));
        }
        if (!ids.isEmpty()) {
            log.info("Nothing more is heard of {} jobs", ids.size());
        }
    }
}
