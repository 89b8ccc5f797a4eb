package org.slotwarden.storagewatch.dcache;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.storage.Troubles;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageMover;

/**
 * The movers of all pools, which are asked one after the other: those that were read longest ago come first, those that
 * failed last. A pool that does not answer is unread, and the round goes on.
 */
final class MoverRound {

    private final Frontend frontend;
    private final MoverPages pages;
    private final UnaryOperator<String> defaultQueue;
    private final Duration lookLimit;
    private final Troubles troubles;
    private final Clock clock;
    private final QueueNames queueNames = new QueueNames();
    private final Map<String, Long> readAt = new HashMap<>();
    private final Set<String> failing = new HashSet<>();

    /** @param defaultQueue name of a pool's default queue, empty where it is not known */
    MoverRound(
            Frontend frontend,
            MoverPages pages,
            UnaryOperator<String> defaultQueue,
            Duration lookLimit,
            Troubles troubles,
            Clock clock) {
        this.frontend = frontend;
        this.pages = pages;
        this.defaultQueue = defaultQueue;
        this.lookLimit = lookLimit;
        this.troubles = troubles;
        this.clock = clock;
    }

    /** It did not answer when it was asked last. */
    boolean failed(String pool) {
        return failing.contains(pool);
    }

    /**
     * @param transfers what doors tell of movers; those of pools that were read are taken out of it
     * @param movers gets what was found
     * @param unread gets the pools that did not tell
     */
    void read(PoolList pools, Transfers transfers, List<StorageMover> movers, Set<String> unread)
            throws Refusal, InterruptedException {
        Map<MoverKey, StorageMover.Builder> doors = transfers.movers();
        Set<String> states = new TreeSet<>();
        List<String> order = new ArrayList<>(pools.names());
        order.sort(Comparator.<String, Boolean>comparing(failing::contains)
                .thenComparing(pool -> readAt.getOrDefault(pool, 0L)));
        readAt.keySet().retainAll(pools.names());
        failing.retainAll(pools.names());
        boolean stop = false;
        int away = 0;
        int notAsked = 0;
        for (String pool : order) {
            if (stop || frontend.over()) {
                unread.add(pool);
                notAsked++;
                continue;
            }
            try {
                PoolMovers read = pages.read(pool, WireContract.MAX_MOVERS - movers.size());
                complain(pool, read);
                states.addAll(read.unknownStates());
                readAt.put(pool, clock.millis());
                failing.remove(pool);
                away = 0;
                if (read.tooMany()) {
                    unread.add(pool);
                    continue;
                }
                for (StorageMover.Builder mover : read.movers()) {
                    MoverKey key = new MoverKey(pool, mover.getMoverId(), mover.getSubmittedAtMs());
                    movers.add(joined(doors.remove(key), mover));
                }
            } catch (Refusal e) {
                if (e.kind() == Refusal.Kind.REFUSED_LOGIN || e.kind() == Refusal.Kind.NOT_ALLOWED) {
                    throw e;
                }
                unread.add(pool);
                away = e.kind() == Refusal.Kind.AWAY ? away + 1 : 0;
                if (e.kind() == Refusal.Kind.BUSY || away > 1) {
                    stop = true;
                    troubles.add(Kinds.of(e), e.text());
                } else {
                    failing.add(pool);
                    troubles.add("pool-unread", e.text(), pool);
                }
            }
        }
        if (!stop && notAsked > 0) {
            troubles.add(
                    "slow",
                    "dCache took longer than the " + lookLimit.toSeconds() + " s of a look: " + notAsked
                            + " pools were not asked and come first next time");
        }
        if (!states.isEmpty()) {
            troubles.add("unknown-state", "movers are in states that this watch does not know: " + states);
        }
        // A pool that was read has no other movers: what doors still say of them has ended.
        doors.forEach((key, mover) -> {
            if (unread.contains(key.pool()) && movers.size() < WireContract.MAX_MOVERS) {
                movers.add(mover.setState(StorageMover.State.UNCONFIRMED)
                        .setQueue(queueNames.of(key.pool(), key.id(), defaultQueue.apply(key.pool())))
                        .build());
            }
        });
    }

    private void complain(String pool, PoolMovers read) {
        if (read.clockAhead() > 0) {
            troubles.add("clock-ahead", "times of movers lie in the future: is the pool's clock right?", pool);
        }
        if (read.unreadable() > 0) {
            troubles.add("mover-unread", read.unreadable() + " movers without id or time of submission", pool);
        }
        if (read.tooMany()) {
            troubles.add(
                    "too-large", "more than " + WireContract.MAX_MOVERS + " movers: this pool's are left out", pool);
        }
    }

    /** What the pool says of a mover, and what its door says of it where that is known. */
    private StorageMover joined(StorageMover.@Nullable Builder door, StorageMover.Builder pool) {
        String queue = pool.getQueue().isEmpty() ? defaultQueue.apply(pool.getPool()) : pool.getQueue();
        if (!queue.isEmpty()) {
            queueNames.learn(pool.getPool(), pool.getMoverId(), queue);
        }
        StorageMover own = pool.setQueue(queue).build();
        if (door == null) {
            return own;
        }
        // The pool's word is newer, and where it says nothing of these, nobody knows.
        return door.clearState()
                .clearStateText()
                .clearBytes()
                .clearStartedAtMs()
                .mergeFrom(own)
                .build();
    }
}
