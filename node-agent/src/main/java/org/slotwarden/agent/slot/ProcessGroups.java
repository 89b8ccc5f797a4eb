package org.slotwarden.agent.slot;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;

/**
 * Supplementary groups of the node's processes, from {@code /proc/PID/status}: read once for all slots, and
 * again only while a process is so young that its batch system may still be setting it up.
 */
public final class ProcessGroups {

    private static final String LINE = "\nGroups:";

    /** After that a process has become the program that it is to be. */
    private static final long SETTLED_SECONDS = 5;

    private record Known(long startTicks, String groups, boolean settled) {}

    private final ProcFiles proc;
    private final long ticksPerSecond;
    private final Map<Integer, Known> known = new HashMap<>();

    public ProcessGroups(ProcFiles proc, KernelUnits units) {
        this.proc = proc;
        this.ticksPerSecond = units.ticksPerSecond();
    }

    /** True when a process has a group. */
    boolean has(ProcessStat process, long gid) {
        Known before = known.get(process.pid());
        if (before == null || !before.settled || before.startTicks != process.startTicks()) {
            before = new Known(process.startTicks(), read(process.pid()), isSettled(process));
            known.put(process.pid(), before);
        }
        return before.groups.contains(" " + gid + " ");
    }

    /** Forgets processes that are gone. */
    void retain(ProcessTable table) {
        if (known.size() > 2 * table.size()) {
            known.keySet().removeIf(pid -> table.get(pid) == null);
        }
    }

    private String read(int pid) {
        String status = proc.text(pid + "/status");
        return status == null ? "" : parse(status);
    }

    /** The numbers, each between blanks. The name in the first line may hold anything but a newline. */
    static String parse(String status) {
        int at = status.indexOf(LINE);
        int end = at < 0 ? -1 : status.indexOf('\n', at + 1);
        return end < 0 ? "" : " " + status.substring(at + LINE.length(), end).strip() + " ";
    }

    private boolean isSettled(ProcessStat process) {
        @Nullable String uptime = proc.text("uptime");
        double seconds = uptime == null ? 0 : Double.parseDouble(uptime.split(" ", 2)[0]);
        return seconds - (double) process.startTicks() / ticksPerSecond > SETTLED_SECONDS;
    }
}
