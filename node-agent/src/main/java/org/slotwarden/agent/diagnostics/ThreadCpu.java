package org.slotwarden.agent.diagnostics;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;

/**
 * CPU time of the thread that asks, from {@code /proc/thread-self/schedstat} (kernel documentation,
 * scheduler/sched-stats). Java's own way would need the module java.management.
 */
public final class ThreadCpu {

    private final ProcFiles proc;

    public ThreadCpu(ProcFiles proc) {
        this.proc = proc;
    }

    /** Empty when the kernel does not count. */
    public OptionalDouble seconds() {
        // The kernel brings the figure of the thread that runs up to date when the process's times are read
        // (thread_group_cputime() in kernel/sched/cputime.c). Without it the figure is that of the last tick.
        proc.read("self/stat");
        if (!proc.read("thread-self/schedstat")) {
            return OptionalDouble.empty();
        }
        OptionalLong nanos = ProcText.number(proc.bytes(), proc.length(), 0);
        return nanos.isPresent() ? OptionalDouble.of(nanos.getAsLong() / 1e9) : OptionalDouble.empty();
    }
}
