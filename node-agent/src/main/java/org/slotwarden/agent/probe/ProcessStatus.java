package org.slotwarden.agent.probe;

/**
 * What a process has in swap and the context switches of its first thread, from
 * {@code /proc/PID/status} (proc_pid_status(5)).
 *
 * @param swapBytes 0 while the process has no memory (any more), -1 when the kernel does not tell
 * @param voluntarySwitches -1 when the kernel does not tell
 * @param involuntarySwitches -1 when the kernel does not tell
 */
record ProcessStatus(long swapBytes, long voluntarySwitches, long involuntarySwitches) {

    private static final byte[] RESIDENT = ProcText.word("VmRSS:");
    private static final byte[] SWAP = ProcText.word("VmSwap:");
    private static final byte[] VOLUNTARY = ProcText.word("voluntary_ctxt_switches:");
    private static final byte[] INVOLUNTARY = ProcText.word("nonvoluntary_ctxt_switches:");

    static ProcessStatus parse(byte[] text, int length) {
        boolean memory = false;
        long swap = -1;
        long voluntary = -1;
        long involuntary = -1;
        // Line by line: a name cannot begin a line, the kernel escapes newlines in it.
        for (int at = 0; at < length; at = ProcText.nextLine(text, length, at)) {
            switch (text[at]) {
                case 'V' -> {
                    memory |= ProcText.startsWith(text, length, at, RESIDENT);
                    swap = Math.max(swap, after(text, length, at, SWAP));
                }
                case 'v' -> voluntary = Math.max(voluntary, after(text, length, at, VOLUNTARY));
                case 'n' -> involuntary = Math.max(involuntary, after(text, length, at, INVOLUNTARY));
                default -> {}
            }
        }
        if (!memory) {
            return new ProcessStatus(0, voluntary, involuntary);
        }
        return new ProcessStatus(swap < 0 ? -1 : swap << 10, voluntary, involuntary);
    }

    private static long after(byte[] text, int length, int at, byte[] word) {
        return ProcText.startsWith(text, length, at, word)
                ? ProcText.unsigned(text, length, ProcText.skipBlanks(text, length, at + word.length))
                : -1;
    }
}
