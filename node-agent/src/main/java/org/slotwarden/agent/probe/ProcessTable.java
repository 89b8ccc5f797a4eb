package org.slotwarden.agent.probe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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

    private static final Comparator<ProcessStat> PARENTS_FIRST =
            Comparator.comparingLong(ProcessStat::startTicks).thenComparingInt(ProcessStat::pid);

    private final ProcFiles proc;
    private final KeptFiles kept;
    private final PidMap<SeenProcess> seen = new PidMap<>();
    private final PidCursor pids;
    /** Processes of jobs, in the order in which they began. */
    private final List<SeenProcess> followed = new ArrayList<>();

    private boolean sorted = true;
    private List<ProcessStat> all = List.of();
    private @Nullable PidMap<List<ProcessStat>> byParent;
    private @Nullable PidMap<List<ProcessStat>> bySession;
    private final long[] fields = new long[ProcessStat.FIELDS];
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
            seen.removeIf(process -> {
                boolean left = process.look != look;
                if (left) {
                    process.gone();
                }
                return left;
            });
        } else {
            look++;
            seen.forEach(process -> {
                process.look = look;
                if (!process.isFollowed() && process.isDue(now)) {
                    readStat(process, now);
                }
            });
        }
        readFollowed(now);
        all = List.of();
        byParent = null;
        bySession = null;
        return this;
    }

    /**
     * Parents before their children: what a child consumed comes to its parent when it was waited for. Read in
     * the other order it would be counted at both.
     */
    private void readFollowed(long now) {
        followed.removeIf(process -> !process.isFollowed());
        if (!sorted) {
            followed.sort((one, other) -> PARENTS_FIRST.compare(one.stat, other.stat));
            sorted = true;
        }
        for (SeenProcess process : followed) {
            if (process.isDue(now)) {
                read(process, now);
            }
        }
    }

    /** The same processes in the order in which they are to be read. */
    static List<ProcessStat> parentsFirst(Collection<ProcessStat> processes) {
        List<ProcessStat> ordered = new ArrayList<>(processes);
        ordered.sort(PARENTS_FIRST);
        return ordered;
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
                if (proc.exhausted()) {
                    pids.forget(); // it lives, and nothing will tell of it
                }
                return;
            }
            process = new SeenProcess(stat, folderMs, now, look);
            seen.put(pid, process);
        } else if (process.statFile == null && pids.mayBeNew(pid) && folderChanged(process)
                || !process.isFollowed() && process.isDue(now)) {
            readStat(process, now);
        }
        process.look = look;
    }

    private boolean folderChanged(SeenProcess process) {
        return proc.lastModified(Integer.toString(process.stat.pid())) != process.folderMs;
    }

    private void read(SeenProcess process, long now) {
        if (sleeps(process)) {
            process.slept(now, look);
            return;
        }
        readStat(process, now);
        if (process.lacksSchedule()) {
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
                && stat.state() != 'R' // whoever runs is counted at ticks, which some cores seldom have
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

    /** Reads a process that was known; without another descriptor it stays as it was. */
    private void readStat(SeenProcess process, long now) {
        int pid = process.stat.pid();
        KeptFile file = process.statFile;
        if (file == null || !file.read(proc)) {
            if (file != null) {
                process.forgetFiles();
            }
            process.folderMs = proc.lastModified(Integer.toString(pid));
            if (!proc.read(pid + "/stat")) {
                if (!proc.exhausted()) {
                    process.gone();
                }
                return;
            }
        }
        ProcessStat stat = ProcessStat.parse(proc.bytes(), proc.length(), process.stat, fields);
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
        boolean first = process.follow(now, everyNanos);
        if (first) {
            followed.add(process);
            sorted = false;
        }
        if (everyNanos <= OFTEN_NANOS) {
            keepOpen(process);
        }
        if (first || process.readInLook != look) {
            // A first time it was read as a stranger, without its schedule.
            read(process, now);
        }
        return process.isFollowed() && process.stat.sameProcess(member) ? process : null;
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
            List<ProcessStat> now = new ArrayList<>(seen.size());
            seen.forEach(process -> now.add(process.stat));
            all = now;
        }
        return all;
    }

    /** The children of a process as of the last look. */
    public List<ProcessStat> children(int pid) {
        if (byParent == null) {
            byParent = index(ProcessStat::parent);
        }
        return at(byParent, pid);
    }

    /** The processes of a session as of the last look. */
    public List<ProcessStat> ofSession(int session) {
        if (bySession == null) {
            bySession = index(ProcessStat::session);
        }
        return at(bySession, session);
    }

    private PidMap<List<ProcessStat>> index(ToIntFunction<ProcessStat> key) {
        PidMap<List<ProcessStat>> index = new PidMap<>();
        seen.forEach(process -> {
            int pid = key.applyAsInt(process.stat);
            if (pid > 0) { // else the kernel's
                List<ProcessStat> list = index.get(pid);
                if (list == null) {
                    list = new ArrayList<>(2);
                    index.put(pid, list);
                }
                list.add(process.stat);
            }
        });
        return index;
    }

    private static List<ProcessStat> at(PidMap<List<ProcessStat>> index, int pid) {
        List<ProcessStat> list = index.get(pid);
        return list == null ? List.of() : list;
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
