package org.slotwarden.agent.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/**
 * A job's processes where no cgroup holds them: the first process and everything that descends from it.
 * Once a member, always a member, also after the parent is gone. An orphan that was never seen with its
 * parent is known by its session (made by a member) or by a mark in its environment.
 */
final class ProcessTree {

    private static final long CLOCK_SLACK_SECONDS = 2;

    private final ProcFiles proc;
    private final NodeProcesses all;
    private final int firstProcess;
    private final Instant handedOver;
    private final @Nullable EnvironmentMark mark;
    private final OptionalLong uid;
    private final @Nullable String node;
    /** Start time by pid. */
    private final Map<Integer, Long> members = new HashMap<>();

    private final Set<Integer> sessions = new HashSet<>();
    private boolean firstSeen;

    /**
     * @param firstProcess pid of the job's first process, 0 when not known
     * @param handedOver when the hook named that process
     * @param mark what the job's processes have in their environment
     * @param uid the job's user: a process with the mark must be this user's (hooks carry marks, too)
     * @param node where the environment names a node of Slurm, it must be this one
     */
    ProcessTree(
            ProcFiles proc,
            NodeProcesses all,
            int firstProcess,
            Instant handedOver,
            @Nullable EnvironmentMark mark,
            OptionalLong uid,
            @Nullable String node) {
        this.proc = proc;
        this.all = all;
        this.firstProcess = firstProcess;
        this.handedOver = handedOver;
        this.mark = mark;
        this.uid = uid;
        this.node = node;
    }

    /** The job's processes in a new table; the monitor itself and its children never belong. */
    Collection<ProcessStat> find(ProcessTable table, int monitor) {
        ArrayDeque<ProcessStat> queue = new ArrayDeque<>();
        members.forEach((pid, startTicks) -> {
            ProcessStat process = table.get(pid);
            if (process != null && process.startTicks() == startTicks) {
                queue.add(process);
            }
        });
        addFirst(table, queue);
        sessions.forEach(session -> queue.addAll(table.ofSession(session)));
        addMarked(table, queue);
        Map<Integer, ProcessStat> now = HashMap.newHashMap(members.size() + 1);
        while (!queue.isEmpty()) {
            ProcessStat process = queue.remove();
            if (process.pid() != monitor && now.putIfAbsent(process.pid(), process) == null) {
                queue.addAll(table.children(process.pid()));
            }
        }
        now.values().removeIf(process -> !isMember(process) && table.descends(process, monitor));
        // A session's number is a pid, free for others once the session is empty.
        sessions.removeIf(session -> table.ofSession(session).isEmpty());
        for (ProcessStat process : now.values()) {
            if (process.session() == process.pid()) {
                sessions.add(process.pid());
            }
        }
        if (!areMembers(now)) {
            remember(now.values());
        }
        return now.values();
    }

    private boolean isMember(ProcessStat process) {
        Long startTicks = members.get(process.pid());
        return startTicks != null && startTicks == process.startTicks();
    }

    private boolean areMembers(Map<Integer, ProcessStat> now) {
        if (now.size() != members.size()) {
            return false;
        }
        for (ProcessStat process : now.values()) {
            if (!isMember(process)) {
                return false;
            }
        }
        return true;
    }

    private void addFirst(ProcessTable table, Collection<ProcessStat> to) {
        ProcessStat first = firstSeen ? null : table.get(firstProcess);
        if (first != null) {
            firstSeen = true;
            if (startedBefore(first, handedOver)) {
                to.add(first);
            }
        }
    }

    private void addMarked(ProcessTable table, Collection<ProcessStat> to) {
        if (mark == null) {
            return;
        }
        ProcessEnvironments environments = all.environments();
        for (ProcessStat process : environments.with(mark, table)) {
            if (!members.containsKey(process.pid())
                    && (node == null || environments.isOnNode(process, node))
                    && isUsers(process.pid())) {
                to.add(process);
            }
        }
    }

    /** The first process lived when the hook named it; what is younger only got its pid. */
    private boolean startedBefore(ProcessStat process, Instant moment) {
        return all.age().seconds(process, all.age().uptime()) + CLOCK_SLACK_SECONDS
                > Duration.between(moment, Instant.now()).toSeconds();
    }

    private boolean isUsers(int pid) {
        if (uid.isEmpty()) {
            return true;
        }
        return proc.belongsTo(pid, uid.getAsLong());
    }

    /** Processes that an earlier run of the agent knew as the job's: start time by pid. */
    void remember(Map<Integer, Long> processes) {
        members.putAll(processes);
    }

    /** Processes that are known to be the job's by other means. */
    void remember(Collection<ProcessStat> processes) {
        members.clear();
        processes.forEach(process -> members.put(process.pid(), process.startTicks()));
    }
}
