package org.slotwarden.agent.order;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.OrderResult;

/** Samples at another interval, for some time. */
final class OtherInterval implements Work {

    private final Consumer<@Nullable Double> interval;
    private final long until;

    /** @param interval sets the slot's interval in seconds; null: back to what it was */
    OtherInterval(Consumer<@Nullable Double> interval, double seconds, long forNanos) {
        this.interval = interval;
        this.until = System.nanoTime() + forNanos;
        interval.accept(seconds);
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        if (now - until < 0) {
            return null;
        }
        interval.accept(null);
        return Results.of(OrderResult.State.DONE);
    }

    @Override
    public long due() {
        return until;
    }

    @Override
    public OrderResult.Builder jobEnded() {
        return Results.of(OrderResult.State.DONE, "The job has ended");
    }
}
