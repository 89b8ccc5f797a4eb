package org.slotwarden.agent.order;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;

/**
 * Signals to a process and to no other that gets its pid: pidfd_open(2) holds on to whoever has the pid now, its start
 * time says whether that is still the one meant, pidfd_send_signal(2) reaches it or nobody. The kernel must be 5.3 or
 * later. Loading this costs a tenth of a second and some megabytes (decision 11), so it is loaded when the first job is
 * killed. Used by one thread.
 */
final class ProcessSignals {

    static final int KILL = 9;
    static final int TERM = 15;
    static final int CONT = 18;
    static final int STOP = 19;

    /** Numbers of system calls that came after 2019 are the same everywhere (syscalls(2)). */
    private static final long PIDFD_SEND_SIGNAL = 424;

    private static final long PIDFD_OPEN = 434;

    private static final int ESRCH = 3;

    /** Signals cannot be sent from here; the message is for people. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    enum Sent {
        SENT,
        /** It has ended, or another process has its pid. */
        GONE,
        /** It lives, and may not be signalled by us, or not now. */
        FAILED
    }

    private final ProcFiles proc;
    private final MethodHandle syscall;
    private final MethodHandle close;
    private final MemorySegment state;
    private final long errno;

    private ProcessSignals(ProcFiles proc) {
        Linker linker = Linker.nativeLinker();
        this.proc = proc;
        this.syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        this.close = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        this.state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
        this.errno = Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));
    }

    /**
     * @param proc where start times are read
     * @throws Unavailable where the kernel has no pidfd, or does not let us use it
     */
    static ProcessSignals open(ProcFiles proc) throws Unavailable {
        try {
            ProcessSignals signals = new ProcessSignals(proc);
            long self = signals.call(PIDFD_OPEN, ProcessHandle.current().pid(), 0);
            if (self < 0) {
                throw new Unavailable(
                        "this node's kernel has no pidfd_open (Linux 5.3), without which a signal may reach another process");
            }
            signals.close(self);
            return signals;
        } catch (RuntimeException | LinkageError e) {
            throw new Unavailable("Java cannot call the kernel: " + e);
        }
    }

    /** @param process the one that is meant, by pid and start time */
    Sent send(ProcessStat process, int signal) {
        long descriptor = call(PIDFD_OPEN, process.pid(), 0);
        if (descriptor < 0) {
            return errno() == ESRCH ? Sent.GONE : Sent.FAILED;
        }
        try {
            ProcessStat now = ProcessStat.read(proc, Integer.toString(process.pid()));
            if (now == null || !now.sameProcess(process)) {
                return Sent.GONE;
            }
            if (call(PIDFD_SEND_SIGNAL, descriptor, signal) == 0) {
                return Sent.SENT;
            }
            return errno() == ESRCH ? Sent.GONE : Sent.FAILED;
        } finally {
            close(descriptor);
        }
    }

    private int errno() {
        return state.get(ValueLayout.JAVA_INT, errno);
    }

    private long call(long number, long first, long second) {
        try {
            return (long) syscall.invokeExact(state, number, first, second, 0L, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("a system call cannot be made", e);
        }
    }

    private void close(long descriptor) {
        try {
            int closed = (int) close.invokeExact((int) descriptor);
            assert closed == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("a descriptor cannot be closed", e);
        }
    }
}
