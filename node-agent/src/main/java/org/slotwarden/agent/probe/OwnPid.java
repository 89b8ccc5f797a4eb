package org.slotwarden.agent.probe;

import java.util.OptionalLong;

/**
 * The number by which a process knows itself: its pid in the innermost PID namespace, the last in the line
 * {@code NSpid} of {@code /proc/PID/status} (proc_pid_status(5), Linux 4.1).
 */
public final class OwnPid {

    private static final byte[] LINE = ProcText.word("NSpid:");

    private OwnPid() {}

    /** Empty when the process is gone, or another one has its pid. */
    public static OptionalLong read(ProcFiles proc, int pid, long startTicks) {
        OptionalLong own = proc.read(pid + "/status") ? parse(proc.bytes(), proc.length()) : OptionalLong.empty();
        ProcessStat now = own.isEmpty() ? null : ProcessStat.read(proc, pid);
        return now != null && now.startTicks() == startTicks ? own : OptionalLong.empty();
    }

    static OptionalLong parse(byte[] text, int length) {
        for (int at = 0; at < length; at = ProcText.nextLine(text, length, at)) {
            if (ProcText.startsWith(text, length, at, LINE)) {
                int end = Math.min(length, ProcText.nextLine(text, length, at) - 1);
                int last = end;
                while (last > at && text[last - 1] >= '0' && text[last - 1] <= '9') {
                    last--;
                }
                return ProcText.number(text, end, last);
            }
        }
        return OptionalLong.empty();
    }
}
