package org.slotwarden.agent.probe;

/**
 * A process's memory and the context switches of its first thread, from {@code /proc/PID/status}
 * (proc_pid_status(5)). The resident set size here and in {@code statm} is the kernel's exact one; the
 * figure in {@code stat} lags by some per cent.
 *
 * @param residentBytes 0 while the process has no memory (any more)
 * @param swapBytes -1 when the kernel does not tell
 * @param voluntarySwitches -1 when the kernel does not tell
 * @param involuntarySwitches -1 when the kernel does not tell
 */
record ProcessStatus(long residentBytes, long swapBytes, long voluntarySwitches, long involuntarySwitches) {

    private static final byte[] RESIDENT = ProcText.word("VmRSS:");
    private static final byte[] SWAP = ProcText.word("VmSwap:");
    private static final byte[] VOLUNTARY = ProcText.word("voluntary_ctxt_switches:");
    private static final byte[] INVOLUNTARY = ProcText.word("nonvoluntary_ctxt_switches:");

    static ProcessStatus parse(byte[] text, int length) {
        long resident = -1;
        long swap = -1;
        long voluntary = -1;
        long involuntary = -1;
        // Line by line: a name cannot begin a line, the kernel escapes newlines in it.
        for (int at = 0; at < length; at = ProcText.nextLine(text, length, at)) {
            switch (text[at]) {
                case 'V' -> {
                    resident = Math.max(resident, after(text, length, at, RESIDENT));
                    swap = Math.max(swap, after(text, length, at, SWAP));
                }
                case 'v' -> voluntary = Math.max(voluntary, after(text, length, at, VOLUNTARY));
                case 'n' -> involuntary = Math.max(involuntary, after(text, length, at, INVOLUNTARY));
                default -> {}
            }
        }
        if (resident < 0) {
            return new ProcessStatus(0, 0, voluntary, involuntary);
        }
        return new ProcessStatus(resident << 10, swap < 0 ? -1 : swap << 10, voluntary, involuntary);
    }

    private static long after(byte[] text, int length, int at, byte[] word) {
        return ProcText.startsWith(text, length, at, word)
                ? ProcText.unsigned(text, length, ProcText.skipBlanks(text, length, at + word.length))
                : -1;
    }
}
