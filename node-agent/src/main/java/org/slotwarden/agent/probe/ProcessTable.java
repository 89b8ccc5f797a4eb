package org.slotwarden.agent.probe;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All processes of the node at one moment, looked at once for all slots. */
public final class ProcessTable {

    private final Map<Integer, ProcessStat> byPid;

    private ProcessTable(Map<Integer, ProcessStat> byPid) {
        this.byPid = byPid;
    }

    public static ProcessTable scan(ProcFiles proc) {
        String[] names = proc.list("");
        Map<Integer, ProcessStat> byPid = new HashMap<>();
        if (names != null) {
            for (String name : names) {
                if (name.isEmpty() || name.charAt(0) < '0' || name.charAt(0) > '9') {
                    continue;
                }
                ProcessStat stat = proc.read(name + "/stat") ? ProcessStat.parse(proc.bytes(), proc.length()) : null;
                if (stat != null) {
                    byPid.put(stat.pid(), stat);
                }
            }
        }
        return new ProcessTable(byPid);
    }

    public @Nullable ProcessStat get(int pid) {
        return byPid.get(pid);
    }

    public Collection<ProcessStat> all() {
        return byPid.values();
    }

    /** True when the process is, or descends from, another one (by the parents that live now). */
    public boolean descends(ProcessStat process, int ancestor) {
        ProcessStat at = process;
        for (int depth = 0; at != null && depth < byPid.size(); depth++) {
            if (at.pid() == ancestor) {
                return true;
            }
            at = byPid.get(at.parent());
        }
        return false;
    }

    /** True when the process or one of its ancestors has this name. */
    public boolean hasAncestorNamed(ProcessStat process, String name) {
        ProcessStat at = process;
        for (int depth = 0; at != null && depth < byPid.size(); depth++) {
            if (at.name().equals(name)) {
                return true;
            }
            at = byPid.get(at.parent());
        }
        return false;
    }
}
