package org.slotwarden.portal.order;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.v1.SignedOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Agents that wait for orders. Nothing listens on a node, so an agent asks and is left without an answer until there is
 * an order for its node, or its time is over.
 */
@Component
class OrderBell implements SmartLifecycle {

    /** At most. Below what proxies and firewalls cut. */
    static final Duration PATIENCE = Duration.ofSeconds(50);

    /** A node with a process for each slot has as many; beyond it the first is sent away. */
    private static final int MOST_OF_NODE = 300;

    private static final int MOST_AT_ONCE = 8;

    /** Bytes that the web server holds for a request that is left open (bench/waiting-agents). */
    private static final long HEAP_OF_ONE = 67_000;

    private static final Logger log = LoggerFactory.getLogger(OrderBell.class);

    private final OrderDelivery delivery;
    private final LongSupplier nanos;
    private final Map<Long, Deque<Waiting>> waiting = new HashMap<>();
    private ExecutorService workers = newWorkers();
    private int count;
    private boolean closed;
    private boolean looking;

    private final int mostWaiting;

    @Autowired
    OrderBell(OrderDelivery delivery, OrderSettings settings, MeterRegistry meters) {
        this(delivery, atMost(settings.mostWaiting(), Runtime.getRuntime().maxMemory()), System::nanoTime);
        Gauge.builder("slotwarden.orders.waiting", this, OrderBell::waiting)
                .description("Agents that wait for orders")
                .register(meters);
    }

    OrderBell(OrderDelivery delivery, int mostWaiting, LongSupplier nanos) {
        this.delivery = delivery;
        this.mostWaiting = mostWaiting;
        this.nanos = nanos;
    }

    private static ExecutorService newWorkers() {
        return Executors.newFixedThreadPool(
                MOST_AT_ONCE, Thread.ofPlatform().daemon().name("orders-", 0).factory());
    }

    /**
     * @param slots that its process looks after; empty: all of the node
     * @param told is told once, with nothing when its time is over
     */
    private record Waiting(long nodeId, List<Long> slots, long until, Consumer<List<SignedOrder>> told) {}

    /** A quarter of the heap is for those that wait. */
    static int atMost(int wanted, long heapBytes) {
        return (int) Math.min(wanted, heapBytes / 4 / HEAP_OF_ONE);
    }

    /** False: as many wait as may, and whoever comes is to be told to come back later. */
    synchronized boolean hasRoom() {
        return count < mostWaiting;
    }

    /** Waits for orders; whoever is told has gone. Never blocks. */
    void await(long nodeId, List<Long> slots, Consumer<List<SignedOrder>> told) {
        Waiting one =
                new Waiting(nodeId, slots, nanos.getAsLong() + patience(nodeId).toNanos(), told);
        Waiting sentAway = null;
        synchronized (this) {
            if (closed) {
                sentAway = one;
            } else {
                Deque<Waiting> ofNode = waiting.computeIfAbsent(nodeId, node -> new ArrayDeque<>());
                ofNode.addLast(one);
                sentAway = ofNode.size() > MOST_OF_NODE ? ofNode.pollFirst() : null;
                count += sentAway == null ? 1 : 0;
            }
        }
        if (sentAway != null) {
            sentAway.told().accept(List.of());
        }
        // It may have come between the last order and this moment.
        tellSoon(nodeId);
    }

    /** Not the same for all nodes: who came together after a start of the portal is not to come together again. */
    static Duration patience(long nodeId) {
        return PATIENCE.minusMillis(Math.floorMod(nodeId * 617, 10_000));
    }

    synchronized int waiting() {
        return count;
    }

    /** Something was ordered for these nodes. */
    void ring(Collection<Long> nodes) {
        delivery.opened(nodes);
        nodes.forEach(this::tellSoon);
    }

    private void tellSoon(long nodeId) {
        if (!delivery.mayBeOpen(nodeId)) {
            return;
        }
        synchronized (this) {
            if (!closed) {
                workers.execute(() -> tell(nodeId));
            }
        }
    }

    private void tell(long nodeId) {
        List<Waiting> there;
        synchronized (this) {
            Deque<Waiting> ofNode = waiting.get(nodeId);
            there = ofNode == null ? List.of() : List.copyOf(ofNode);
        }
        for (Waiting one : there) {
            List<SignedOrder> orders;
            try {
                orders = delivery.tell(nodeId, one.slots(), one.slots().isEmpty());
            } catch (DataAccessException | TransactionException e) {
                log.warn("Orders of a node cannot be read, which is tried again in a second: {}", e.toString());
                return;
            }
            if (!orders.isEmpty() && remove(one)) {
                one.told().accept(orders);
            }
        }
    }

    private synchronized boolean remove(Waiting one) {
        Deque<Waiting> ofNode = waiting.get(one.nodeId());
        if (ofNode == null || !ofNode.remove(one)) {
            return false;
        }
        count--;
        if (ofNode.isEmpty()) {
            waiting.remove(one.nodeId());
        }
        return true;
    }

    /** At a fixed rate: what runs with a fixed delay waits for others that do. */
    @Scheduled(initialDelay = 1000, fixedRate = 1000)
    void look() {
        synchronized (this) {
            if (looking) {
                return;
            }
            looking = true;
        }
        try {
            sendAway(nanos.getAsLong());
            Set<Long> due = delivery.look();
            due.forEach(this::tellSoon);
        } catch (DataAccessException | TransactionException e) {
            log.debug("Orders cannot be read", e);
        } finally {
            synchronized (this) {
                looking = false;
            }
        }
    }

    private void sendAway(long now) {
        Deque<Waiting> over = new ArrayDeque<>();
        synchronized (this) {
            waiting.values().removeIf(ofNode -> {
                while (!ofNode.isEmpty() && ofNode.getFirst().until() - now <= 0) {
                    over.add(ofNode.removeFirst());
                }
                return ofNode.isEmpty();
            });
            count -= over.size();
        }
        over.forEach(one -> one.told().accept(List.of()));
    }

    @Override
    public synchronized void start() {
        if (closed) {
            workers = newWorkers();
            closed = false;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return !closed;
    }

    /** Nobody is left waiting for a portal that stops: the web server, which is stopped later, would wait for them. */
    @Override
    public void stop() {
        synchronized (this) {
            closed = true;
        }
        sendAway(nanos.getAsLong() + PATIENCE.toNanos());
        synchronized (this) {
            workers.shutdown();
        }
    }
}
