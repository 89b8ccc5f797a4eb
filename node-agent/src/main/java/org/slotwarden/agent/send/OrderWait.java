package org.slotwarden.agent.send;

import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.send.PortalClient.PortalAway;
import org.slotwarden.agent.send.PortalClient.PortalRefused;
import org.slotwarden.wire.v1.Orders;

/**
 * Holds a request to the portal open that is answered when there are orders for this node, on a thread of its own: an
 * order shall not wait for the next report. Only while there are slots. Where the portal is away or full, orders come
 * with answers to reports all the same.
 */
public final class OrderWait implements Runnable {

    /** What came is told to; called on this thread. */
    public interface Listener {
        void told(Orders orders);
    }

    private static final Logger LOG = LoggerFactory.getLogger(OrderWait.class);
    private static final Duration MOST_AWAY = Duration.ofMinutes(2);
    private static final Duration REFUSED_WAIT = Duration.ofMinutes(1);
    private static final Duration REFUSED_MOST = Duration.ofMinutes(10);

    /** A portal that knows no orders is not replaced within minutes. */
    private static final Duration OLD_PORTAL_WAIT = Duration.ofMinutes(10);

    /** Orders are told again until their results are there; and whatever a portal answers, it is not asked all the time. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    private static final RandomGenerator CHANCE =
            () -> ThreadLocalRandom.current().nextLong();

    private final PortalClient portal;
    private final Listener listener;
    private final Backoff away = new Backoff(Duration.ofMillis(500), MOST_AWAY, CHANCE);
    private final Backoff refused = new Backoff(REFUSED_WAIT, REFUSED_MOST, CHANCE);
    private final RepeatedTrouble trouble = new RepeatedTrouble(LOG);
    private final boolean ofNode;
    private Set<String> slots = Set.of();

    /** @param ofNode whether this process looks after all slots of the node, but for those with one of their own */
    public OrderWait(Destination destination, boolean ofNode, Listener listener) {
        this.portal = new PortalClient(destination.portal(), destination.tokenFile(), destination.caFile());
        this.ofNode = ofNode;
        this.listener = listener;
    }

    /** The slots for which orders may come. Any thread. */
    public synchronized void forSlots(Set<String> now) {
        if (!slots.equals(now)) {
            slots = Set.copyOf(now);
            notifyAll();
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                Set<String> asked = awaitSlots();
                Thread.sleep(once(ofNode ? Set.of() : asked));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Set<String> awaitSlots() throws InterruptedException {
        while (slots.isEmpty()) {
            wait();
        }
        return slots;
    }

    /** Asks once; how long to wait before the next time. */
    private Duration once(Set<String> asked) {
        long began = System.nanoTime();
        try {
            LOG.debug("waits for orders, of {}", asked.isEmpty() ? "all of the node" : asked);
            Orders orders = portal.awaitOrders(asked);
            trouble.over("the portal tells orders again");
            away.reset();
            refused.reset();
            if (orders != null) {
                listener.told(orders);
                return LEAST_PAUSE;
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            return took.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : Duration.ZERO;
        } catch (PortalAway e) {
            ErrorCounts.count(ErrorKind.PORTAL_AWAY);
            trouble.report(e.kind, "the portal does not tell orders: " + e.getMessage());
            Duration wait = away.next();
            return e.retryAfter == null || e.retryAfter.compareTo(wait) < 0 ? wait : e.retryAfter;
        } catch (PortalRefused e) {
            if (e.status == HttpURLConnection.HTTP_NOT_FOUND) {
                trouble.report("404", "the portal knows no orders, it is asked again later");
                return OLD_PORTAL_WAIT;
            }
            ErrorCounts.count(ErrorKind.PORTAL_REFUSED);
            trouble.report(
                    e.status == 0 ? String.valueOf(e.getMessage()) : "HTTP " + e.status,
                    "the portal refuses to tell orders: HTTP " + e.status + " " + e.getMessage());
            return refused.next();
        } catch (RuntimeException e) {
            ErrorCounts.count(ErrorKind.SENDING_FAILED);
            LOG.error("waiting for orders failed", e);
            return MOST_AWAY;
        }
    }
}
