package org.slotwarden.agent.probe;

import java.util.OptionalLong;

/**
 * Memory of a process: resident pages from {@code /proc/PID/statm} (the figure in {@code stat} lags by
 * some per cent), swap from {@code /proc/PID/status}.
 */
final class ProcessMemory {

    private ProcessMemory() {}

    static OptionalLong residentPages(ProcFiles proc, int pid) {
        return proc.read(pid + "/statm") ? parseResidentPages(proc.bytes(), proc.length()) : OptionalLong.empty();
    }

    static OptionalLong parseResidentPages(byte[] text, int length) {
        int at = 0;
        while (at < length && text[at] != ' ') {
            at++;
        }
        return ProcText.number(text, length, at + 1);
    }

    static OptionalLong swapBytes(ProcFiles proc, int pid) {
        return proc.read(pid + "/status") ? parseSwapBytes(proc.bytes(), proc.length()) : OptionalLong.empty();
    }

    static OptionalLong parseSwapBytes(byte[] text, int length) {
        OptionalLong kib = ProcText.numberAfter(text, length, "VmSwap:");
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() << 10) : kib;
    }
}
