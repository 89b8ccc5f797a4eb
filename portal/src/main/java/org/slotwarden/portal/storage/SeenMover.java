package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mover as a look tells of it, checked: texts fit their columns, addresses are canonical. */
record SeenMover(
        String pool,
        long moverId,
        Instant submittedAt,
        String queue,
        Mover.State state,
        @Nullable String stateText,
        @Nullable Instant startedAt,
        @Nullable Instant lastIoAt,
        @Nullable Long bytes,
        @Nullable String direction,
        @Nullable String protocol,
        @Nullable String door,
        @Nullable String sessionStatus,
        @Nullable String path,
        @Nullable String fileId,
        Client client) {

    /**
     * Who opened it.
     *
     * @param chain addresses before it, the nearest to the job first
     * @param endpoint other side of its connection
     */
    record Client(
            @Nullable String address,
            List<String> chain,
            @Nullable Integer port,
            @Nullable Long process,
            @Nullable String user,
            @Nullable Long uid,
            @Nullable Long gid,
            @Nullable String endpoint) {
        Client {
            chain = List.copyOf(chain);
        }
    }

    /** Identifies it within its storage system. */
    record Identity(String pool, long moverId, Instant submittedAt) {}

    Identity identity() {
        return new Identity(pool, moverId, submittedAt);
    }

    /** With what was known of it before where this look does not tell: the door forgets a session before the pool. */
    SeenMover knowing(SeenMover before) {
        Client old = before.client();
        return new SeenMover(
                pool,
                moverId,
                submittedAt,
                queue.isEmpty() ? before.queue : queue,
                state,
                stateText,
                or(startedAt, before.startedAt),
                or(lastIoAt, before.lastIoAt),
                or(bytes, before.bytes),
                or(direction, before.direction),
                or(protocol, before.protocol),
                or(door, before.door),
                sessionStatus,
                or(path, before.path),
                or(fileId, before.fileId),
                new Client(
                        or(client.address, old.address),
                        client.chain.isEmpty() ? old.chain : client.chain,
                        or(client.port, old.port),
                        or(client.process, old.process),
                        or(client.user, old.user),
                        or(client.uid, old.uid),
                        or(client.gid, old.gid),
                        or(client.endpoint, old.endpoint)));
    }

    private static <T> @Nullable T or(@Nullable T now, @Nullable T before) {
        return now == null ? before : now;
    }

    /** Whether all but its last input or output and its bytes is the same. */
    boolean onlyProgressed(SeenMover before) {
        return before.withProgressOf(this).equals(this);
    }

    private SeenMover withProgressOf(SeenMover other) {
        return new SeenMover(
                pool,
                moverId,
                submittedAt,
                queue,
                state,
                stateText,
                startedAt,
                other.lastIoAt,
                other.bytes,
                direction,
                protocol,
                door,
                sessionStatus,
                path,
                fileId,
                client);
    }
}
