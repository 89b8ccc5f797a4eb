package org.slotwarden.agent.order;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slotwarden.batch.BatchAccess;

/**
 * @param scope which orders are carried out
 * @param keyFile public keys of the portal (PEM); null: none, and so no order is believed
 * @param batch how this node reaches the batch system; null: it does not, and orders that need it are refused
 */
public record OrderSettings(
        OrderScope scope, @Nullable Path keyFile, @Nullable BatchAccess batch) {

    /** A node that carries out nothing, and waits for nothing. */
    public static final OrderSettings OFF = new OrderSettings(OrderScope.OFF, null, null);
}
