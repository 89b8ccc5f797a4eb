package org.slotwarden.portal.flag;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.flag.JudgeQueue.Task;
import org.slotwarden.portal.job.JobEvents.JobEnded;
import org.slotwarden.portal.rule.LiveRulesChanged;
import org.slotwarden.portal.series.SamplesStored;
import org.slotwarden.portal.series.StoredSamples;
import org.springframework.context.event.EventListener;
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

    /** In memory as long as they wait, of some hundred bytes each. */
    private static final int MOST_SAMPLES = 30_000;

    /** Tasks whose jobs are looked up together. */
    private static final int TOGETHER = 300;

    private static final int MAX_CAUSES = 100;
    private static final Duration END = Duration.ofSeconds(5);

    private final Judgement judgement;
    private final Clock clock;
    private final Set<String> causes = Collections.synchronizedSet(new HashSet<>());
    private final JudgeQueue queue = new JudgeQueue(MOST_SAMPLES);
    private final Thread thread;
    private final Counter passedOver;

    FlagJudge(Judgement judgement, Clock clock, MeterRegistry registry) {
        this.judgement = judgement;
        this.clock = clock;
        passedOver = Counter.builder("slotwarden.flags.passed.over")
                .description("Times that judging could not keep up, and samples were passed over")
                .register(registry);
        thread = Thread.ofPlatform().name("judge").daemon().start(this::work);
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(StoredSamples stored) {
        stored.slots().forEach(slot -> submit(new Task(slot.jobId(), slot, () -> judgement.judge(slot))));
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
    void on(JobEnded ended) {
        submit(ended.jobId(), () -> judgement.end(ended.jobId(), ended.at()));
    }

    /** What rules said that are switched off is taken back, and does not wait for the next sample. */
    @EventListener
    void on(LiveRulesChanged changed) {
        Instant now = clock.instant();
        for (long jobId : judgement.jobsOfRulesNotLive()) {
            submit(jobId, () -> judgement.dropRules(jobId, now));
        }
    }

    /** At the start and now and then: flags of jobs whose end was not heard of, because the portal stopped. */
    @Scheduled(initialDelayString = "PT10S", fixedDelayString = "PT10M")
    void endWhatHasEnded() {
        Instant now = clock.instant();
        for (long jobId : judgement.jobsWithStandingFlags()) {
            submit(jobId, () -> judgement.endIfEnded(jobId, now));
        }
    }

    void submit(long jobId, Runnable work) {
        submit(new Task(jobId, null, work));
    }

    private void submit(Task task) {
        if (!queue.offer(task)) {
            passedOver.increment();
        }
    }

    private void work() {
        try {
            List<Task> some = queue.take(TOGETHER);
            while (!some.isEmpty()) {
                judge(some);
                some = queue.take(TOGETHER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(List<Task> some) {
        List<SamplesStored> samples =
                some.stream().map(Task::samples).filter(Objects::nonNull).toList();
        try {
            judgement.prepare(samples);
        } catch (RuntimeException | Error e) {
            // Each is prepared alone before it is judged: one of them may be the cause.
            log.debug("{} slots could not be prepared together", samples.size(), e);
        }
        for (Task task : some) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            try {
                task.work().run();
            } catch (RuntimeException | Error e) {
                // An error, too, for want of memory perhaps: the other jobs go on, and without this thread none would.
                judgement.forget(task.jobId());
                logOnce(task.jobId(), e);
            }
        }
    }

    private void logOnce(long jobId, Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        String cause = e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (causes.size() < MAX_CAUSES && causes.add(cause)) {
            log.error("Job {} could not be judged; the same cause is not logged again", jobId, e);
        }
    }

    /** What is left is judged from stored samples after the next start. */
    @PreDestroy
    void stop() throws InterruptedException {
        queue.close();
        if (!thread.join(END)) {
            thread.interrupt();
        }
    }
}
