package org.slotwarden.agent.diagnostics;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.OpenFiles;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.wire.v1.AgentStatus;

/** What this process consumes, from {@code /proc/self}. Not thread-safe. */
final class OwnProcess {

    /** The proportional set size costs a millisecond: the kernel looks at every page. */
    private static final long PSS_EVERY = Duration.ofMinutes(10).toNanos();

    private final ProcFiles proc;
    private final KernelUnits units;
    private final OpenFiles openFiles;
    private OptionalLong pssBytes = OptionalLong.empty();
    private @Nullable Long pssReadAt;

    OwnProcess(ProcFiles proc, KernelUnits units) {
        this.proc = proc;
        this.units = units;
        this.openFiles = new OpenFiles(proc);
    }

    void into(AgentStatus.Builder status) {
        ProcessStat stat = ProcessStat.read(proc, "self");
        if (stat != null) {
            status.setCpuSeconds(units.seconds(stat.userTicks() + stat.systemTicks()))
                    .setThreads(stat.threads());
        }
        if (proc.read("self/status")) {
            kib("VmRSS:").ifPresent(status::setMemoryRssBytes);
        }
        int descriptors = openFiles.count("self");
        if (descriptors >= 0) {
            status.setOpenFiles(descriptors);
        }
        long now = System.nanoTime();
        if (pssReadAt == null || now - pssReadAt > PSS_EVERY) {
            pssReadAt = now;
            pssBytes = proc.read("self/smaps_rollup") ? kib("Pss:") : OptionalLong.empty();
        }
        pssBytes.ifPresent(status::setMemoryPssBytes);
    }

    private OptionalLong kib(String key) {
        OptionalLong kib = ProcText.numberAfter(proc.bytes(), proc.length(), key);
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() << 10) : kib;
    }
}
