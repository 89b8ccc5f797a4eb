package org.slotwarden.agent.node;

/** Adds up what a counter loses when it begins again at zero because it is full. Not thread-safe. */
final class WrappingCounter {

    private final long range;
    private long last = -1;
    private long full;

    /** @param range how much it counts before it is at zero again */
    WrappingCounter(long range) {
        this.range = range;
    }

    /** What was counted in all, given what the counter shows now. */
    long advance(long shown) {
        if (shown < last) {
            // From the upper half to the lower one it ran over; any other fall is a counter that was reset.
            full = last >= range / 2 && shown < range / 2 ? full + range : 0;
        }
        last = shown;
        return full + shown;
    }
}
