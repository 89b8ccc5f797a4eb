package org.slotwarden.agent.probe;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Proportional set size of a job: memory that processes share is divided among them
 * ({@code /proc/PID/smaps_rollup}, kernel 4.14 and later). The kernel walks all of a process's pages for
 * it, some 10 ms a GB, holding its memory map: so this is done rarely, one process at a time, with pauses in
 * which the other thread does other things.
 */
final class SharedMemoryLook implements Runnable {

    private static final byte[] PSS = ProcText.word("Pss:");
    private static final long SHORT_NANOS = 1_000_000;
    private static final int PAUSE_FACTOR = 9;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    /**
     * @param bytes -1 when a living process hides it
     * @param nanos what reading took, without the pauses
     */
    record Result(long bytes, long nanos) {}

    private final ProcFiles proc;
    private final ArrayDeque<ProcessStat> left;
    private final SideWork side;
    private final Consumer<Result> over;
    private long bytes;
    private long took;

    /**
     * @param proc used by this look only
     * @param side where this runs, and is offered again after each pause
     * @param over gets the result, on a thread of {@code side}
     */
    SharedMemoryLook(ProcFiles proc, Collection<ProcessStat> processes, SideWork side, Consumer<Result> over) {
        this.proc = proc;
        this.left = new ArrayDeque<>(processes);
        this.side = side;
        this.over = over;
    }

    @Override
    public void run() {
        long nanos = 0;
        for (ProcessStat process = left.poll(); process != null; process = left.poll()) {
            long begin = System.nanoTime();
            long kib = read(proc, process.pid());
            long spent = System.nanoTime() - begin;
            nanos += spent;
            took += spent;
            ProcessStat now = ProcessStat.read(proc, process.pid());
            boolean same = now != null && now.sameProcess(process) && !now.ended();
            if (same && kib < 0 || proc.exhausted()) {
                over.accept(new Result(-1, took));
                return;
            }
            bytes += same ? kib << 10 : 0;
            if (nanos > SHORT_NANOS && !left.isEmpty()) {
                if (!side.offer(this, Math.min(LONGEST_PAUSE_NANOS, PAUSE_FACTOR * nanos))) {
                    over.accept(new Result(-1, took));
                }
                return;
            }
        }
        over.accept(new Result(bytes, took));
    }

    private static long read(ProcFiles proc, int pid) {
        return proc.read(pid + "/smaps_rollup") ? parse(proc.bytes(), proc.length()) : -1;
    }

    /** KiB; a process without memory (a thread of the kernel) has an empty file. */
    static long parse(byte[] text, int length) {
        return length == 0 ? 0 : ProcText.unsignedAfter(text, length, PSS);
    }
}
