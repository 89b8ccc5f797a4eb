package org.slotwarden.agent.probe;

/**
 * Whether anything on this node is in swap ({@code /proc/meminfo}): as long as nothing is, no process has to
 * be asked. Read once for each look at the processes. Not thread-safe.
 */
final class NodeSwap {

    private static final byte[] TOTAL = ProcText.word("SwapTotal:");
    private static final byte[] FREE = ProcText.word("SwapFree:");

    private final ProcFiles proc;
    private int look = -1;
    private boolean inUse = true;

    NodeSwap(ProcFiles proc) {
        this.proc = proc;
    }

    /** True also when the kernel does not tell. */
    boolean inUse(int atLook) {
        if (look != atLook) {
            look = atLook;
            inUse = true;
            if (proc.read("meminfo")) {
                long total = ProcText.unsignedAfter(proc.bytes(), proc.length(), TOTAL);
                long free = ProcText.unsignedAfter(proc.bytes(), proc.length(), FREE);
                inUse = total < 0 || free != total;
            }
        }
        return inUse;
    }
}
