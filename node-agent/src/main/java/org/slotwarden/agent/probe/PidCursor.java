package org.slotwarden.agent.probe;

import java.io.IOException;
import java.nio.file.Files;

/**
 * Which pids the kernel may have given away since the last look. It gives them in rising order and begins
 * again at the top ({@code /proc/loadavg} tells the last one and how many tasks there are, {@code /proc/stat}
 * how many were made), so between two looks only a stretch of them can have become another process. Pids
 * that it gave to a fork which then failed are not counted: after many of these a process may be taken for
 * the one before it until it is read the next time, within a minute.
 */
final class PidCursor {

    private static final String DEVICE = "unix:dev";
    private static final byte[] FORKS = ProcText.word("processes ");

    private final ProcFiles proc;
    private final long pidMax;
    private final boolean told;
    private long forks = -1;
    private int from;
    private int to;
    private long tasks = -1;
    private boolean all = true;

    PidCursor(ProcFiles proc) {
        this.proc = proc;
        String max = proc.text("sys/kernel/pid_max");
        this.pidMax = max == null ? -1 : ProcText.unsigned(ProcText.word(max), max.length(), 0);
        this.told = isKernels(proc);
    }

    /** In a container another program may tell it (lxcfs): of the whole machine, or some seconds late. */
    private static boolean isKernels(ProcFiles proc) {
        try {
            return Files.getAttribute(proc.path("loadavg"), DEVICE).equals(Files.getAttribute(proc.path("."), DEVICE));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * To be called before the pids are listed.
     *
     * @return false when no process or thread was made or has ended since the look before
     */
    boolean look() {
        long tasksBefore = tasks;
        from = to;
        readLoad();
        if (to > 0 && to == from && tasks > 0 && tasks == tasksBefore) {
            return false;
        }
        long forksBefore = forks;
        forks = proc.read("stat") ? ProcText.unsignedAfter(proc.bytes(), proc.length(), FORKS) : -1;
        all = forksBefore < 0 || forks < 0 || from <= 0 || to <= 0 || forks - forksBefore > (pidMax - tasks) / 2;
        return true;
    }

    /** The last look came to nothing: the next one is not to rely on it. */
    void forget() {
        to = -1;
    }

    /** Whether a pid that was seen at the look before may be another process's now. */
    boolean mayBeNew(int pid) {
        return all || (from <= to ? pid > from && pid <= to : pid > from || pid <= to);
    }

    private void readLoad() {
        to = -1;
        tasks = -1;
        if (told && proc.read("loadavg")) {
            byte[] text = proc.bytes();
            int at = proc.length() - 1;
            while (at > 0 && text[at - 1] != ' ') {
                at--;
            }
            to = (int) ProcText.unsigned(text, proc.length(), at);
            while (at > 0 && text[at - 1] != '/') {
                at--;
            }
            tasks = ProcText.unsigned(text, proc.length(), at);
        }
    }
}
