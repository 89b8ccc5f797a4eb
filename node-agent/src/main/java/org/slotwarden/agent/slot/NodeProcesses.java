package org.slotwarden.agent.slot;

import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;

/**
 * What tells the jobs of this node's processes, found once for all slots: what a slot costs must not grow
 * with the processes of the others. Used by one thread.
 */
public final class NodeProcesses {

    private final ProcessAge age;
    private final EnvironmentReads reads;
    private final ProcessEnvironments environments;
    private final ProcessGroups groups;

    public NodeProcesses(ProcFiles proc, KernelUnits units) {
        this.age = new ProcessAge(proc, units);
        this.reads = new EnvironmentReads(proc);
        this.environments = new ProcessEnvironments(reads, age);
        this.groups = new ProcessGroups(proc, age);
    }

    ProcessAge age() {
        return age;
    }

    EnvironmentReads reads() {
        return reads;
    }

    ProcessEnvironments environments() {
        return environments;
    }

    ProcessGroups groups() {
        return groups;
    }
}
