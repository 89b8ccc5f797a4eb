package org.slotwarden.agent.probe;

import org.jspecify.annotations.Nullable;

/**
 * How the scheduler treated one thread, from {@code /proc/PID/schedstat} (the first thread) or
 * {@code /proc/PID/task/TID/schedstat} (kernel documentation, scheduler/sched-stats).
 *
 * @param runNanos time on a core
 * @param waitNanos time in which it was ready to run and waited for a core
 * @param runs how often it got a core
 */
record ThreadSchedule(long runNanos, long waitNanos, long runs) {

    /** Null when the text is not whole, or the kernel does not count: it says 0 then, also of runs. */
    static @Nullable ThreadSchedule parse(byte[] text, int length) {
        int second = next(text, length, 0);
        int third = next(text, length, second);
        long run = ProcText.unsigned(text, length, 0);
        long wait = ProcText.unsigned(text, length, second);
        long runs = ProcText.unsigned(text, length, third);
        return run < 0 || wait < 0 || runs <= 0 ? null : new ThreadSchedule(run, wait, runs);
    }

    private static int next(byte[] text, int length, int position) {
        int at = position;
        while (at < length && text[at] != ' ') {
            at++;
        }
        return at + 1;
    }

    /** Nothing ran and nothing waited in between. */
    boolean sameAs(@Nullable ThreadSchedule before) {
        return before != null && runNanos == before.runNanos && waitNanos == before.waitNanos && runs == before.runs;
    }
}
