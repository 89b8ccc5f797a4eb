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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.evidence.OutputFeed;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.agent.send.LogText;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.TailOrder;

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

    private static final long LOOK_PATIENCE = TimeUnit.SECONDS.toNanos(8);
    private static final long TAIL_HANGS = TimeUnit.SECONDS.toNanos(18);
    private static final int MOST_HANGING_TAILS = 4;
    private static final int MOST_RUNNING = 200;
    private static final int MOST_RUNNING_OF_SLOT = 10;
    private static final int MOST_REFUSED_REMEMBERED = 1000;

    private final OrderScope scope;
    private final String nodeName;
    private final ProcFiles proc;
    private final EvidenceLooks looks;
    private final int monitor;
    private final Node node;
    private final Map<String, OrderBook> books = new HashMap<>();
    private final List<Running> running = new ArrayList<>();
    private final Consumer<Runnable> tasks;
    /** Reads output. */
    private final SideWork side = new SideWork(TAIL_HANGS, MOST_HANGING_TAILS);

    private final BatchOrders batch;

    private final Set<Long> refused = new LinkedHashSet<>();
    private @Nullable ProcessSignals signals;

    private static final class Running {
        private final Slot slot;
        private final OrderBook book;
        private OrderBook.Entry entry;
        private @Nullable Work work;

        Running(Slot slot, OrderBook book, OrderBook.Entry entry) {
            this.slot = slot;
            this.book = book;
            this.entry = entry;
        }

        void write(OrderBook.Entry next) throws IOException {
            book.write(next);
            entry = next;
        }

        @Override
        public String toString() {
            return slot + ": order " + Long.toUnsignedString(entry.id()) + " (" + entry.word() + ")";
        }
    }

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
        this.proc = proc;
        this.looks = looks;
        this.monitor = monitor;
        this.tasks = tasks;
        this.node = node;
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
        Running one = new Running(slot, book, entry);
        try {
            one.write(entry);
        } catch (IOException e) {
            refuse(order, slot, "the order cannot be written down: " + e.getMessage());
            return;
        }
        LOG.info("{} of {}: {}", one, LogText.clean(order.getAuthor()), LogText.clean(order.getReason()));
        running.add(one);
        begin(one, order);
    }

    private void begin(Running one, Order order) {
        Optional<EvidenceSubject> subject = node.look(one.slot);
        if (subject.isEmpty()) {
            finish(one, Results.failed("The job has ended"));
            return;
        }
        switch (order.getWhatCase()) {
            case KILL -> {
                Kill kill = kill(one);
                if (kill != null) {
                    looks.begin(subject.get(), true, Kill.PATIENCE_FOR_EVIDENCE, told(one, kill::looked));
                }
            }
            case LOOK -> {
                Look look = new Look();
                one.work = look;
                report(one, Results.of(OrderResult.State.BEGUN));
                looks.begin(subject.get(), order.getLook().getStacks(), LOOK_PATIENCE, told(one, look::looked));
            }
            case LOG_LEVEL -> {
                one.work = new MoreLog(order.getLogLevel());
                report(one, Results.of(OrderResult.State.BEGUN));
            }
            case TAIL -> {
                TailOrder asked = order.getTail();
                one.work = new Tail(
                        asked.getStandardError() ? "Standard error" : "Standard output",
                        new OutputFeed(
                                subject.get(),
                                proc.forAnotherThread(),
                                asked.getStandardError(),
                                asked.getLines(),
                                asked.getFollowSeconds() > 0),
                        TimeUnit.SECONDS.toNanos(asked.getFollowSeconds()),
                        side,
                        tasks,
                        part -> report(one, Results.of(OrderResult.State.BEGUN).setTail(part)));
                report(one, Results.of(OrderResult.State.BEGUN));
            }
            case BATCH -> throughBatch(one, order, subject.get());
            case INTERVAL, WHAT_NOT_SET -> finish(one, Results.failed("This agent cannot do that"));
        }
    }

    private void throughBatch(Running one, Order order, EvidenceSubject subject) {
        BatchAct act = BatchOrders.act(order.getBatch()).orElseThrow();
        ThroughBatch work = new ThroughBatch(act.stopsTheJob(), new ThroughBatch.Progress() {
            @Override
            public void begun(@Nullable Evidence evidence) {
                OrderResult.Builder begun = Results.of(OrderResult.State.BEGUN);
                report(one, evidence == null ? begun : begun.setEvidence(evidence));
            }

            @Override
            public boolean tell() {
                return batch.begin(order, act, one.slot, result -> {
                    if (one.work instanceof ThroughBatch waiting) {
                        waiting.answered(result);
                    }
                });
            }
        });
        one.work = work;
        if (act.stopsTheJob()) {
            looks.begin(subject, true, ThroughBatch.PATIENCE_FOR_EVIDENCE, told(one, work::looked));
        }
    }

    private Consumer<EvidenceLooks.Result> told(Running one, Consumer<Evidence> told) {
        return result -> {
            node.cost(result.cpuSeconds());
            if (running.contains(one)) {
                told.accept(result.evidence());
            }
        };
    }

    /** Null when signals cannot be sent: then the order is over. */
    private @Nullable Kill kill(Running one) {
        try {
            if (signals == null) {
                signals = ProcessSignals.open(proc);
            }
        } catch (ProcessSignals.Unavailable e) {
            finish(one, Results.failed("Nothing was done: " + e.getMessage()));
            return null;
        }
        Kill kill = new Kill(
                () -> node.look(one.slot).map(EvidenceSubject::members).orElse(List.of()),
                proc,
                signals,
                monitor,
                TimeUnit.SECONDS.toNanos(one.entry.graceSeconds()),
                Kill.PATIENCE_FOR_KILLING,
                new Kill.Progress() {
                    @Override
                    public void begun(@Nullable Evidence evidence) {
                        OrderResult.Builder begun = Results.of(OrderResult.State.BEGUN);
                        report(one, evidence == null ? begun : begun.setEvidence(evidence));
                    }

                    @Override
                    public void firstSignal() throws IOException {
                        one.write(one.entry.signalled(System.currentTimeMillis()));
                    }
                });
        one.work = kill;
        return kill;
    }

    /** A slot that an earlier run of the agent looked after: kills go on, all else that was begun is over. */
    public void adopted(Slot slot) {
        OrderBook book = Files.exists(slot.orders()) ? book(slot) : null;
        if (book == null) {
            return;
        }
        for (OrderBook.Entry entry : book.unfinished()) {
            Running one = new Running(slot, book, entry);
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
                Kill kill = kill(one);
                if (kill != null && entry.firstSignalMs() > 0) {
                    kill.resume(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - entry.firstSignalMs()));
                } else if (kill != null) {
                    node.look(slot)
                            .ifPresent(subject ->
                                    looks.begin(subject, true, Kill.PATIENCE_FOR_EVIDENCE, told(one, kill::looked)));
                }
            }
        }
    }

    /** Does what is due; to be called whenever {@link #nextStep} says so. */
    public void step() {
        long now = System.nanoTime();
        for (Running one : List.copyOf(running)) {
            Work work = one.work;
            OrderResult.Builder result = null;
            try {
                if (work != null && one.slot.ended()) {
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
        for (Running one : running) {
            if (one.work != null && one.work.due() - next < 0) {
                next = one.work.due();
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
        return running.stream().filter(one -> one.slot == slot).count();
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
        report(slot, order.getOrderId(), Results.of(OrderResult.State.REFUSED, why));
    }

    private void finish(Running one, OrderResult.Builder result) {
        running.remove(one);
        LOG.info("{} is over: {} {}", one, result.getState(), result.getDetail());
        // In this order: killed in between, the next run tells an end once more rather than none.
        report(one, result);
        try {
            one.write(one.entry.ended());
        } catch (IOException e) {
            LOG.warn("{}: its end cannot be written down: {}", one, e.toString());
        }
    }

    private void report(Running one, OrderResult.Builder result) {
        report(one.slot, one.entry.id(), result);
    }

    private void report(Slot slot, long order, OrderResult.Builder result) {
        slot.reportOrder(
                result.setOrderId(order).setTimeMs(System.currentTimeMillis()).build());
        node.reported();
    }
}
