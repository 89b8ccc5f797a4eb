package org.slotwarden.agent.probe;

/**
 * Which pids the kernel may have given away since the last look. It gives them in rising order and begins
 * again at the top ({@code /proc/loadavg} tells the last one, {@code /proc/stat} how many processes and
 * threads were made), so between two looks only a stretch of them can have become another process. Pids
 * that it gave to a fork which then failed are not counted: after many of these a process may be taken for
 * the one before it until it is read the next time, within a minute.
 */
final class PidCursor {

    private static final byte[] FORKS = ProcText.word("processes ");

    private final ProcFiles proc;
    private final long pidMax;
    private long forks = -1;
    private int from;
    private int to;
    private boolean all = true;

    PidCursor(ProcFiles proc) {
        this.proc = proc;
        String max = proc.text("sys/kernel/pid_max");
        this.pidMax = max == null ? -1 : ProcText.unsigned(ProcText.word(max), max.length(), 0);
    }

    /** To be called before the pids are listed. */
    void look() {
        long forksBefore = forks;
        from = to;
        to = lastPid();
        forks = proc.read("stat") ? ProcText.unsignedAfter(proc.bytes(), proc.length(), FORKS) : -1;
        all = forksBefore < 0 || forks < 0 || from <= 0 || to <= 0 || forks - forksBefore > pidMax / 2;
    }

    /** Whether a pid that was seen at the look before may be another process's now. */
    boolean mayBeNew(int pid) {
        return all || (from <= to ? pid > from && pid <= to : pid > from || pid <= to);
    }

    private int lastPid() {
        if (!proc.read("loadavg")) {
            return -1;
        }
        int at = proc.length() - 1;
        while (at > 0 && proc.bytes()[at - 1] != ' ') {
            at--;
        }
        return (int) ProcText.unsigned(proc.bytes(), proc.length(), at);
    }
}
