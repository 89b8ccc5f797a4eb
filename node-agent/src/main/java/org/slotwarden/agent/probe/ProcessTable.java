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
 * look costs little: of a job's processes the file {@code stat} stays open, and strangers are read again
 * only when their pid may have become another process's (the kernel gave it away again, and the folder
 * {@code /proc/PID} was made anew, which its time of modification tells), while they are young, and once a
 * minute. Not thread-safe.
 */
public final class ProcessTable {

    /** So long a process may become another program, and go to another parent or session. */
    private static final long YOUNG_NANOS = 10_000_000_000L;

    private static final long OLD_NANOS = 60_000_000_000L;

    /** Files stay open where they are read at least so often. */
    private static final long OFTEN_NANOS = 60_000_000_000L;

    private final ProcFiles proc;
    private final KeptFiles kept;
    private final PidMap<Seen> seen = new PidMap<>();
    private final PidCursor pids;
    private List<ProcessStat> all = List.of();
    private @Nullable Map<Integer, List<ProcessStat>> byParent;
    private @Nullable Map<Integer, List<ProcessStat>> bySession;
    private int look;

    /** One process. */
    private static final class Seen {
        private ProcessStat stat;
        private long folderMs;
        private final long firstNanos;
        private long readNanos;
        private int look;
        private int readInLook;
        private @Nullable KeptFile file;
        private long followedNanos;
        /** Time between two samples of its job; 0: nobody's, as far as we know. */
        private long everyNanos;

        Seen(ProcessStat stat, long folderMs, long now) {
            this.stat = stat;
            this.folderMs = folderMs;
            this.firstNanos = now;
        }

        boolean isOld(long now) {
            if (everyNanos > 0 && now - followedNanos > 3 * everyNanos + OLD_NANOS) {
                // Its job's slot has ended: a stranger again.
                everyNanos = 0;
                forgetFile();
            }
            if (everyNanos > 0) {
                return now - readNanos > everyNanos / 2;
            }
            return now - firstNanos < YOUNG_NANOS || now - readNanos > OLD_NANOS;
        }

        void forgetFile() {
            if (file != null) {
                file.close();
                file = null;
            }
        }
    }

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
        String[] names = proc.list("");
        if (names == null) {
            return this;
        }
        look++;
        pids.look();
        long now = System.nanoTime();
        for (String name : names) {
            int pid = pid(name);
            if (pid > 0) {
                look(pid, now);
            }
        }
        seen.removeIf(process -> {
            boolean gone = process.look != look;
            if (gone) {
                process.forgetFile();
            }
            return gone;
        });
        all = List.of();
        byParent = null;
        bySession = null;
        return this;
    }

    /** Number of the look, so that others can tell whether what they derived from it is still good. */
    public int look() {
        return look;
    }

    private void look(int pid, long now) {
        Seen process = seen.get(pid);
        if (process == null) {
            long folderMs = proc.lastModified(Integer.toString(pid));
            ProcessStat stat = ProcessStat.read(proc, pid);
            if (stat == null) {
                return;
            }
            process = new Seen(stat, folderMs, now);
            process.readNanos = now;
            process.readInLook = look;
            seen.put(pid, process);
        } else if (process.isOld(now) || process.file == null && pids.mayBeNew(pid) && folderChanged(process)) {
            read(process, now);
        }
        process.look = look;
    }

    private boolean folderChanged(Seen process) {
        return proc.lastModified(Integer.toString(process.stat.pid())) != process.folderMs;
    }

    /** Reads a process that was known; what cannot be read although it is listed stays as it was. */
    private void read(Seen process, long now) {
        int pid = process.stat.pid();
        KeptFile file = process.file;
        if (file == null || !file.read(proc)) {
            process.forgetFile();
            process.folderMs = proc.lastModified(Integer.toString(pid));
            if (!proc.read(pid + "/stat")) {
                return;
            }
        }
        ProcessStat stat = ProcessStat.parse(proc.bytes(), proc.length(), process.stat);
        if (stat == null || stat.pid() != pid) {
            return;
        }
        if (!stat.sameProcess(process.stat)) {
            process.forgetFile();
            process.everyNanos = 0;
        }
        process.stat = stat;
        process.readNanos = now;
        process.readInLook = look;
    }

    /**
     * A job's process as it is now. From now on it is read with every look.
     *
     * @param everyNanos time between two samples of its job, 0 when not known yet
     * @return null when it is gone
     */
    @Nullable
    ProcessStat follow(ProcessStat member, long everyNanos) {
        Seen process = seen.get(member.pid());
        if (process == null) {
            // Not from this table, or younger than the look.
            ProcessStat stat = ProcessStat.read(proc, member.pid());
            return stat != null && stat.sameProcess(member) ? stat : null;
        }
        long now = System.nanoTime();
        if (process.file == null && everyNanos <= OFTEN_NANOS) {
            process.file = kept.open(proc, member.pid() + "/stat");
        }
        if (process.readInLook != look) {
            read(process, now);
        }
        process.followedNanos = now;
        process.everyNanos = Math.max(1, everyNanos);
        return process.stat.sameProcess(member) ? process.stat : null;
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
        Seen process = seen.get(pid);
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
