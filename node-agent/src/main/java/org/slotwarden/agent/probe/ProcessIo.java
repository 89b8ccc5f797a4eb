package org.slotwarden.agent.probe;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that a process moved, from {@code /proc/PID/io} (proc_pid_io(5)). The kernel adds those of
 * children that were waited for.
 */
record ProcessIo(long readChars, long writeChars, long readCalls, long writeCalls, long readBytes, long writeBytes) {

    private static final byte[] READ_CHARS = ProcText.word("rchar:");
    private static final byte[] WRITE_CHARS = ProcText.word("wchar:");
    private static final byte[] READ_CALLS = ProcText.word("syscr:");
    private static final byte[] WRITE_CALLS = ProcText.word("syscw:");
    private static final byte[] READ_BYTES = ProcText.word("read_bytes:");
    private static final byte[] WRITE_BYTES = ProcText.word("write_bytes:");

    /** Null when one of the numbers is missing. */
    static @Nullable ProcessIo parse(byte[] text, int length) {
        ProcessIo io = new ProcessIo(
                ProcText.unsignedAfter(text, length, READ_CHARS),
                ProcText.unsignedAfter(text, length, WRITE_CHARS),
                ProcText.unsignedAfter(text, length, READ_CALLS),
                ProcText.unsignedAfter(text, length, WRITE_CALLS),
                ProcText.unsignedAfter(text, length, READ_BYTES),
                ProcText.unsignedAfter(text, length, WRITE_BYTES));
        return Math.min(
                                Math.min(io.readChars, io.writeChars),
                                Math.min(Math.min(io.readCalls, io.writeCalls), Math.min(io.readBytes, io.writeBytes)))
                        < 0
                ? null
                : io;
    }
}
