package org.slotwarden.agent.order;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.KillResult;
import org.slotwarden.wire.v1.OrderResult;

/**
 * Ends a job's processes on this node, and no other. First what the job was doing is looked at and told. Then all get
 * SIGTERM, also those that appear while the grace lasts; a stopped one is continued, or it could not act on it. Then
 * all are stopped, and looked for again until nobody new is there, so that what forks cannot outrun us; then killed,
 * until none is left. A process that was once found to be the job's stays so, whatever it does to look like another's.
 */
final class Kill implements Work {

    /** Told of how far it came. */
    interface Progress {
        /** Nothing is done to the job before this returns. */
        void begun(@Nullable Evidence evidence);

        /**
         * The first signal comes next.
         *
         * @throws IOException when that cannot be written down: then none is sent
         */
        void firstSignal() throws IOException;
    }

    private enum Phase {
        LOOKING,
        GRACE,
        STOPPING,
        KILLING
    }

    static final long PATIENCE_FOR_EVIDENCE = 3_000_000_000L;

    /** What forks faster than it can be stopped comes to its limit of processes within this. */
    private static final long PATIENCE_FOR_STOPPING = 10_000_000_000L;

    static final long PATIENCE_FOR_KILLING = 60_000_000_000L;

    /** Looks take a fifth of the thread that also samples, at most. */
    private static final int PAUSE_PER_LOOK = 4;

    private static final int EMPTY_LOOKS = 3;
    private static final long PAUSE_OF_EMPTY_LOOKS = 50_000_000L;
    private static final long LEAST_PAUSE_IN_GRACE = 200_000_000L;
    private static final long LEAST_PAUSE = 10_000_000L;
    private static final long MOST_PAUSE = 2_000_000_000L;

    private static final class Known {
        private final ProcessStat process;
        private boolean stopped;

        Known(ProcessStat process) {
            this.process = process;
        }
    }

    private final Supplier<List<ProcessStat>> members;
    private final ProcFiles proc;
    private final ProcessSignals signals;
    private final int monitor;
    private final long graceNanos;
    private final long patienceNanos;
    private final Progress progress;
    private Phase phase;
    private long due;
    private long deadline;
    private long stopUntil;
    private @Nullable Evidence evidence;
    private boolean resumed;
    private long firstSignal;
    /** Those that were signalled and live, by pid. */
    private final Map<Integer, Known> known = new HashMap<>();

    private int emptyLooks;
    private long lastGone;
    private int notSignalled;
    private int processes;
    private int endedByTerm;
    private int killed;

    /**
     * @param members the job's processes as found just now
     * @param monitor the guardian's pid, or our own
     * @param patienceNanos so long after the grace what still lives is left
     */
    Kill(
            Supplier<List<ProcessStat>> members,
            ProcFiles proc,
            ProcessSignals signals,
            int monitor,
            long graceNanos,
            long patienceNanos,
            Progress progress) {
        this.members = members;
        this.proc = proc;
        this.signals = signals;
        this.monitor = monitor;
        this.graceNanos = graceNanos;
        this.patienceNanos = patienceNanos;
        this.progress = progress;
        this.phase = Phase.LOOKING;
        this.deadline = System.nanoTime() + PATIENCE_FOR_EVIDENCE;
        this.due = deadline;
    }

    /** What the job was doing is known: nothing is waited for any more. */
    void looked(Evidence what) {
        evidence = what;
        due = System.nanoTime();
    }

    /**
     * Goes on where an earlier run of the agent stopped: its grace is not begun anew, and whoever lives then is not
     * told a second time.
     *
     * @param elapsedNanos since its first signal
     */
    void resume(long elapsedNanos) {
        long now = System.nanoTime();
        long elapsed = Math.clamp(elapsedNanos, 0, graceNanos);
        resumed = true;
        phase = Phase.GRACE;
        firstSignal = now - Math.max(0, elapsedNanos);
        deadline = now + graceNanos - elapsed;
        due = now;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public OrderResult.@Nullable Builder jobEnded() {
        return null; // what is left of its processes is ended all the same
    }

    @Override
    public OrderResult.@Nullable Builder step(long now) {
        if (phase == Phase.LOOKING) {
            progress.begun(evidence);
            try {
                progress.firstSignal();
            } catch (IOException e) {
                return Results.failed("Nothing was done: the order cannot be written down: " + e.getMessage());
            }
            phase = Phase.GRACE;
            firstSignal = System.nanoTime();
            deadline = firstSignal + graceNanos;
        }
        List<ProcessStat> living = living();
        if (living.isEmpty()) {
            return gone();
        }
        emptyLooks = 0;
        if (phase == Phase.GRACE && System.nanoTime() - deadline >= 0) {
            deadline = System.nanoTime() + patienceNanos;
            stopFirst();
        } else if (phase != Phase.GRACE && System.nanoTime() - deadline >= 0) {
            return left(living);
        }
        notSignalled = 0;
        switch (phase) {
            case LOOKING, GRACE -> terminate(living, now);
            case STOPPING -> stop(living, now);
            case KILLING -> kill(living, now);
        }
        return null;
    }

    /** What forks and ends again and again may be between two of its processes at the moment of a look. */
    private OrderResult.@Nullable Builder gone() {
        if (emptyLooks++ == 0) {
            lastGone = System.nanoTime();
        }
        if (processes == 0) {
            return ended(OrderResult.State.DONE, "No process of the job was found on this node", 0);
        }
        if (emptyLooks > EMPTY_LOOKS) {
            return ended(OrderResult.State.DONE, "", 0);
        }
        due = System.nanoTime() + PAUSE_OF_EMPTY_LOOKS * emptyLooks;
        return null;
    }

    private void stopFirst() {
        phase = Phase.STOPPING;
        stopUntil = System.nanoTime() + PATIENCE_FOR_STOPPING;
    }

    private void terminate(List<ProcessStat> living, long began) {
        for (ProcessStat process : living) {
            if (!known.containsKey(process.pid()) && (resumed || send(process, ProcessSignals.TERM))) {
                know(process);
                if (process.state() == 'T' && !resumed) {
                    send(process, ProcessSignals.CONT);
                }
            }
        }
        resumed = false;
        due = Math.min(deadline, afterPause(began, LEAST_PAUSE_IN_GRACE));
    }

    private void stop(List<ProcessStat> living, long began) {
        boolean fresh = false;
        for (ProcessStat process : living) {
            Known one = known.get(process.pid());
            if ((one == null || !one.stopped) && send(process, ProcessSignals.STOP)) {
                one = one == null ? know(process) : one;
                one.stopped = true;
                fresh = true;
            }
        }
        due = System.nanoTime();
        if (!fresh || due - stopUntil >= 0) {
            phase = Phase.KILLING;
            kill(living, began);
        }
    }

    private void kill(List<ProcessStat> living, long began) {
        for (ProcessStat process : living) {
            if (!known.containsKey(process.pid())) {
                stopFirst(); // it escaped until now, and may have company
            }
            if (send(process, ProcessSignals.KILL) && !known.containsKey(process.pid())) {
                know(process);
            }
        }
        due = afterPause(began, LEAST_PAUSE);
    }

    private static long afterPause(long began, long least) {
        long now = System.nanoTime();
        return now + Math.clamp((now - began) * PAUSE_PER_LOOK, least, MOST_PAUSE);
    }

    private Known know(ProcessStat process) {
        Known one = new Known(process);
        known.put(process.pid(), one);
        processes++;
        return one;
    }

    private boolean send(ProcessStat process, int signal) {
        ProcessSignals.Sent sent = signals.send(process, signal);
        notSignalled += sent == ProcessSignals.Sent.FAILED ? 1 : 0;
        return sent == ProcessSignals.Sent.SENT;
    }

    /** All of the job that lives: as found now, and whoever was found before and lives. */
    private List<ProcessStat> living() {
        Map<Integer, ProcessStat> living = new LinkedHashMap<>();
        for (ProcessStat member : members.get()) {
            ProcessStat now = asItIs(member);
            if (now != null) {
                living.put(now.pid(), now);
            }
        }
        known.values().removeIf(one -> {
            ProcessStat now = asItIs(one.process);
            if (now != null) {
                living.put(now.pid(), now);
            } else if (phase == Phase.GRACE) {
                endedByTerm++;
            } else {
                killed++;
            }
            return now == null;
        });
        return new ArrayList<>(living.values());
    }

    private @Nullable ProcessStat asItIs(ProcessStat process) {
        if (process.pid() <= 1
                || process.pid() == monitor
                || process.pid() == ProcessHandle.current().pid()) {
            return null; // whatever finds these among a job's processes is wrong
        }
        ProcessStat now = ProcessStat.read(proc, Integer.toString(process.pid()));
        return now != null && now.sameProcess(process) && lives(now) ? now : null;
    }

    /** One whose first thread has ended is told as a zombie while its other threads go on. */
    private static boolean lives(ProcessStat process) {
        return !process.ended() || process.threads() > 1;
    }

    private OrderResult.Builder left(List<ProcessStat> living) {
        StringBuilder detail = new StringBuilder();
        detail.append(living.size()).append(" of ").append(Math.max(processes, living.size()));
        detail.append(notSignalled == living.size() ? " cannot be signalled:" : " still there after SIGKILL:");
        for (ProcessStat process : living.subList(0, Math.min(5, living.size()))) {
            detail.append(" process ")
                    .append(process.pid())
                    .append(" (state ")
                    .append(process.state())
                    .append(')');
        }
        return ended(OrderResult.State.FAILED, detail.toString(), living.size());
    }

    private OrderResult.Builder ended(OrderResult.State state, String detail, int left) {
        return Results.of(state, detail)
                .setKill(KillResult.newBuilder()
                        .setProcesses(processes)
                        .setEndedByTerm(endedByTerm)
                        .setKilled(killed)
                        .setLeft(left)
                        .setTookSeconds(((left == 0 ? lastGone : System.nanoTime()) - firstSignal) / 1e9));
    }
}
