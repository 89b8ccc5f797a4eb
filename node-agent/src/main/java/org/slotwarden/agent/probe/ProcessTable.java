package org.slotwarden.agent.probe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All processes of the node, looked at once for all slots. It stays from one look to the next, so that a
 * look costs little. The folder is listed only when the kernel made or ended a process or thread. Of a
 * job's process that was not given a core since the read before (its {@code schedstat} is as it was) no
 * more than that is read, but for every tenth time. Strangers are read again only when their pid may have
 * become another process's (the kernel gave it away again, and the folder {@code /proc/PID} was made
 * anew, which its time of modification tells), while they are young, and once a minute. Not thread-safe.
 */
public final class ProcessTable {

    /** Files stay open where they are read at least so often. */
    private static final long OFTEN_NANOS = 60_000_000_000L;

    /** Looks that pass before a sleeper's {@code stat} is read nevertheless. */
    private static final int TRUSTED = 10;

    private final ProcFiles proc;
    private final KeptFiles kept;
    private final PidMap<SeenProcess> seen = new PidMap<>();
    private final PidCursor pids;
    private List<ProcessStat> all = List.of();
    private @Nullable Map<Integer, List<ProcessStat>> byParent;
    private @Nullable Map<Integer, List<ProcessStat>> bySession;
    private int look;

    public ProcessTable(ProcFiles proc, KeptFiles kept) {
        this.proc = proc;
        this.kept = kept;
        this.pids = new PidCursor(proc);
    }

    /** One look that nothing remains of. */
    public static ProcessTable scan(ProcFiles proc) {
        return new ProcessTable(proc, new KeptFiles(0)).refresh();
    }

    /**
     * Looks again. When the folder cannot be listed (no descriptor is left) all stays as it was: an empty
     * table would say that all jobs are gone.
     */
    public ProcessTable refresh() {
        long now = System.nanoTime();
        if (pids.look() || seen.size() == 0) {
            String[] names = proc.list("");
            if (names == null) {
                pids.forget();
                return this;
            }
            look++;
            for (String name : names) {
                int pid = pid(name);
                if (pid > 0) {
                    look(pid, now);
                }
            }
            removeGone(now);
        } else {
            look++;
            seen.forEach(process -> {
                process.look = look;
                if (process.isDue(now)) {
                    read(process, now);
                }
            });
        }
        all = List.of();
        byParent = null;
        bySession = null;
        return this;
    }

    private void removeGone(long now) {
        int before = seen.size();
        seen.removeIf(process -> {
            boolean gone = process.look != look;
            if (gone) {
                process.forgetFiles();
            }
            return gone;
        });
        if (seen.size() < before) {
            // An orphan has another parent now, also when it sleeps on.
            seen.forEach(process -> {
                if (process.isFollowed() && process.unread() > 0 && !hasItsParent(process.stat)) {
                    readStat(process, now);
                }
            });
        }
    }

    /** Number of the look, so that others can tell whether what they derived from it is still good. */
    public int look() {
        return look;
    }

    private void look(int pid, long now) {
        SeenProcess process = seen.get(pid);
        if (process == null) {
            long folderMs = proc.lastModified(Integer.toString(pid));
            ProcessStat stat = ProcessStat.read(proc, pid);
            if (stat == null) {
                return;
            }
            process = new SeenProcess(stat, folderMs, now, look);
            seen.put(pid, process);
        } else if (process.isDue(now) || process.statFile == null && pids.mayBeNew(pid) && folderChanged(process)) {
            read(process, now);
        }
        process.look = look;
    }

    private boolean folderChanged(SeenProcess process) {
        return proc.lastModified(Integer.toString(process.stat.pid())) != process.folderMs;
    }

    private void read(SeenProcess process, long now) {
        if (process.isFollowed() && sleeps(process)) {
            process.slept(now, look);
            return;
        }
        readStat(process, now);
        if (process.isFollowed() && process.lacksSchedule()) {
            // Its other threads have ended. In this order, so that no run falls in between.
            process.schedule = schedule(process);
            readStat(process, now);
        }
    }

    private boolean sleeps(SeenProcess process) {
        ProcessStat stat = process.stat;
        ThreadSchedule before = process.schedule;
        process.schedule = stat.ended() || stat.threads() != 1 ? null : schedule(process);
        return process.schedule != null
                && process.schedule.sameAs(before)
                && process.unread() < TRUSTED
                && hasItsParent(stat);
    }

    private @Nullable ThreadSchedule schedule(SeenProcess process) {
        KeptFile file = process.scheduleFile;
        // Where the open one gives nothing the process is gone.
        return (file == null ? proc.read(process.stat.pid() + "/schedstat") : file.read(proc))
                ? ThreadSchedule.parse(proc.bytes(), proc.length())
                : null;
    }

    private boolean hasItsParent(ProcessStat stat) {
        SeenProcess parent = seen.get(stat.parent());
        return parent == null ? stat.parent() == 0 : parent.stat.startTicks() <= stat.startTicks();
    }

    /** Reads a process that was known; what cannot be read although it is listed stays as it was. */
    private void readStat(SeenProcess process, long now) {
        int pid = process.stat.pid();
        KeptFile file = process.statFile;
        if (file == null || !file.read(proc)) {
            if (file != null) {
                process.forgetFiles();
            }
            process.folderMs = proc.lastModified(Integer.toString(pid));
            if (!proc.read(pid + "/stat")) {
                return;
            }
        }
        ProcessStat stat = ProcessStat.parse(proc.bytes(), proc.length(), process.stat);
        if (stat != null && stat.pid() == pid) {
            process.read(stat, now, look);
        }
    }

    /**
     * A job's process as it is now. From now on it is read with every look.
     *
     * @param everyNanos time between two samples of its job, 0 when not known yet
     * @return null when it is gone
     */
    @Nullable
    SeenProcess follow(ProcessStat member, long everyNanos) {
        long now = System.nanoTime();
        SeenProcess process = seen.get(member.pid());
        if (process == null) {
            // Not from this table, or younger than the look.
            ProcessStat stat = ProcessStat.read(proc, member.pid());
            return stat != null && stat.sameProcess(member) ? new SeenProcess(stat, 0, now, look) : null;
        }
        boolean first = !process.isFollowed();
        process.followed(now, everyNanos);
        if (everyNanos <= OFTEN_NANOS) {
            keepOpen(process);
        }
        if (first || process.readInLook != look) {
            // A first time it was read as a stranger, without its schedule.
            read(process, now);
        }
        return process.stat.sameProcess(member) ? process : null;
    }

    private void keepOpen(SeenProcess process) {
        if (process.scheduleFile == null && process.stat.threads() == 1) {
            process.scheduleFile = kept.open(proc, process.stat.pid() + "/schedstat");
        }
        if (process.statFile == null) {
            process.statFile = kept.open(proc, process.stat.pid() + "/stat");
        }
    }

    private static int pid(String name) {
        int pid = 0;
        for (int i = 0; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || pid > (Integer.MAX_VALUE - 9) / 10) {
                return -1;
            }
            pid = pid * 10 + digit;
        }
        return pid;
    }

    /** The process that has a pid; null when there was none at the last look. */
    public @Nullable ProcessStat get(int pid) {
        SeenProcess process = seen.get(pid);
        return process == null ? null : process.stat;
    }

    /** All processes as of the last look. */
    public Collection<ProcessStat> all() {
        if (all.size() != seen.size()) {
            all = seen.values().stream().map(process -> process.stat).toList();
        }
        return all;
    }

    /** The children of a process as of the last look. */
    public List<ProcessStat> children(int pid) {
        if (byParent == null) {
            byParent = index(ProcessStat::parent);
        }
        return byParent.getOrDefault(pid, List.of());
    }

    /** The processes of a session as of the last look. */
    public List<ProcessStat> ofSession(int session) {
        if (bySession == null) {
            bySession = index(ProcessStat::session);
        }
        return bySession.getOrDefault(session, List.of());
    }

    private Map<Integer, List<ProcessStat>> index(ToIntFunction<ProcessStat> key) {
        Map<Integer, List<ProcessStat>> index = new HashMap<>();
        for (ProcessStat process : all()) {
            index.computeIfAbsent(key.applyAsInt(process), k -> new ArrayList<>(2))
                    .add(process);
        }
        return index;
    }

    /** How many there are. */
    public int size() {
        return seen.size();
    }

    /** True when the process is, or descends from, another one (by the parents that live now). */
    public boolean descends(ProcessStat process, int ancestor) {
        ProcessStat at = process;
        for (int depth = 0; at != null && depth < seen.size(); depth++) {
            if (at.pid() == ancestor) {
                return true;
            }
            at = get(at.parent());
        }
        return false;
    }

    /** True when the process or one of its ancestors has this name. */
    public boolean hasAncestorNamed(ProcessStat process, String name) {
        ProcessStat at = process;
        for (int depth = 0; at != null && depth < seen.size(); depth++) {
            if (at.name().equals(name)) {
                return true;
            }
            at = get(at.parent());
        }
        return false;
    }
}
