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
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample.Membership;

/**
 * Which processes are a job's: those in Slurm's cgroup for it; or those with the group that the batch system
 * gave it; or else those of its process tree, with what carries the job's mark in its environment.
 */
public final class JobProcesses {

    private static final String STEP_DAEMON = "slurmstepd";

    /** Looks at every sample in the beginning; a node without cgroups is not walked through for ever. */
    private static final int EAGER_LOOKS = 15;

    private static final int LAZY_LOOKS = 10;

    /** Members that are asked for their cgroup in one look. */
    private static final int ASKED = 20;

    private final ProcFiles proc;
    private final Path cgroups;
    private final NodeProcesses all;
    private final @Nullable SupplementaryGroup group;
    private final ProcessTree tree;
    private final boolean marked;
    private final OptionalLong uid;
    private final @Nullable String slurmJob;
    private final Set<String> otherNodes;
    private @Nullable SlurmCgroup cgroup;
    private int looks;
    private boolean byGroup;

    /**
     * @param cgroups {@code /sys/fs/cgroup}
     * @param all what tells the jobs of this node's processes
     * @param node this node's name for the batch system
     */
    public JobProcesses(
            ProcFiles proc,
            KernelUnits units,
            Path cgroups,
            NodeProcesses all,
            HandOver handOver,
            JobFacts job,
            String node) {
        this.uid = job.hasUid() ? OptionalLong.of(job.getUid()) : OptionalLong.empty();
        boolean slurm = job.getBatchSystem().equals("slurm");
        this.proc = proc;
        this.cgroups = cgroups;
        this.all = all;
        this.group = SupplementaryGroup.of(handOver);
        EnvironmentMark mark = EnvironmentMark.of(handOver);
        this.marked = mark != null;
        this.slurmJob = slurm ? job.getJobId() : null;
        this.otherNodes = new HashSet<>(job.getNodesList());
        otherNodes.remove(node);
        this.tree = new ProcessTree(
                proc, all, handOver.smallNumber("job_pid").orElse(0), handOver.time(), mark, uid, slurm ? node : null);
    }

    /** Goes on with processes that an earlier run of the agent knew: start time by pid. */
    public void remember(Map<Integer, Long> processes) {
        tree.remember(processes);
    }

    /** @param monitor our own pid: neither we nor our children are part of any job */
    public Collection<ProcessStat> find(ProcessTable table, int monitor) {
        byGroup = false;
        lookForCgroup();
        if (cgroup == null) {
            List<ProcessStat> ofGroup = ofGroup(table, monitor);
            if (!ofGroup.isEmpty()) {
                byGroup = true;
                tree.remember(ofGroup);
                return ofGroup;
            }
            Collection<ProcessStat> found = tree.find(table, monitor);
            askForCgroup(found);
            if (cgroup == null) {
                return found;
            }
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

    /** By the job's id in its name. It may come again: Slurm removes it with the last step. */
    private void lookForCgroup() {
        if (slurmJob == null || (cgroup != null && cgroup.exists())) {
            return;
        }
        looks++;
        if (looks <= EAGER_LOOKS || looks % LAZY_LOOKS == 0) {
            SlurmCgroup found = SlurmCgroup.find(cgroups, slurmJob, otherNodes);
            cgroup = found == null ? cgroup : found;
        }
    }

    /** Under a name that does not hold the job's id: its marked processes know where they are. */
    private void askForCgroup(Collection<ProcessStat> members) {
        if (slurmJob == null) {
            return;
        }
        int asked = 0;
        for (ProcessStat member : members) {
            if (cgroup != null || ++asked > ASKED) {
                return;
            }
            String text = proc.text(member.pid() + "/cgroup");
            cgroup = text == null ? null : SlurmCgroup.ofMember(cgroups, text, otherNodes);
        }
    }

    private List<ProcessStat> ofGroup(ProcessTable table, int monitor) {
        OptionalLong gid = group == null ? OptionalLong.empty() : group.gid();
        if (gid.isEmpty()) {
            return List.of();
        }
        return all.groups().with(gid.getAsLong(), table).stream()
                .filter(process -> !table.descends(process, monitor))
                .toList();
    }

    /** The job's cgroup; null where there is none. */
    public @Nullable JobCgroup cgroup() {
        return cgroup == null ? null : cgroup.figures();
    }

    /** How the processes were found. */
    public Membership membership() {
        if (cgroup != null) {
            return Membership.CGROUP;
        }
        if (byGroup) {
            return Membership.SUPPLEMENTARY_GROUP;
        }
        return marked ? Membership.ENVIRONMENT : Membership.PROCESS_TREE;
    }

    /** A daemon of Slurm's, not a program of the user's that calls itself so: that is the user's, or has one as an ancestor. */
    private boolean isStepDaemon(ProcessStat process, ProcessTable table) {
        if (!process.name().equals(STEP_DAEMON) || runsAs(process.pid(), uid)) {
            return false;
        }
        ProcessStat parent = table.get(process.parent());
        return parent == null || parent.pid() == 1 || !table.hasAncestorNamed(parent, STEP_DAEMON);
    }

    /** Whether its real user is this one, and that is not root, as daemons are. Whom a folder in /proc belongs to a process can change. */
    private boolean runsAs(int pid, OptionalLong user) {
        if (user.orElse(0) == 0 || !proc.read(pid + "/status")) {
            return false;
        }
        return ProcText.numberAfter(proc.bytes(), proc.length(), "Uid:").equals(user);
    }
}
