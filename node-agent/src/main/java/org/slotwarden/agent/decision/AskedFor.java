package org.slotwarden.agent.decision;

import java.util.EnumSet;
import java.util.Set;
import org.slotwarden.wire.v1.JobSample;

/** Releases what the portal asks for: a flag was raised there, or an admin wants to look closer. */
final class AskedFor implements Trigger {

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Set<SlotEvent.Type> events() {
        return EnumSet.of(SlotEvent.Type.ASKED);
    }

    @Override
    public Opinion decide(SlotEvent event) {
        return event instanceof SlotEvent.Asked asked
                ? Opinion.release(JobSample.Reason.ASKED, asked.fromMs(), asked.toMs())
                : Opinion.NONE;
    }
}
