package org.slotwarden.agent.evidence;

import org.slotwarden.agent.probe.ProcessStat;

/**
 * A process of the job, looked at twice.
 *
 * @param now at the second look
 * @param ticksSince CPU time between the two looks
 * @param openFiles descriptors; -1 when not known
 */
record SeenMember(ProcessStat now, long ticksSince, int openFiles) {

    int pid() {
        return now.pid();
    }
}
