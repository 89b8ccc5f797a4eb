package org.slotwarden.portal.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A queue at one look; what was not told is null. */
public record QueuePoint(
        Instant time,
        @Nullable Integer active,
        @Nullable Integer maxActive,
        @Nullable Integer queued) {}
