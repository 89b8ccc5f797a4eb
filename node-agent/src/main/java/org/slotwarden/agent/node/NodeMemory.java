package org.slotwarden.agent.node;

import java.util.OptionalLong;
import org.slotwarden.agent.probe.ProcText;
import org.slotwarden.wire.v1.NodeSample;

/** Memory of the node in KiB, from {@code /proc/meminfo} (proc_meminfo(5)). */
record NodeMemory(OptionalLong total, OptionalLong available, OptionalLong swapTotal, OptionalLong swapFree) {

    static NodeMemory parse(byte[] text, int length) {
        return new NodeMemory(
                ProcText.numberAfter(text, length, "MemTotal:"),
                ProcText.numberAfter(text, length, "MemAvailable:"),
                ProcText.numberAfter(text, length, "SwapTotal:"),
                ProcText.numberAfter(text, length, "SwapFree:"));
    }

    void into(NodeSample.Builder sample) {
        total.ifPresent(kib -> sample.setMemoryTotalBytes(kib << 10));
        available.ifPresent(kib -> sample.setMemoryAvailableBytes(kib << 10));
        if (swapTotal.isPresent() && swapFree.isPresent()) {
            sample.setSwapUsedBytes((swapTotal.getAsLong() - swapFree.getAsLong()) << 10);
        }
    }
}
