package org.slotwarden.portal.flag;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.job.JobEvents.JobEnded;
import org.slotwarden.portal.series.StoredSamples;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Hears of stored samples and ended jobs and has them judged, one after the other, on a thread of its own: ingest
 * neither waits for a verdict nor fails with it. When judging cannot keep up, samples are passed over: counters go on
 * from the one before, as after any longer interval. When it fails, the job's state is dropped; it is built again from
 * stored samples at its next one.
 */
@Component
class FlagJudge {

    private static final Logger log = LoggerFactory.getLogger(FlagJudge.class);
    private static final int QUEUE = 10_000;
    private static final int MAX_CAUSES = 100;

    private final Judgement judgement;
    private final Clock clock;
    private final Set<String> causes = Collections.synchronizedSet(new HashSet<>());
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name("judge").daemon().factory());

    private final Counter passedOver;

    FlagJudge(Judgement judgement, Clock clock, MeterRegistry registry) {
        this.judgement = judgement;
        this.clock = clock;
        passedOver = Counter.builder("slotwarden.flags.passed.over")
                .description("Times that judging could not keep up, and samples or an end were passed over")
                .register(registry);
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(StoredSamples stored) {
        stored.slots().forEach(slot -> submit(slot.jobId(), () -> judgement.judge(slot)));
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(JobEnded ended) {
        submit(ended.jobId(), () -> judgement.end(ended.jobId(), ended.at()));
    }

    /** At the start and now and then: flags of jobs whose end was not heard of, because the portal stopped. */
    @Scheduled(initialDelayString = "PT10S", fixedDelayString = "PT10M")
    void endWhatHasEnded() {
        Instant now = clock.instant();
        for (long jobId : judgement.jobsWithStandingFlags()) {
            submit(jobId, () -> judgement.endIfEnded(jobId, now));
        }
    }

    void submit(long jobId, Runnable task) {
        try {
            thread.execute(() -> guarded(jobId, task));
        } catch (RejectedExecutionException e) {
            passedOver.increment();
        }
    }

    private void guarded(long jobId, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            judgement.forget(jobId);
            logOnce(jobId, e);
        }
    }

    private void logOnce(long jobId, RuntimeException e) {
        StackTraceElement[] stack = e.getStackTrace();
        String cause = e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (causes.size() < MAX_CAUSES && causes.add(cause)) {
            log.error("Job {} could not be judged; the same cause is not logged again", jobId, e);
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
            // What is left is judged from stored samples after the next start.
            thread.shutdownNow();
        }
    }
}
