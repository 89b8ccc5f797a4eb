package org.slotwarden.agent.node;

import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.ProcText;

/**
 * CPU time of all cores since boot, in clock ticks, from the first line of {@code /proc/stat}
 * (proc_stat(5)). Guests' time is inside user and nice already; waiting for I/O is not busy.
 */
record NodeCpu(long busyTicks, long iowaitTicks) {

    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int FIELDS = 8; // user nice system idle iowait irq softirq steal

    static @Nullable NodeCpu parse(byte[] text, int length) {
        if (!ProcText.startsWith(text, length, 0, new byte[] {'c', 'p', 'u', ' '})) {
            return null;
        }
        long busy = 0;
        long iowait = 0;
        int at = 4;
        for (int field = 0; field < FIELDS; field++) {
            at = ProcText.skipBlanks(text, length, at);
            var ticks = ProcText.number(text, length, at);
            if (ticks.isEmpty()) {
                return null;
            }
            if (field == IOWAIT) {
                iowait = ticks.getAsLong();
            } else if (field != IDLE) {
                busy += ticks.getAsLong();
            }
            while (at < length && text[at] >= '0' && text[at] <= '9') {
                at++;
            }
        }
        return new NodeCpu(busy, iowait);
    }
}
