package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

    /** So long after its start a process may still exec the program that gets the mark. */
    private static final long SETTLED_SECONDS = 5;

    private static final long CLOCK_SLACK_SECONDS = 2;

    /** What only hooks of Slurm and of {@code local} have: they know the job, but are not part of it. */
    private static final List<String> HOOK_VARIABLES = List.of("SLURM_SCRIPT_CONTEXT=", "LOCAL_JOB_PID=");

    private static final String NODE_NAME = "SLURMD_NODENAME=";

    private final ProcFiles proc;
    private final long ticksPerSecond;
    private final int firstProcess;
    private final Instant handedOver;
    private final @Nullable EnvironmentMark mark;
    private final OptionalLong uid;
    private final @Nullable String node;
    /** Start time by pid. */
    private final Map<Integer, Long> members = new HashMap<>();

    private final Set<Integer> sessions = new HashSet<>();
    /** Processes without the mark, by pid: their environment is not read again. */
    private final Map<Integer, Long> strangers = new HashMap<>();

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
            long ticksPerSecond,
            int firstProcess,
            Instant handedOver,
            @Nullable EnvironmentMark mark,
            OptionalLong uid,
            @Nullable String node) {
        this.proc = proc;
        this.ticksPerSecond = ticksPerSecond;
        this.firstProcess = firstProcess;
        this.handedOver = handedOver;
        this.mark = mark;
        this.uid = uid;
        this.node = node;
    }

    /** The job's processes in a new table; the monitor itself and its children never belong. */
    Collection<ProcessStat> find(ProcessTable table, int monitor) {
        Map<Integer, List<ProcessStat>> children = new HashMap<>();
        for (ProcessStat process : table.all()) {
            children.computeIfAbsent(process.parent(), p -> new ArrayList<>()).add(process);
        }
        ArrayDeque<ProcessStat> queue = new ArrayDeque<>();
        Set<Integer> liveSessions = new HashSet<>();
        for (ProcessStat process : table.all()) {
            liveSessions.add(process.session());
            if (belongs(process, table)) {
                queue.add(process);
            }
        }
        Map<Integer, ProcessStat> now = new HashMap<>();
        while (!queue.isEmpty()) {
            ProcessStat process = queue.remove();
            if (process.pid() != monitor && now.putIfAbsent(process.pid(), process) == null) {
                queue.addAll(children.getOrDefault(process.pid(), List.of()));
            }
        }
        now.values().removeIf(process -> table.descends(process, monitor));
        members.clear();
        now.values().forEach(process -> members.put(process.pid(), process.startTicks()));
        strangers.keySet().removeIf(pid -> table.get(pid) == null);
        // A session's number is a pid, free for others once the session is empty.
        sessions.retainAll(liveSessions);
        now.values().stream().filter(p -> p.session() == p.pid()).forEach(p -> sessions.add(p.pid()));
        return List.copyOf(now.values());
    }

    private boolean belongs(ProcessStat process, ProcessTable table) {
        Long known = members.get(process.pid());
        if (known != null && known == process.startTicks()) {
            return true;
        }
        if (process.pid() == firstProcess && !firstSeen) {
            firstSeen = true;
            return startedBefore(process, handedOver);
        }
        return sessions.contains(process.session()) || hasMark(process);
    }

    private boolean hasMark(ProcessStat process) {
        Long stranger = strangers.get(process.pid());
        if (mark == null || (stranger != null && stranger == process.startTicks())) {
            return false;
        }
        String environment = proc.text(process.pid() + "/environ");
        boolean marked = environment != null && environmentIsOurs(environment) && isUsers(process.pid());
        if (!marked && ageSeconds(process) > SETTLED_SECONDS) {
            strangers.put(process.pid(), process.startTicks());
        }
        return marked;
    }

    /** The first process lived when the hook named it; what is younger only got its pid. */
    private boolean startedBefore(ProcessStat process, Instant moment) {
        return ageSeconds(process) + CLOCK_SLACK_SECONDS
                > Duration.between(moment, Instant.now()).toSeconds();
    }

    private double ageSeconds(ProcessStat process) {
        String uptime = proc.text("uptime");
        double seconds = uptime == null ? 0 : Double.parseDouble(uptime.split(" ", 2)[0]);
        return seconds - (double) process.startTicks() / ticksPerSecond;
    }

    private boolean environmentIsOurs(String environment) {
        boolean marked = false;
        for (String variable : environment.split("\0", -1)) {
            if (HOOK_VARIABLES.stream().anyMatch(variable::startsWith)) {
                return false;
            }
            if (node != null && variable.startsWith(NODE_NAME) && !variable.equals(NODE_NAME + node)) {
                return false;
            }
            marked |= mark != null && mark.matches(variable);
        }
        return marked;
    }

    private boolean isUsers(int pid) {
        if (uid.isEmpty()) {
            return true;
        }
        try {
            Object owner = Files.getAttribute(proc.path(Integer.toString(pid)), "unix:uid");
            return owner instanceof Integer number && number == uid.getAsLong();
        } catch (IOException e) {
            return false;
        }
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
