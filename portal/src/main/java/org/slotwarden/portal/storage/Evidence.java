package org.slotwarden.portal.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the portal knows that tells whose movers are.
 *
 * @param nodes by address, those that come from it
 * @param slots by node, those that are or were there
 * @param hosts addresses by the name of a pool or door
 * @param all addresses of the storage system
 */
record Evidence(
        Map<String, Set<Long>> nodes, Map<Long, List<Slot>> slots, Map<String, Set<String>> hosts, Set<String> all) {

    /**
     * @param interval how often its agent looks
     * @param told whether it tells of connections
     * @param leftOut connections that it did not tell
     */
    record Slot(
            long id,
            long jobId,
            long node,
            String nodeName,
            @Nullable Long uid,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            Duration interval,
            boolean told,
            int leftOut,
            List<Connection> connections) {

        boolean complete() {
            return told && leftOut == 0;
        }
    }

    /**
     * @param process as the client counts processes
     * @param firstSeenAt it began at most an interval before
     * @param goneAt null: still there, or there when the slot ended
     */
    record Connection(
            String storageAddress,
            int storagePort,
            int localPort,
            @Nullable Long process,
            Instant firstSeenAt,
            @Nullable Instant goneAt) {}
}
