package org.slotwarden.agent.order;

import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.OrderResult;

/** A look at what the job is doing, made elsewhere; whoever makes it tells what was found, in time. */
final class Look implements Work {

    private @Nullable Evidence found;
    private long due = System.nanoTime() + Long.MAX_VALUE / 4;

    void looked(Evidence evidence) {
        found = evidence;
        due = System.nanoTime();
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        return found == null ? null : Results.of(OrderResult.State.DONE).setEvidence(found);
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public OrderResult.@Nullable Builder jobEnded() {
        return null; // the look is under way
    }
}
