package org.slotwarden.agent.send;

import java.util.Collection;
import org.slotwarden.wire.v1.AgentStatus;

/** What waits to be sent, as the agent's own status tells it. Thread-safe. */
final class Backlog {

    private final SpoolSpace space;
    private long givenUpBefore;

    Backlog(SpoolSpace space) {
        this.space = space;
    }

    /** A spool will not be asked any more. */
    synchronized void removed(Spool spool) {
        givenUpBefore += spool.samplesGivenUp();
    }

    /** @param nodeBytes what samples of the node take */
    synchronized AgentStatus into(AgentStatus.Builder status, Collection<Spool> spools, long nodeBytes) {
        long bytes = nodeBytes + space.parkedBytes();
        long givenUp = givenUpBefore + space.givenUp();
        int slots = 0;
        long reports = space.parkedReports();
        long oldest = Long.MAX_VALUE;
        for (Spool spool : spools) {
            slots++;
            bytes += spool.bytes();
            givenUp += spool.samplesGivenUp();
            reports += spool.size();
            oldest = Math.min(oldest, spool.oldestMs().orElse(Long.MAX_VALUE));
        }
        if (oldest != Long.MAX_VALUE) {
            status.setLagSeconds(Math.max(0, (status.getTimeMs() - oldest) / 1e3));
        }
        return status.setSlots(slots)
                .setSpoolBytes(bytes)
                .setReportsWaiting((int) Math.min(reports, Integer.MAX_VALUE))
                .setSamplesGivenUp(givenUp)
                .build();
    }
}
