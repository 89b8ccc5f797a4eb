package org.slotwarden.agent.order;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.OrderResult;

/** An act of the batch system on the job. What the job was doing is told first. */
final class ThroughBatch implements Work {

    /** Told of how far it came. */
    interface Progress {
        /** The batch system is told when this has returned. */
        void begun(@Nullable Evidence evidence);

        /** Tells the batch system; false when too many wait. */
        boolean tell();
    }

    static final long PATIENCE_FOR_EVIDENCE = TimeUnit.SECONDS.toNanos(3);

    private static final long NEVER = Long.MAX_VALUE / 4;

    private final Progress progress;
    private @Nullable Evidence evidence;
    private OrderResult.@Nullable Builder result;
    private boolean told;
    private long due;

    /** @param looks whether {@link #looked} will come; it is waited for, but not for ever */
    ThroughBatch(boolean looks, Progress progress) {
        this.progress = progress;
        this.due = System.nanoTime() + (looks ? PATIENCE_FOR_EVIDENCE : 0);
    }

    void looked(Evidence what) {
        if (!told) {
            evidence = what;
            due = System.nanoTime();
        }
    }

    void answered(OrderResult.Builder what) {
        result = what;
        due = System.nanoTime();
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        if (!told) {
            told = true;
            due = now + NEVER;
            progress.begun(evidence);
            if (!progress.tell()) {
                return Results.failed("Nothing was done: too many commands of the batch system wait on this node");
            }
        }
        return result;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public OrderResult.@Nullable Builder jobEnded() {
        return told ? null : Results.failed("The job has ended");
    }
}
