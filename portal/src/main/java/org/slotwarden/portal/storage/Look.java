package org.slotwarden.portal.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a watch told of one look, checked.
 *
 * @param movers each identity once
 * @param records each session once
 */
record Look(
        Instant lookedAt,
        @Nullable Instant gatheredAt,
        @Nullable Instant watchStartedAt,
        @Nullable String watchVersion,
        @Nullable String software,
        StorageStatus.Source source,
        @Nullable Double intervalSeconds,
        boolean mayRelease,
        List<Pool> pools,
        List<SeenMover> movers,
        List<EndedMover> records,
        List<Trouble> troubles,
        List<Result> results,
        List<Host> hosts) {

    /** It learned nothing, and says nothing of any pool or mover. */
    boolean failed() {
        return pools.isEmpty();
    }

    /** It learned nothing of any mover, as while the storage system is down: what is known is no newer by it. */
    boolean blind() {
        return movers.isEmpty() && pools.stream().allMatch(Pool::unread);
    }

    /** The moment of which it tells. */
    Instant asOf() {
        return gatheredAt != null && gatheredAt.isBefore(lookedAt) ? gatheredAt : lookedAt;
    }

    record Pool(String name, boolean unread, String groups, List<Queue> queues) {}

    record Queue(
            String name,
            boolean defaultQueue,
            @Nullable Integer active,
            @Nullable Integer maxActive,
            @Nullable Integer queued) {

        boolean full() {
            return active != null && maxActive != null && queued != null && active >= maxActive && queued > 0;
        }
    }

    record Trouble(
            String kind,
            String text,
            @Nullable Instant since,
            @Nullable String pool) {}

    record Result(
            long order, MoverRelease.State state, @Nullable String detail, Instant doneAt) {}

    record Host(String address, int port, String role, String name) {}

    /** A record of the storage system's log. */
    record EndedMover(
            String pool,
            Instant endedAt,
            String session,
            @Nullable Double heldSeconds,
            @Nullable Double queuedSeconds,
            @Nullable Long bytes,
            @Nullable String direction,
            @Nullable String protocol,
            @Nullable String path,
            @Nullable String fileId,
            @Nullable Integer status,
            @Nullable String statusText,
            SeenMover.Client client) {

        /** As far as the record tells; else null. */
        @Nullable
        Instant submittedAt() {
            if (heldSeconds == null) {
                return null;
            }
            double open = heldSeconds + (queuedSeconds == null ? 0 : queuedSeconds);
            return endedAt.minusMillis(Math.round(1000 * open));
        }

        @Nullable
        Instant startedAt() {
            return heldSeconds == null ? null : endedAt.minusMillis(Math.round(1000 * heldSeconds));
        }
    }
}
