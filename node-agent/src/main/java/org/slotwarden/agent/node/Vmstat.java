package org.slotwarden.agent.node;

import java.util.OptionalLong;
import org.slotwarden.agent.probe.ProcText;

/** Pages swapped in and out, and processes killed for want of memory, since boot, from {@code /proc/vmstat}. */
record Vmstat(OptionalLong swappedIn, OptionalLong swappedOut, OptionalLong oomKills) {

    static Vmstat parse(byte[] text, int length) {
        return new Vmstat(
                ProcText.numberAfter(text, length, "pswpin "),
                ProcText.numberAfter(text, length, "pswpout "),
                ProcText.numberAfter(text, length, "oom_kill "));
    }
}
