package org.slotwarden.portal.storage;

import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of a slot's processes to a storage host.
 *
 * @param storageAddress numeric; what is none is left out by {@link SlotConnections}
 * @param storagePort 0 to 65535
 * @param localAddress the job's end
 * @param process one process that holds it, as the node counts
 * @param ownProcess the same as the process counts itself
 */
public record SlotConnection(
        String storageAddress,
        int storagePort,
        String localAddress,
        int localPort,
        @Nullable Long process,
        @Nullable Long ownProcess) {}
