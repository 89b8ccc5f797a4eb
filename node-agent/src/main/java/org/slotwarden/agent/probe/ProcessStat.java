package org.slotwarden.agent.probe;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A process as {@code /proc/PID/stat} tells it (proc_pid_stat(5)). Times in clock ticks; the pair of
 * pid and start time names a process for as long as the node is up, a pid alone does not.
 *
 * @param name up to 15 bytes that the process chose itself: may hold anything
 * @param startTicks when it started, in clock ticks since boot
 */
public record ProcessStat(
        int pid,
        String name,
        char state,
        int parent,
        int session,
        long userTicks,
        long systemTicks,
        long reapedUserTicks,
        long reapedSystemTicks,
        int threads,
        long startTicks) {

    private static final int FIRST_FIELD = 4;
    private static final int LAST_FIELD = 22;

    /** Null when there is no such process (any more). */
    static @Nullable ProcessStat read(ProcFiles proc, int pid) {
        return read(proc, Integer.toString(pid));
    }

    /** @param pid a number, or {@code self} */
    public static @Nullable ProcessStat read(ProcFiles proc, String pid) {
        return proc.read(pid + "/stat") ? parse(proc.bytes(), proc.length()) : null;
    }

    /** Null when the text is not whole. */
    static @Nullable ProcessStat parse(byte[] text, int length) {
        int open = -1;
        int close = -1;
        // The name may hold blanks, newlines and parentheses: its end is the last parenthesis of all.
        for (int i = 0; i < length; i++) {
            if (text[i] == '(' && open < 0) {
                open = i;
            } else if (text[i] == ')') {
                close = i;
            }
        }
        if (open < 0 || close < open || close + 4 > length) {
            return null;
        }
        long[] field = new long[LAST_FIELD + 1];
        int at = close + 4;
        for (int f = FIRST_FIELD; f <= LAST_FIELD; f++) {
            var number = ProcText.number(text, length, at);
            if (number.isEmpty()) {
                return null;
            }
            field[f] = number.getAsLong();
            while (at < length && text[at] != ' ') {
                at++;
            }
            if (at >= length && f == LAST_FIELD) {
                return null; // cut off in the middle of a number, perhaps
            }
            at++;
        }
        var pid = ProcText.number(text, length, 0);
        if (pid.isEmpty()) {
            return null;
        }
        return new ProcessStat(
                (int) pid.getAsLong(),
                new String(text, open + 1, close - open - 1, StandardCharsets.UTF_8),
                (char) text[close + 2],
                (int) field[4],
                (int) field[6],
                field[14],
                field[15],
                field[16],
                field[17],
                (int) field[20],
                field[22]);
    }

    /** Ended, but not yet reaped by its parent: holds nothing any more but its counters. */
    public boolean ended() {
        return state == 'Z' || state == 'X';
    }

    /** The same process, not another one that got its pid. */
    public boolean sameProcess(ProcessStat other) {
        return pid == other.pid && startTicks == other.startTicks;
    }
}
