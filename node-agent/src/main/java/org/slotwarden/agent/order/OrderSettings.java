package org.slotwarden.agent.order;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * @param scope which orders are carried out
 * @param keyFile public keys of the portal (PEM); null: none, and so no order is believed
 */
public record OrderSettings(OrderScope scope, @Nullable Path keyFile) {

    /** A node that carries out nothing, and waits for nothing. */
    public static final OrderSettings OFF = new OrderSettings(OrderScope.OFF, null);
}
