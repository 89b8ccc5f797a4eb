package org.slotwarden.agent.slot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.JobCgroup;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample.Membership;

/** Which processes are a job's: those in Slurm's cgroup for it, or else those of its process tree. */
public final class JobProcesses {

    private static final String STEP_DAEMON = "slurmstepd";

    private final Path cgroups;
    private final ProcessTree tree;
    private final @Nullable String slurmJob;
    private final Set<String> otherNodes;
    private @Nullable SlurmCgroup cgroup;

    /**
     * @param cgroups {@code /sys/fs/cgroup}
     * @param node this node's name for the batch system
     */
    public JobProcesses(ProcFiles proc, KernelUnits units, Path cgroups, HandOver handOver, JobFacts job, String node) {
        boolean slurm = job.getBatchSystem().equals("slurm");
        this.cgroups = cgroups;
        this.slurmJob = slurm ? job.getJobId() : null;
        this.otherNodes = new HashSet<>(job.getNodesList());
        otherNodes.remove(node);
        this.tree = new ProcessTree(
                proc,
                units.ticksPerSecond(),
                handOver.smallNumber("job_pid").orElse(0),
                handOver.time(),
                handOver.text("environment_mark"),
                job.hasUid() ? OptionalLong.of(job.getUid()) : OptionalLong.empty(),
                slurm ? node : null);
    }

    /** Goes on with processes that an earlier run of the agent knew: start time by pid. */
    public void remember(Map<Integer, Long> processes) {
        tree.remember(processes);
    }

    /** @param monitor our own pid: neither we nor our children are part of any job */
    public Collection<ProcessStat> find(ProcessTable table, int monitor) {
        if (slurmJob != null && cgroup == null) {
            cgroup = SlurmCgroup.find(cgroups, slurmJob, otherNodes);
        }
        if (cgroup == null) {
            return tree.find(table, monitor);
        }
        List<ProcessStat> members = new ArrayList<>();
        for (int pid : cgroup.pids()) {
            ProcessStat process = table.get(pid);
            if (process != null && !isStepDaemon(process, table) && !table.descends(process, monitor)) {
                members.add(process);
            }
        }
        return members;
    }

    /** The job's cgroup; null where there is none. */
    public @Nullable JobCgroup cgroup() {
        return cgroup == null ? null : cgroup.figures();
    }

    /** How the processes were found. */
    public Membership membership() {
        return cgroup == null ? Membership.PROCESS_TREE : Membership.CGROUP;
    }

    /** A daemon of Slurm's, not a program of the user's that calls itself so: those have one as an ancestor. */
    private static boolean isStepDaemon(ProcessStat process, ProcessTable table) {
        if (!process.name().equals(STEP_DAEMON)) {
            return false;
        }
        ProcessStat parent = table.get(process.parent());
        return parent == null || parent.pid() == 1 || !table.hasAncestorNamed(parent, STEP_DAEMON);
    }
}
