package org.slotwarden.agent.node;

import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.NodeSample;

/**
 * CPU time of all cores since boot, in clock ticks, from the first line of {@code /proc/stat}
 * (proc_stat(5)). Guests' time is inside user and nice already; waiting for I/O is not busy, time that the
 * hypervisor took is.
 */
public record NodeCpu(long user, long system, long iowait, long steal, long idle) {

    private static final int FIELDS = 8; // user nice system idle iowait irq softirq steal

    /** Null when the text is none of the kind. */
    public static @Nullable NodeCpu parse(byte[] text, int length) {
        if (!ProcText.startsWith(text, length, 0, new byte[] {'c', 'p', 'u', ' '})) {
            return null;
        }
        long[] ticks = new long[FIELDS];
        int at = 4;
        for (int field = 0; field < FIELDS; field++) {
            at = ProcText.skipBlanks(text, length, at);
            var number = ProcText.number(text, length, at);
            if (number.isEmpty() || number.getAsLong() < 0) {
                return null;
            }
            ticks[field] = number.getAsLong();
            while (at < length && text[at] >= '0' && text[at] <= '9') {
                at++;
            }
        }
        return new NodeCpu(ticks[0] + ticks[1], ticks[2] + ticks[5] + ticks[6], ticks[4], ticks[7], ticks[3]);
    }

    public long busy() {
        return user + system + steal;
    }

    public long all() {
        return busy() + iowait + idle;
    }

    void into(NodeSample.Builder sample, KernelUnits units) {
        sample.setCpuBusySeconds(units.seconds(busy()))
                .setCpuUserSeconds(units.seconds(user))
                .setCpuSystemSeconds(units.seconds(system))
                .setCpuIowaitSeconds(units.seconds(iowait))
                .setCpuStealSeconds(units.seconds(steal));
    }
}
