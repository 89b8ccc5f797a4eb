package org.slotwarden.agent.order;

import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.OrderResult;

/** What is being done for one order, in steps that do not wait. Used by the thread that owns the slots. */
interface Work {

    /**
     * Does what is due.
     *
     * @param now on the clock of {@link System#nanoTime}
     * @return what came of the order; null while it goes on
     */
    OrderResult.@Nullable Builder step(long now);

    /** When the next step is due, on the clock of {@link System#nanoTime}. */
    long due();

    /** The job has ended: what came of the order; null where there is something left to do. */
    OrderResult.@Nullable Builder jobEnded();
}
