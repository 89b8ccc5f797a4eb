package org.slotwarden.agent.order;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import org.slotwarden.agent.log.LogDetail;
import org.slotwarden.wire.v1.LogLevelOrder;
import org.slotwarden.wire.v1.OrderResult;

/** Writes more into the log of this process, for some time or until the job ends. */
final class MoreLog implements Work {

    private final LogDetail detail;
    private final long until;

    MoreLog(LogLevelOrder asked) {
        detail = LogDetail.begin(asked.getLevel() == LogLevelOrder.Level.TRACE ? Level.TRACE : Level.DEBUG);
        until = System.nanoTime() + TimeUnit.SECONDS.toNanos(asked.getForSeconds());
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        if (now - until < 0) {
            return null;
        }
        detail.over();
        return Results.of(OrderResult.State.DONE);
    }

    @Override
    public long due() {
        return until;
    }

    @Override
    public OrderResult.Builder jobEnded() {
        detail.over();
        return Results.of(OrderResult.State.DONE, "The job has ended");
    }
}
