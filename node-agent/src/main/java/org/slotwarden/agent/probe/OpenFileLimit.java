package org.slotwarden.agent.probe;

import java.util.OptionalLong;

/** The soft limit of open files (RLIMIT_NOFILE) out of {@code /proc/PID/limits} (proc_pid_limits(5)). */
public final class OpenFileLimit {

    private static final byte[] LINE_START = ProcText.word("Max open files");
    private static final byte[] UNLIMITED = ProcText.word("unlimited");

    private OpenFileLimit() {}

    /** That of a process; empty when there is none, or it cannot be read. */
    public static OptionalLong of(ProcFiles proc, int pid) {
        long limit = proc.read(pid + "/limits") ? parse(proc.bytes(), proc.length()) : -1;
        return limit < 0 || limit == Integer.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** -1 when it is not told; {@link Integer#MAX_VALUE} when there is none. */
    static long parse(byte[] text, int length) {
        for (int at = 0; at < length; at = ProcText.nextLine(text, length, at)) {
            if (ProcText.startsWith(text, length, at, LINE_START)) {
                int value = ProcText.skipBlanks(text, length, at + LINE_START.length);
                return ProcText.startsWith(text, length, value, UNLIMITED)
                        ? Integer.MAX_VALUE
                        : ProcText.unsigned(text, length, value);
            }
        }
        return -1;
    }
}
