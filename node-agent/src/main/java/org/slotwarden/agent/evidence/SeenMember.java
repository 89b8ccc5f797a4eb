package org.slotwarden.agent.evidence;

import org.slotwarden.agent.probe.ProcessStat;

/**
 * A process of the job, looked at twice.
 *
 * @param openFiles descriptors; -1 when not known
 */
record SeenMember(ProcessStat before, ProcessStat now, int openFiles) {

    int pid() {
        return now.pid();
    }

    /** Ticks of CPU time between the two looks. */
    long ticksSince() {
        return Math.max(0, now.userTicks() + now.systemTicks() - before.userTicks() - before.systemTicks());
    }

    SeenMember with(int descriptors) {
        return new SeenMember(before, now, descriptors);
    }
}
