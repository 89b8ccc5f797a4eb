package org.slotwarden.agent.slot;

import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;

/** How long processes have lived, by the kernel's own clock ({@code /proc/uptime}). */
final class ProcessAge {

    private final ProcFiles proc;
    private final long ticksPerSecond;

    ProcessAge(ProcFiles proc, KernelUnits units) {
        this.proc = proc;
        this.ticksPerSecond = units.ticksPerSecond();
    }

    /** Seconds since boot; 0 when that cannot be read. */
    double uptime() {
        String uptime = proc.text("uptime");
        return uptime == null ? 0 : Double.parseDouble(uptime.split(" ", 2)[0]);
    }

    /** Age of a process in seconds at a moment that {@link #uptime} gave. */
    double seconds(ProcessStat process, double uptime) {
        return uptime - (double) process.startTicks() / ticksPerSecond;
    }
}
