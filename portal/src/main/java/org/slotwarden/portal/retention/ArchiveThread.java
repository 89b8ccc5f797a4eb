package org.slotwarden.portal.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Archives all day long, on a thread of its own that leaves half of its time to those who store reports. When it falls
 * behind by an hour, it leaves them less. It also looks after what came late of deleted jobs.
 */
@Component
class ArchiveThread implements SmartLifecycle {

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
    private static final double FAR_BEHIND_SECONDS = 3600;
    private static final Logger log = LoggerFactory.getLogger(ArchiveThread.class);

    private final Archiver archiver;
    private final JobRemoval removal;
    private final Duration pause;
    private final Counter samples;
    private volatile double lagSeconds;
    private volatile @Nullable Thread thread;

    ArchiveThread(Archiver archiver, JobRemoval removal, RetentionSettings settings, MeterRegistry meters) {
        this.archiver = archiver;
        this.removal = removal;
        this.pause = settings.archiveEvery();
        samples = Counter.builder("slotwarden.archived.samples")
                .description("Samples that were put into blocks")
                .register(meters);
        Gauge.builder("slotwarden.archive.lag", () -> lagSeconds)
                .baseUnit("seconds")
                .description("For how long the slot that has been due longest waits to be archived")
                .register(meters);
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().daemon().name("archiver").start(this::work);
    }

    private void work() {
        while (thread == Thread.currentThread()) {
            try {
                long begin = System.nanoTime();
                Archiver.Round round = archiver.round();
                samples.increment(round.samples());
                lagSeconds = archiver.lagSeconds();
                removal.removeStragglers();
                long busy = System.nanoTime() - begin;
                Duration rest = Duration.ofNanos(lagSeconds > FAR_BEHIND_SECONDS ? busy / 10 : busy);
                Thread.sleep(round.slots() == 0 ? pause : rest);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (thread != Thread.currentThread()) {
                    return;
                }
                log.warn(
                        "Archiving, or removing what came late of deleted jobs, failed, and is tried again in {}",
                        PAUSE_AFTER_FAILURE,
                        e);
                try {
                    Thread.sleep(PAUSE_AFTER_FAILURE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    /** What was not committed is archived after the next start. */
    @Override
    public void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
