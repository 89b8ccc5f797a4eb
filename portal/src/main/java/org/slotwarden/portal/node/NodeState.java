package org.slotwarden.portal.node;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a node reports. */
public enum NodeState {
    /** Reported lately. */
    UP,
    /** Has reported, and not for longer than its reports may take. */
    SILENT,
    /** Has a token, and never reported. */
    NEVER;

    static NodeState of(@Nullable Instant lastReport, Instant now, Duration silentAfter) {
        if (lastReport == null) {
            return NEVER;
        }
        return Duration.between(lastReport, now).compareTo(silentAfter) > 0 ? SILENT : UP;
    }
}
