package org.slotwarden.agent.probe;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that a process moved, from {@code /proc/PID/io} (proc_pid_io(5)). The kernel adds those of
 * children that were waited for.
 */
record ProcessIo(long readChars, long writeChars, long readBytes, long writeBytes) {

    static @Nullable ProcessIo read(ProcFiles proc, int pid) {
        return proc.read(pid + "/io") ? parse(proc.bytes(), proc.length()) : null;
    }

    static @Nullable ProcessIo parse(byte[] text, int length) {
        var readChars = ProcText.numberAfter(text, length, "rchar:");
        var writeChars = ProcText.numberAfter(text, length, "wchar:");
        var readBytes = ProcText.numberAfter(text, length, "read_bytes:");
        var writeBytes = ProcText.numberAfter(text, length, "write_bytes:");
        if (readChars.isEmpty() || writeChars.isEmpty() || readBytes.isEmpty() || writeBytes.isEmpty()) {
            return null;
        }
        return new ProcessIo(
                readChars.getAsLong(), writeChars.getAsLong(), readBytes.getAsLong(), writeBytes.getAsLong());
    }
}
