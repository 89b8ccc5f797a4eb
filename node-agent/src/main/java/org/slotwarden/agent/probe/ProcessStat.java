package org.slotwarden.agent.probe;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A process as {@code /proc/PID/stat} tells it (proc_pid_stat(5)). Times in clock ticks; the pair of
 * pid and start time names a process for as long as the node is up, a pid alone does not.
 *
 * @param name up to 15 bytes that the process chose itself: may hold anything
 * @param majorFaults pages that had to be read from a device, by the process itself
 * @param reapedMajorFaults those of children that it waited for
 * @param startTicks when it started, in clock ticks since boot
 * @param residentPages resident set size as this file tells it: lags behind by some per cent
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
        long majorFaults,
        long reapedMajorFaults,
        int threads,
        long startTicks,
        long residentPages) {

    private static final int FIRST_FIELD = 4;
    private static final int LAST_FIELD = 24;
    static final int FIELDS = LAST_FIELD + 1;

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
        return parse(text, length, null, new long[FIELDS]);
    }

    /**
     * @param before the same process as it was: its name is used again while it is the same
     * @param field room for the numbers, {@link #FIELDS} of them
     */
    static @Nullable ProcessStat parse(byte[] text, int length, @Nullable ProcessStat before, long[] field) {
        int open = 0;
        while (open < length && text[open] != '(') {
            open++;
        }
        // The name may hold blanks, newlines and parentheses: its end is the last parenthesis of all.
        int close = length - 1;
        while (close > open && text[close] != ')') {
            close--;
        }
        long pid = ProcText.unsigned(text, length, 0);
        if (pid < 0 || close <= open || close + FIRST_FIELD > length) {
            return null;
        }
        int at = close + 4;
        for (int f = FIRST_FIELD; f <= LAST_FIELD; f++) {
            boolean negative = at < length && text[at] == '-';
            long number = ProcText.unsigned(text, length, negative ? at + 1 : at);
            if (number < 0) {
                return null;
            }
            // Nothing that is counted here is below zero; kernels have been seen to say so nevertheless.
            field[f] = negative ? 0 : number;
            while (at < length && text[at] != ' ') {
                at++;
            }
            if (at >= length && f == LAST_FIELD) {
                return null; // cut off in the middle of a number, perhaps
            }
            at++;
        }
        return new ProcessStat(
                (int) pid,
                name(text, open + 1, close, before),
                (char) text[close + 2],
                (int) field[4],
                (int) field[6],
                field[14],
                field[15],
                field[16],
                field[17],
                field[12],
                field[13],
                (int) field[20],
                field[22],
                field[24]);
    }

    private static String name(byte[] text, int from, int to, @Nullable ProcessStat before) {
        if (before != null && before.name.length() == to - from) {
            int same = 0;
            while (same < to - from && text[from + same] == before.name.charAt(same)) {
                same++;
            }
            if (same == to - from) {
                return before.name;
            }
        }
        return new String(text, from, to - from, StandardCharsets.UTF_8);
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
