package org.slotwarden.portal.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Instant listeningSince;

    SilenceWatch(JobRows jobs, JobLife life, JobSettings settings, TransactionTemplate transaction, Clock clock) {
        this.jobs = jobs;
        this.life = life;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
        listeningSince = clock.instant();
    }

    @Scheduled(fixedDelayString = "${slotwarden.job.silence-check-every:10s}")
    void look() {
        Instant now = clock.instant();
        // While the portal was down nobody could be heard: silence counts from its start.
        Duration listening = Duration.between(listeningSince, now);
        if (listening.compareTo(settings.silentAfter()) > 0) {
            each(jobs.unheard(now, INTERVALS, settings.silentAfter()), now, life::silent);
        }
        if (listening.compareTo(settings.vanishedAfter()) > 0) {
            each(jobs.lost(now, now.minus(settings.vanishedAfter())), now, life::lost);
        }
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
