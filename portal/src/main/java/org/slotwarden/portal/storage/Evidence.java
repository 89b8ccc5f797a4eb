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

    /** Whoever looks more seldom had a pause. */
    private static final Duration SELDOM = Duration.ofMinutes(15);

    /**
     * @param lookedAt when its agent last looked at its sockets: what came later it has not told; null: not lately, or
     *     never
     * @param interval how often its agent looks, as far as known
     * @param told whether it tells of connections
     * @param leftOut connections that it did not tell
     * @param forgottenUntil of connections that were gone then not all are known; null: all are
     */
    record Slot(
            long id,
            long jobId,
            long node,
            String nodeName,
            @Nullable Long uid,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant lookedAt,
            Duration interval,
            boolean told,
            int leftOut,
            @Nullable Instant forgottenUntil,
            List<Connection> connections) {

        /** Agents that may not use the CPU time look more seldom than at each sample, which their connections tell. */
        Slot lookedAtAsSeldomAsSeen() {
            Duration longest = connections.stream()
                    .filter(connection -> connection.beganAfter() != null)
                    .map(connection -> Duration.between(connection.beganAfter(), connection.firstSeenAt()))
                    .filter(gap -> gap.compareTo(SELDOM) < 0)
                    .max(Duration::compareTo)
                    .orElse(interval);
            return longest.compareTo(interval) <= 0
                    ? this
                    : new Slot(
                            id,
                            jobId,
                            node,
                            nodeName,
                            uid,
                            startedAt,
                            endedAt,
                            lookedAt,
                            longest,
                            told,
                            leftOut,
                            forgottenUntil,
                            connections);
        }

        Slot lookedAt(Instant at) {
            return new Slot(
                    id,
                    jobId,
                    node,
                    nodeName,
                    uid,
                    startedAt,
                    endedAt,
                    at,
                    interval,
                    told,
                    leftOut,
                    forgottenUntil,
                    connections);
        }
    }

    /**
     * @param process as the client counts processes
     * @param beganAfter it was not there then; null: not known
     * @param goneAt null: still there, or there when the slot ended
     */
    record Connection(
            String storageAddress,
            int storagePort,
            int localPort,
            @Nullable Long process,
            @Nullable Instant beganAfter,
            Instant firstSeenAt,
            @Nullable Instant goneAt) {}
}
