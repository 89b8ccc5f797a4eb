package org.slotwarden.agent.probe;

import java.util.List;

/**
 * Proportional set size of a job: memory that processes share is divided among them
 * ({@code /proc/PID/smaps_rollup}, kernel 4.14 and later). The kernel walks all of a process's pages for
 * it, some 10 ms a GB, holding its memory map: so this is done rarely, one process at a time, with pauses.
 */
final class SharedMemoryLook {

    private static final byte[] PSS = ProcText.word("Pss:");
    private static final long SHORT_NANOS = 1_000_000;
    private static final int PAUSE_FACTOR = 9;
    private static final long LONGEST_PAUSE_MS = 1000;

    private SharedMemoryLook() {}

    /** @return bytes, or -1 when a living process hides it; and the time that reading took */
    static Result take(ProcFiles proc, List<ProcessStat> processes) {
        long bytes = 0;
        long took = 0;
        for (ProcessStat process : processes) {
            long begin = System.nanoTime();
            long kib = read(proc, process.pid());
            long nanos = System.nanoTime() - begin;
            took += nanos;
            ProcessStat now = ProcessStat.read(proc, process.pid());
            boolean same = now != null && now.sameProcess(process) && !now.ended();
            if (same && kib < 0 || proc.exhausted()) {
                return new Result(-1, took);
            }
            bytes += same ? kib << 10 : 0;
            if (nanos > SHORT_NANOS) {
                try {
                    Thread.sleep(Math.min(LONGEST_PAUSE_MS, PAUSE_FACTOR * nanos / 1_000_000));
                } catch (InterruptedException e) {
                    return new Result(-1, took);
                }
            }
        }
        return new Result(bytes, took);
    }

    record Result(long bytes, long nanos) {}

    private static long read(ProcFiles proc, int pid) {
        return proc.read(pid + "/smaps_rollup") ? parse(proc.bytes(), proc.length()) : -1;
    }

    /** KiB; a process without memory (a thread of the kernel) has an empty file. */
    static long parse(byte[] text, int length) {
        return length == 0 ? 0 : ProcText.unsignedAfter(text, length, PSS);
    }
}
