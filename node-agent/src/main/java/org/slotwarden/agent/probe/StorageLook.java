package org.slotwarden.agent.probe;

import java.util.List;
import java.util.Set;

/**
 * A job's sockets to storage hosts at one moment.
 *
 * @param timeMs milliseconds since 1970
 * @param sockets by inode, {@link org.slotwarden.wire.WireContract#MAX_STORAGE_CONNECTIONS} at most
 * @param leftOut how many more there were
 * @param hosts that were looked for
 */
public record StorageLook(long timeMs, List<StorageSocket> sockets, int leftOut, Set<IpAddress> hosts) {}
