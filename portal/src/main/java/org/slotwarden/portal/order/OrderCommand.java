package org.slotwarden.portal.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What this host told the batch system for an order.
 *
 * @param begunAt the last time
 * @param detail what was told, or why it failed
 */
public record OrderCommand(
        OrderState state,
        @Nullable Instant begunAt,
        @Nullable Instant endedAt,
        @Nullable String detail) {}
