package org.slotwarden.agent.record;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.node.NodeCpu;
import org.slotwarden.agent.probe.ProcFiles;

/** How busy all cores of the node were, from one look to the next: 0 to 1. */
final class NodeBusy {

    private final ProcFiles proc;
    private @Nullable NodeCpu before;

    NodeBusy(ProcFiles proc) {
        this.proc = proc;
    }

    /** Empty with the first look. */
    OptionalDouble look() {
        NodeCpu now = proc.read("stat") ? NodeCpu.parse(proc.bytes(), proc.length()) : null;
        NodeCpu last = before;
        before = now;
        if (now == null || last == null || now.all() <= last.all()) {
            return OptionalDouble.empty();
        }
        double share = (double) (now.busy() - last.busy()) / (now.all() - last.all());
        return OptionalDouble.of(Math.clamp(share, 0.0, 1.0));
    }
}
