package org.slotwarden.agent.order;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.send.LogText;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;

/**
 * Takes orders that are known to be the portal's, carries each out once, and reports what became of it. Nothing here
 * waits: each order is worked on in steps between the samples of all slots. Used by the thread that owns the slots.
 */
public final class OrderDesk {

    /** Whoever owns the slots. */
    public interface Node {
        /** A slot by its id; null when this process has none of that. */
        @Nullable
        Slot slot(String id);

        /** The job's processes and places, looked at now; empty after the job's end. */
        Optional<EvidenceSubject> look(Slot slot);

        /** A look that an order asked for took so much CPU time. */
        void cost(double cpuSeconds);

        /** There is something to be sent. */
        void reported();
    }

    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);

    private static final int MOST_RUNNING = 200;
    private static final int MOST_RUNNING_OF_SLOT = 10;
    private static final int MOST_REFUSED_REMEMBERED = 1000;

    private final OrderScope scope;
    private final String nodeName;
    private final EvidenceLooks looks;
    private final Node node;
    private final Map<String, OrderBook> books = new HashMap<>();
    private final List<RunningOrder> running = new ArrayList<>();
    private final BatchOrders batch;
    private final OrderStart start;

    private final Set<Long> refused = new LinkedHashSet<>();

    /**
     * @param settings which orders are carried out
     * @param nodeName of this node, for the portal
     * @param looks makes the looks that orders ask for
     * @param monitor the guardian's pid, or our own: neither it nor what descends from it is part of any job
     * @param tasks runs what it is given on the thread that uses this
     */
    public OrderDesk(
            OrderSettings settings,
            String nodeName,
            ProcFiles proc,
            EvidenceLooks looks,
            int monitor,
            Consumer<Runnable> tasks,
            Node node) {
        this.scope = settings.scope();
        this.batch = new BatchOrders(settings.batch(), tasks);
        this.nodeName = nodeName;
        this.looks = looks;
        this.node = node;
        this.start = new OrderStart(proc, looks, monitor, tasks, node, batch);
    }

    /**
     * Takes orders; those that are known already, or for slots of others, are left out.
     *
     * @param portalNowMs the portal's clock; empty: not known, and nothing is carried out
     */
    public void take(List<Order> orders, OptionalLong portalNowMs) {
        for (Order order : orders) {
            // A slot of another process of this node, or one that has ended and is told: only reports of the slot could
            // answer, and the portal asks all processes of the node.
            Slot slot = node.slot(order.getSlotId());
            if (slot != null && !refused.contains(order.getOrderId())) {
                take(order, slot, portalNowMs);
            }
        }
    }

    private void take(Order order, Slot slot, OptionalLong portalNowMs) {
        long now = System.currentTimeMillis();
        OrderBook book = book(slot);
        if (book == null) {
            refuse(order, slot, "what was ordered for this slot before cannot be read");
            return;
        }
        if (book.knows(order.getOrderId())) {
            return;
        }
        String why = OrderTerms.refusal(order, nodeName, slot, scope, portalNowMs);
        if (why == null && order.hasTail() && !looks.sendsOutput()) {
            why = "output is not sent from this node, as its admins chose";
        }
        if (why == null && order.hasBatch()) {
            why = batch.refusal(slot);
        }
        // An owner who follows output in many windows does not keep the job from being stopped.
        boolean stops = order.hasKill() || order.hasBatch();
        int most = stops ? 2 : 1;
        if (why == null && !book.hasRoom(now, stops)) {
            why = "too many orders for this slot within a short time";
        }
        if (why == null && (running.size() >= most * MOST_RUNNING || running(slot) >= most * MOST_RUNNING_OF_SLOT)) {
            why = "too many orders are being carried out";
        }
        if (why != null) {
            refuse(order, slot, why);
            return;
        }
        OrderBook.Entry entry = new OrderBook.Entry(
                order.getOrderId(),
                OrderTerms.word(order),
                false,
                OrderBook.rememberMs(now, order.getExpiresAtMs() - order.getIssuedAtMs()),
                order.getKill().getGraceSeconds(),
                0);
        RunningOrder one = new RunningOrder(slot, book, entry, node);
        try {
            one.write(entry);
        } catch (IOException e) {
            refuse(order, slot, "the order cannot be written down: " + e.getMessage());
            return;
        }
        LOG.info("{} of {}: {}", one, LogText.clean(order.getAuthor()), LogText.clean(order.getReason()));
        running.add(one);
        finishIfOver(one, start.begin(one, order));
    }

    /** A slot that an earlier run of the agent looked after: kills go on, all else that was begun is over. */
    public void adopted(Slot slot) {
        OrderBook book = Files.exists(slot.orders()) ? book(slot) : null;
        if (book == null) {
            return;
        }
        for (OrderBook.Entry entry : book.unfinished()) {
            RunningOrder one = new RunningOrder(slot, book, entry, node);
            running.add(one);
            if (!entry.word().equals(OrderTerms.KILL)) {
                finish(
                        one,
                        Results.failed("The agent was started anew in between"
                                + (BatchOrders.isAct(entry.word()) ? ": whether it was done is not known" : "")));
            } else if (scope != OrderScope.ALL) {
                finish(one, Results.failed("The agent was started anew in between, and carries out no kill any more"));
            } else if (entry.firstSignalMs() == 0 && entry.expired(System.currentTimeMillis())) {
                finish(one, Results.failed("Nothing was done: the agent was away until the order had expired"));
            } else {
                LOG.info("{} goes on", one);
                finishIfOver(one, start.resumeKill(one));
            }
        }
    }

    /** Does what is due; to be called whenever {@link #nextStep} says so. */
    public void step() {
        long now = System.nanoTime();
        for (RunningOrder one : List.copyOf(running)) {
            Work work = one.work();
            OrderResult.Builder result = null;
            try {
                if (work != null && one.slot().ended()) {
                    result = work.jobEnded();
                }
                if (work != null && result == null && work.due() - now <= 0) {
                    result = work.step(now);
                }
            } catch (RuntimeException e) {
                LOG.error("{} failed", one, e);
                result = Results.failed("An error of the agent: " + e);
            }
            if (result != null) {
                finish(one, result);
            }
        }
    }

    /** When {@link #step} has something to do, on the clock of {@link System#nanoTime}. */
    public long nextStep(long otherwise) {
        long next = otherwise;
        for (RunningOrder one : running) {
            Work work = one.work();
            if (work != null && work.due() - next < 0) {
                next = work.due();
            }
        }
        return next;
    }

    /** Whether some order for the slot is being carried out. */
    public boolean isBusyWith(Slot slot) {
        return running(slot) > 0;
    }

    /** The slot is not looked after any more. */
    public void forget(Slot slot) {
        books.remove(slot.id());
    }

    private long running(Slot slot) {
        return running.stream().filter(one -> one.slot() == slot).count();
    }

    private @Nullable OrderBook book(Slot slot) {
        OrderBook book = books.get(slot.id());
        if (book == null) {
            try {
                book = OrderBook.open(slot.orders());
                books.put(slot.id(), book);
            } catch (IOException e) {
                LOG.error("{}: its orders cannot be read, nothing is carried out: {}", slot, e.toString());
            }
        }
        return book;
    }

    private void refuse(Order order, Slot slot, String why) {
        refused.add(order.getOrderId());
        if (refused.size() > MOST_REFUSED_REMEMBERED) {
            refused.remove(refused.iterator().next());
        }
        LOG.warn(
                "{}: order {} of {} is refused: {}",
                slot,
                Long.toUnsignedString(order.getOrderId()),
                LogText.clean(order.getAuthor()),
                why);
        slot.reportOrder(Results.of(OrderResult.State.REFUSED, why)
                .setOrderId(order.getOrderId())
                .setTimeMs(System.currentTimeMillis())
                .build());
        node.reported();
    }

    private void finishIfOver(RunningOrder one, OrderResult.@Nullable Builder result) {
        if (result != null) {
            finish(one, result);
        }
    }

    private void finish(RunningOrder one, OrderResult.Builder result) {
        running.remove(one);
        one.over();
        LOG.info("{} is over: {} {}", one, result.getState(), result.getDetail());
        // In this order: killed in between, the next run tells an end once more rather than none.
        one.report(result);
        try {
            one.write(one.entry().ended());
        } catch (IOException e) {
            LOG.warn("{}: its end cannot be written down: {}", one, e.toString());
        }
    }
}
