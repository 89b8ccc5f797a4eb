package org.slotwarden.agent.decision;

import java.util.concurrent.atomic.AtomicLong;
import org.slotwarden.wire.v1.JobSample;

/** What was decided on this node, for the agent's own diagnostics. Thread-safe. */
public final class Statistics {

    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong extra = new AtomicLong();

    void taken() {
        taken.incrementAndGet();
    }

    void held(long change) {
        held.addAndGet(change);
    }

    void reported(JobSample.Reason reason) {
        if (reason != JobSample.Reason.REGULAR) {
            extra.incrementAndGet();
        }
    }

    /** Samples taken of any slot since the agent began. */
    public long samplesTaken() {
        return taken.get();
    }

    /** Samples held back at this moment. */
    public int samplesHeldBack() {
        return (int) held.get();
    }

    /** Samples reported beyond the regular ones since the agent began. */
    public long extraSamples() {
        return extra.get();
    }
}
