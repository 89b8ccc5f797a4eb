package org.slotwarden.agent.slot;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.SideWork;

/**
 * Reads environments of processes ({@code /proc/PID/environ}) without being held up: the kernel takes the
 * lock of the process's memory map for it (environ_read() in fs/proc/base.c), and a process may hang with
 * that lock held. So another thread reads and is waited for a moment. A thread that is stuck is left alone
 * with its process, which nobody asks meanwhile, and a fresh one goes on with the others. Asked by one
 * thread.
 */
final class EnvironmentReads {

    /** How the file is read, into the buffer that is given. */
    interface Source {
        /** False when the process is gone, or hides it. */
        boolean read(ProcFiles into, int pid);
    }

    /** Makes of a file's bytes what is wanted of it; called by another thread. */
    interface Parser<T> {
        T parse(byte[] text, int length);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentReads.class);

    /** That long the one who asks waits: in all, within a second, since the slots ask one after the other. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long A_WHILE = TimeUnit.SECONDS.toNanos(1);

    /** What takes longer is taken for stuck. Ordinarily it takes some 10 microseconds. */
    private static final long STUCK = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MOST_STUCK = 16;

    private final ProcFiles proc;
    private final Source source;
    private final SideWork side = new SideWork(STUCK, MOST_STUCK);
    /** What threads are stuck with: start time by pid. */
    private final Map<Integer, Long> stuck = new HashMap<>();

    private final ArrayDeque<ProcFiles> spare = new ArrayDeque<>();
    private long whileBegan = System.nanoTime();
    private long waited;
    private boolean saidStuck;

    EnvironmentReads(ProcFiles proc) {
        this(proc, (into, pid) -> into.read(pid + "/environ"));
    }

    EnvironmentReads(ProcFiles proc, Source source) {
        this.proc = proc;
        this.source = source;
    }

    /**
     * Reads what can be read at once. Of a process that is not told nothing is known yet: it may be asked for
     * again.
     *
     * @param none what is told of a process that is gone, or hides it
     * @param enough true for what makes further processes needless
     * @param told called on the thread that asks, before this returns
     */
    <T> void read(
            Collection<ProcessStat> asked,
            T none,
            Parser<T> parser,
            Predicate<T> enough,
            BiConsumer<ProcessStat, T> told) {
        Round<T> round = new Round<>(none, parser, enough);
        for (ProcessStat process : asked) {
            if (!isStuck(process)) {
                round.left.add(process);
            }
        }
        long began = System.nanoTime();
        if (began - whileBegan > A_WHILE) {
            whileBegan = began;
            waited = 0;
        }
        if (round.left.isEmpty() || waited >= PATIENCE || !side.offer(round)) {
            return;
        }
        round.await(began + PATIENCE - waited);
        waited += System.nanoTime() - began;
        round.tell(told);
    }

    private synchronized boolean isStuck(ProcessStat process) {
        Long start = stuck.get(process.pid());
        return start != null && start == process.startTicks();
    }

    private synchronized void stuckWith(ProcessStat process) {
        stuck.put(process.pid(), process.startTicks());
        if (!saidStuck) {
            saidStuck = true;
            LOG.warn("process {} does not let its environment be read, such are passed over", process.pid());
        }
    }

    private synchronized void cameBack(ProcessStat process) {
        stuck.remove(process.pid(), process.startTicks());
    }

    private synchronized void giveBack(ProcFiles files) {
        spare.push(files);
    }

    /** Each thread needs a buffer of its own. */
    private synchronized ProcFiles files() {
        ProcFiles files = spare.poll();
        return files == null ? proc.forAnotherThread() : files;
    }

    /** Some processes, read by one thread, and by the next one where that is stuck. */
    private final class Round<T> implements Runnable {

        private record Told<T>(ProcessStat process, T value) {}

        private final T none;
        private final Parser<T> parser;
        private final Predicate<T> enough;
        private final ArrayDeque<ProcessStat> left = new ArrayDeque<>();
        private final ArrayDeque<Told<T>> read = new ArrayDeque<>();
        private @Nullable ProcessStat reading;
        private long since = System.nanoTime();
        /** Whose turn it is: a thread that was taken for stuck finds another number. */
        private int turn;

        private boolean over;

        Round(T none, Parser<T> parser, Predicate<T> enough) {
            this.none = none;
            this.parser = parser;
            this.enough = enough;
        }

        @Override
        public void run() {
            ProcFiles files = files();
            int mine = begin();
            for (ProcessStat process = next(mine); process != null; process = next(mine)) {
                T value = none;
                try {
                    if (source.read(files, process.pid())) {
                        value = parser.parse(files.bytes(), files.length());
                    }
                } finally {
                    done(mine, process, value);
                }
            }
            giveBack(files);
        }

        private synchronized int begin() {
            return ++turn;
        }

        private synchronized @Nullable ProcessStat next(int mine) {
            if (mine != turn || over) {
                return null;
            }
            reading = left.poll();
            since = System.nanoTime();
            if (reading == null) {
                over = true;
                notifyAll();
            }
            return reading;
        }

        private synchronized void done(int mine, ProcessStat process, T value) {
            if (mine != turn) {
                cameBack(process); // too late for this round
                return;
            }
            reading = null;
            if (!over) {
                read.add(new Told<>(process, value));
                over = enough.test(value);
                if (over) {
                    notifyAll();
                }
            }
        }

        synchronized void await(long deadline) {
            while (!over) {
                long now = System.nanoTime();
                boolean late = now - deadline >= 0;
                if (late || now - since >= STUCK) {
                    since = now;
                    if (reading != null) {
                        stuckWith(reading);
                        reading = null;
                        turn++;
                    }
                    over = late || left.isEmpty() || !side.offer(this);
                } else {
                    try {
                        TimeUnit.NANOSECONDS.timedWait(this, Math.min(deadline, since + STUCK) - now);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        over = true;
                    }
                }
            }
        }

        synchronized void tell(BiConsumer<ProcessStat, T> told) {
            read.forEach(one -> told.accept(one.process, one.value));
        }
    }
}
