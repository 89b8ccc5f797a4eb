package org.slotwarden.portal.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Does something again and again on a thread of its own, from the portal's start to its end: what may take hours must
 * not keep what is done every few seconds from its turn.
 */
abstract class RepeatedWork implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RepeatedWork.class);

    private final String name;
    private final Duration before;
    private final Duration afterFailure;
    private volatile @Nullable Thread thread;

    /**
     * @param name of the thread, and of the work in the log
     * @param before pause before the first round
     * @param afterFailure pause after one that failed
     */
    RepeatedWork(String name, Duration before, Duration afterFailure) {
        this.name = name;
        this.before = before;
        this.afterFailure = afterFailure;
    }

    /**
     * Does some of it.
     *
     * @return the pause before the next round
     */
    abstract Duration round();

    @Override
    public final void start() {
        Thread work = Thread.ofPlatform().daemon().name(name).unstarted(this::work);
        // Before it runs: it ends when it is not the one that is known here.
        thread = work;
        work.start();
    }

    private void work() {
        Duration pause = before;
        try {
            while (thread == Thread.currentThread()) {
                Thread.sleep(pause);
                pause = attempt();
            }
        } catch (InterruptedException e) {
            // The portal ends.
        }
    }

    private Duration attempt() {
        try {
            return round();
        } catch (RuntimeException e) {
            if (thread == Thread.currentThread()) {
                log.warn("The {} failed, and is tried again in {}", name, afterFailure, e);
            }
            return afterFailure;
        }
    }

    /** What was not committed is done after the next start. */
    @Override
    public final void stop() {
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
    public final boolean isRunning() {
        return thread != null;
    }
}
