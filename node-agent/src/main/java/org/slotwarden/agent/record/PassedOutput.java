package org.slotwarden.agent.record;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.agent.probe.ProcessStat;

/**
 * Bytes of standard output that went through the process that passes them on: what it wrote since the
 * command began, by the kernel's count ({@code wchar} of {@code /proc/PID/io}).
 */
final class PassedOutput {

    private final ProcFiles proc;
    private final @Nullable ProcessStat counter;
    private final long before;

    /** @param pid of that process, 0 when there is none */
    PassedOutput(ProcFiles proc, int pid) {
        this.proc = proc;
        this.counter = pid == 0 ? null : ProcessStat.read(proc, Integer.toString(pid));
        this.before = written().orElse(0);
    }

    /** Empty when nothing passes, or nobody knows how much. */
    OptionalLong bytes() {
        OptionalLong now = written();
        return now.isEmpty() ? now : OptionalLong.of(now.getAsLong() - before);
    }

    private OptionalLong written() {
        if (counter == null) {
            return OptionalLong.empty();
        }
        String pid = Integer.toString(counter.pid());
        ProcessStat now = ProcessStat.read(proc, pid);
        return now != null && now.sameProcess(counter) && proc.read(pid + "/io")
                ? ProcText.numberAfter(proc.bytes(), proc.length(), "wchar:")
                : OptionalLong.empty();
    }
}
