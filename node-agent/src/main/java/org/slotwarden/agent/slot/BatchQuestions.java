package org.slotwarden.agent.slot;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the batch system's controller what hooks cannot know, on a thread of its own; answers arrive on the
 * thread of the monitor. Questions of a job's nodes are spread over a moment: a job may begin on a thousand
 * nodes at once, and the controller is one.
 */
public final class BatchQuestions implements AutoCloseable {

    private static final long MILLIS_PER_NODE = 5;
    private static final long MOST_SPREAD_MILLIS = 60_000;

    private final @Nullable Scontrol scontrol;
    private final Executor monitor;
    private final Random random = new Random();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("batch-questions").factory());

    /** @param monitor where answers are handed over */
    public BatchQuestions(@Nullable Scontrol scontrol, Executor monitor) {
        this.scontrol = scontrol;
        this.monitor = monitor;
    }

    /** True when there is somebody to ask about the slot's job. */
    public boolean canAsk(Slot slot) {
        return scontrol != null && slot.job().batchSystem().equals("slurm");
    }

    /** Asks after a delay (and what is added to spread questions); the answer may be empty. */
    public void ask(Slot slot, Duration delay, Consumer<Optional<ScontrolRecord>> answer) {
        Scontrol asked = scontrol;
        if (asked == null) {
            return;
        }
        String jobId = slot.job().jobId();
        String slurmConf = slot.handOver().text("slurm_conf");
        long spread = Math.min(MOST_SPREAD_MILLIS, (slot.nodes() - 1) * MILLIS_PER_NODE);
        var unused = thread.schedule(
                () -> {
                    Optional<ScontrolRecord> record = asked.ask(jobId, slurmConf);
                    monitor.execute(() -> answer.accept(record));
                },
                delay.toMillis() + random.nextLong(spread + 1),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
