package org.slotwarden.portal.order;

import com.google.protobuf.ByteString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.SignedOrder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Tells agents their orders: with the answers to reports, and to those that wait for orders. */
@Service
public class OrderDelivery {

    /** An answer may be lost: what was told and not begun is told again. */
    static final Duration TOLD_AGAIN = Duration.ofSeconds(5);

    private final DeliveryStore store;
    private final Clock clock;

    /** Nodes whose agents may have something to be told, and since when. Most have nothing, and reports come often. */
    private final Map<Long, Instant> open = new ConcurrentHashMap<>();

    OrderDelivery(DeliveryStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Whether there may be something for the agents of a node: asked in memory. */
    boolean mayBeOpen(long nodeId) {
        return open.containsKey(nodeId);
    }

    /**
     * What the agents of a node are to be told now; it counts as told.
     *
     * @param slotIds slots that the agent process looks after for certain
     * @param allOfNode whether it looks after the node's other slots, too
     */
    @Transactional
    public List<SignedOrder> tell(long nodeId, Collection<Long> slotIds, boolean allOfNode) {
        if (!mayBeOpen(nodeId) || (slotIds.isEmpty() && !allOfNode)) {
            return List.of();
        }
        Instant now = clock.instant();
        List<DeliveryStore.Told> told =
                store.toTell(nodeId, slotIds, allOfNode, now, now.minus(TOLD_AGAIN), WireContract.MAX_ORDERS).stream()
                        .filter(one -> !one.alone() || store.claim(one))
                        .toList();
        if (!told.isEmpty()) {
            store.told(told.stream().map(DeliveryStore.Told::id).toList(), now);
        }
        return told.stream()
                .map(one -> SignedOrder.newBuilder()
                        .setOrder(ByteString.copyFrom(one.signed()))
                        .setSignature(ByteString.copyFrom(one.signature()))
                        .build())
                .toList();
    }

    /** Slots of a node by their names on the wire. */
    @Transactional(readOnly = true)
    List<Long> slots(long nodeId, Collection<String> keys) {
        return store.slots(nodeId, keys);
    }

    /** Something was ordered just now. */
    void opened(Collection<Long> nodes) {
        Instant now = clock.instant();
        nodes.forEach(node -> open.put(node, now));
    }

    /**
     * Looks at what is open, also what another portal on the same database ordered.
     *
     * @return nodes whose agents are to be told something now
     */
    @Transactional(readOnly = true)
    public Set<Long> look() {
        Instant now = clock.instant();
        DeliveryStore.Open read = store.open(now, now.minus(TOLD_AGAIN));
        // What was ordered while we looked stays.
        open.entrySet()
                .removeIf(node ->
                        !read.nodes().contains(node.getKey()) && node.getValue().isBefore(now));
        read.nodes().forEach(node -> open.putIfAbsent(node, now));
        return read.due();
    }
}
