package org.slotwarden.agent.order;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.evidence.OutputFeed;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.SideWork;
import org.slotwarden.batch.BatchAct;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.TailOrder;

/** Begins the work on orders that were taken. Used by the thread that owns the slots. */
final class OrderStart {

    private static final long LOOK_PATIENCE = TimeUnit.SECONDS.toNanos(8);
    private static final long TAIL_HANGS = TimeUnit.SECONDS.toNanos(18);
    private static final int MOST_HANGING_TAILS = 4;

    private final ProcFiles proc;
    private final EvidenceLooks looks;
    private final int monitor;
    private final Consumer<Runnable> tasks;
    private final OrderDesk.Node node;
    private final BatchOrders batch;
    /** Reads output. */
    private final SideWork side = new SideWork(TAIL_HANGS, MOST_HANGING_TAILS);

    private @Nullable ProcessSignals signals;

    /** As {@link OrderDesk}'s. */
    OrderStart(
            ProcFiles proc,
            EvidenceLooks looks,
            int monitor,
            Consumer<Runnable> tasks,
            OrderDesk.Node node,
            BatchOrders batch) {
        this.proc = proc;
        this.looks = looks;
        this.monitor = monitor;
        this.tasks = tasks;
        this.node = node;
        this.batch = batch;
    }

    /** @return what came of it, when it is over already */
    OrderResult.@Nullable Builder begin(RunningOrder one, Order order) {
        EvidenceSubject subject = node.look(one.slot()).orElse(null);
        if (subject == null) {
            return Results.failed("The job has ended");
        }
        return switch (order.getWhatCase()) {
            case KILL -> kill(one, kill -> look(one, subject, kill));
            case LOOK -> {
                Look look = new Look();
                one.work(look);
                one.begun();
                looks.begin(subject, order.getLook().getStacks(), LOOK_PATIENCE, told(one, look::looked));
                yield null;
            }
            case LOG_LEVEL -> {
                one.work(new MoreLog(order.getLogLevel()));
                one.begun();
                yield null;
            }
            case TAIL -> {
                one.work(tail(one, order.getTail(), subject));
                one.begun();
                yield null;
            }
            case BATCH -> {
                throughBatch(one, order, subject);
                yield null;
            }
            case INTERVAL, WHAT_NOT_SET -> Results.failed("This agent cannot do that");
        };
    }

    /**
     * Goes on with a kill that an earlier run of the agent began.
     *
     * @return what came of it, when it is over already
     */
    OrderResult.@Nullable Builder resumeKill(RunningOrder one) {
        OrderBook.Entry entry = one.entry();
        return kill(one, kill -> {
            if (entry.firstSignalMs() > 0) {
                kill.resume(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - entry.firstSignalMs()));
            } else {
                node.look(one.slot()).ifPresent(subject -> look(one, subject, kill));
            }
        });
    }

    private void look(RunningOrder one, EvidenceSubject subject, Kill kill) {
        looks.begin(subject, true, Kill.PATIENCE_FOR_EVIDENCE, told(one, kill::looked));
    }

    private OrderResult.@Nullable Builder kill(RunningOrder one, Consumer<Kill> begin) {
        try {
            if (signals == null) {
                signals = ProcessSignals.open(proc);
            }
        } catch (ProcessSignals.Unavailable e) {
            return Results.failed("Nothing was done: " + e.getMessage());
        }
        Kill kill = new Kill(
                () -> node.look(one.slot()).map(EvidenceSubject::members).orElse(List.of()),
                proc,
                signals,
                monitor,
                TimeUnit.SECONDS.toNanos(one.entry().graceSeconds()),
                Kill.PATIENCE_FOR_KILLING,
                new Kill.Progress() {
                    @Override
                    public void begun(@Nullable Evidence evidence) {
                        reportBegun(one, evidence);
                    }

                    @Override
                    public void firstSignal() throws IOException {
                        one.write(one.entry().signalled(System.currentTimeMillis()));
                    }
                });
        one.work(kill);
        begin.accept(kill);
        return null;
    }

    private Tail tail(RunningOrder one, TailOrder asked, EvidenceSubject subject) {
        return new Tail(
                asked.getStandardError() ? "Standard error" : "Standard output",
                new OutputFeed(
                        subject,
                        proc.forAnotherThread(),
                        asked.getStandardError(),
                        asked.getLines(),
                        asked.getFollowSeconds() > 0),
                TimeUnit.SECONDS.toNanos(asked.getFollowSeconds()),
                side,
                tasks,
                part -> one.report(Results.of(OrderResult.State.BEGUN).setTail(part)));
    }

    private void throughBatch(RunningOrder one, Order order, EvidenceSubject subject) {
        BatchAct act = BatchOrders.act(order.getBatch()).orElseThrow();
        ThroughBatch work = new ThroughBatch(act.stopsTheJob(), new ThroughBatch.Progress() {
            @Override
            public void begun(@Nullable Evidence evidence) {
                reportBegun(one, evidence);
            }

            @Override
            public boolean tell() {
                return batch.begin(order, act, one.slot(), result -> {
                    if (one.work() instanceof ThroughBatch waiting) {
                        waiting.answered(result);
                    }
                });
            }
        });
        one.work(work);
        if (act.stopsTheJob()) {
            looks.begin(subject, true, ThroughBatch.PATIENCE_FOR_EVIDENCE, told(one, work::looked));
        }
    }

    private static void reportBegun(RunningOrder one, @Nullable Evidence evidence) {
        OrderResult.Builder begun = Results.of(OrderResult.State.BEGUN);
        one.report(evidence == null ? begun : begun.setEvidence(evidence));
    }

    private Consumer<EvidenceLooks.Result> told(RunningOrder one, Consumer<Evidence> told) {
        return result -> {
            node.cost(result.cpuSeconds());
            if (!one.isOver()) {
                told.accept(result.evidence());
            }
        };
    }
}
