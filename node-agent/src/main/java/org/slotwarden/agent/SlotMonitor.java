package org.slotwarden.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.diagnostics.AgentDiagnostics;
import org.slotwarden.agent.diagnostics.ErrorCounts;
import org.slotwarden.agent.diagnostics.ErrorKind;
import org.slotwarden.agent.diagnostics.ThreadCpu;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.node.NodeProbe;
import org.slotwarden.agent.order.OrderDesk;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.NodeSamples;
import org.slotwarden.agent.send.OrderWait;
import org.slotwarden.agent.send.PortalClock;
import org.slotwarden.agent.send.Sender;
import org.slotwarden.agent.slot.BatchQuestions;
import org.slotwarden.agent.slot.HandOver;
import org.slotwarden.agent.slot.InboxFile;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.agent.slot.SlotEnding;
import org.slotwarden.agent.slot.Slots;
import org.slotwarden.agent.slot.Vanishing;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.ReportAnswer;

/**
 * The agent's main loop: takes what hooks leave, samples every slot when it is due, lets slots end. All
 * slots belong to this one thread; other threads hand it tasks through a queue.
 */
final class SlotMonitor implements Slots.Listener, OrderDesk.Node {

    private static final Logger LOG = LoggerFactory.getLogger(SlotMonitor.class);

    /** Looks into the inbox without being told: a watch can be lost. */
    private static final Duration RESCAN = Duration.ofSeconds(10);

    /** A process of one slot has nothing to wait for after that slot. */
    private static final Duration IDLE_EXIT_OF_ONE_SLOT = Duration.ofSeconds(5);

    private static final Duration SWEEP = Duration.ofMinutes(10);

    /** What is done in between. */
    interface Task {
        void run() throws IOException;
    }

    private final AgentConfig config;
    private final StateDirectory state;
    private final ProcFiles proc;
    private final ProcessTable table;
    private final Sender sender;
    private final PortalClock clock;
    private final BatchQuestions questions;
    private final BlockingQueue<Runnable> tasks;
    private final EvidenceLooks evidence;
    private final OrderDesk orders;
    private final OrderWait orderWait;
    private final @Nullable AbandonedSlots abandoned;
    private final Duration idleExit;
    private final int monitor;
    private final SamplingPlan plan;
    private final Sampling sampling;
    private final Vanishing vanishing;
    private final SlotEnding ending;
    private final Slots slots;
    private final PortalAnswers answers;
    private long lastSlotNanos = System.nanoTime();
    private long nextRescan = System.nanoTime();
    private long nextSweep = System.nanoTime();
    private boolean inboxTrouble;
    private boolean leaving;
    private volatile long rounds;

    /**
     * @param orderWait is told for which slots orders may come
     * @param turn whether this process reports the node
     * @param abandoned where slots of other processes may be taken over; null: not by this process, which looks after one slot
     * @param monitor process that is no part of any job, nor is what descends from it: we, or our guardian
     */
    SlotMonitor(
            AgentConfig config,
            StateDirectory state,
            ProcFiles proc,
            ProcessTable table,
            NodeProbe nodeProbe,
            NodeSamples nodeSamples,
            AgentDiagnostics diagnostics,
            Sender sender,
            PortalClock clock,
            BatchQuestions questions,
            BlockingQueue<Runnable> tasks,
            Policy policy,
            EvidenceLooks evidence,
            String nodeName,
            OrderWait orderWait,
            NodeTurn turn,
            @Nullable AbandonedSlots abandoned,
            int monitor,
            Function<Slots.Listener, Slots> slots) {
        this.config = config;
        this.state = state;
        this.proc = proc;
        this.table = table;
        this.sender = sender;
        this.clock = clock;
        this.questions = questions;
        this.tasks = tasks;
        this.plan = new SamplingPlan(policy, config.samplingShare());
        this.evidence = evidence;
        this.sampling = new Sampling(plan, table, nodeProbe, nodeSamples, diagnostics, turn, monitor);
        this.orders = new OrderDesk(config.orders(), nodeName, proc, evidence, monitor, tasks::add, this);
        this.orderWait = orderWait;
        this.abandoned = abandoned;
        this.idleExit = abandoned != null || config.idleExit().compareTo(IDLE_EXIT_OF_ONE_SLOT) < 0
                ? config.idleExit()
                : IDLE_EXIT_OF_ONE_SLOT;
        this.monitor = monitor;
        this.ending = new SlotEnding(questions, sender::wake);
        this.vanishing = new Vanishing(config.vanishedAfter(), questions, ending, this::vanish);
        this.slots = slots.apply(this);
        this.answers = new PortalAnswers(
                this.slots, plan, evidence, table, new ThreadCpu(proc.forAnotherThread()), monitor, sender::wake);
    }

    /**
     * Runs until there is nothing left to do.
     *
     * @param sampled called once, when what was handed over before has had its first sample
     */
    void run(Task sampled) throws IOException, InterruptedException {
        slots.adoptFound();
        while (!leaving) {
            rounds++;
            takeInbox();
            if (sampling.due(slots.all(), rounds == 1, vanishing::look)) {
                sender.wake();
            }
            if (rounds == 1) {
                sampled.run();
            }
            evidence.giveUpOverdue(System.nanoTime());
            orders.step();
            orderWait.forSlots(plan.slots());
            removeSent();
            slots.keepWithinSpace();
            if (mayExit()) {
                state.removePid();
                if (InboxFile.list(state.inbox()).isEmpty()) {
                    LOG.info("no slot left, the agent ends");
                    return;
                }
                Main.writePid(state, proc);
            }
            Runnable task = tasks.poll(nanosToNextStep(), TimeUnit.NANOSECONDS);
            for (; task != null; task = tasks.poll()) {
                run(task);
            }
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // What one answer asks for must not end the watch over all slots.
            LOG.error("a task failed", e);
        }
    }

    /** How often the main loop went round: at least every ten seconds while it is well. Any thread. */
    long rounds() {
        return rounds;
    }

    /** Task of the guardian's look-out: another agent waits for our place. */
    void leave() {
        leaving = true;
    }

    /** Task of the inbox's watcher: something changed there. */
    void lookIntoInbox() {
        nextRescan = System.nanoTime();
    }

    private void takeInbox() {
        long now = System.nanoTime();
        if (now - nextRescan < 0) {
            return;
        }
        nextRescan = now + RESCAN.toNanos();
        try {
            slots.retry();
            for (InboxFile file : InboxFile.list(state.inbox())) {
                slots.take(file);
                lastSlotNanos = now;
                sender.wake();
            }
            if (abandoned != null) {
                abandoned.take(this::adopt);
            }
            if (now - nextSweep >= 0) {
                nextSweep = now + SWEEP.toNanos();
                InboxFile.sweep(state.inbox(), Instant.now());
            }
            inboxTrouble = false;
        } catch (IOException e) {
            // A slot that runs goes on, whatever became of the inbox.
            if (!inboxTrouble) {
                ErrorCounts.count(ErrorKind.INBOX_UNREADABLE);
                LOG.error("the inbox cannot be read: {}", e.toString());
            }
            inboxTrouble = true;
        }
    }

    @Override
    public void began(Slot slot) {
        sender.add(slot.spool());
        if (!slot.ended()) {
            plan.begin(slot);
            orders.adopted(slot);
            questions.ask(slot, Duration.ZERO, answer -> {
                if (!slot.ended()) {
                    answer.ifPresent(slot::learn);
                    sender.wake();
                }
            });
        }
    }

    @Override
    public void epilogueCame(Slot slot, HandOver epilogue) {
        if (plan.end(slot) && slot.membersSeen()) {
            // The last look: what still lives, and what was consumed since the last one.
            sampling.last(slot);
        }
        slots.ending(slot, epilogue.time());
        ending.begin(slot, epilogue);
    }

    private void vanish(Slot slot, Instant when) {
        plan.end(slot);
        slots.vanish(slot, when);
        sender.wake();
    }

    private void adopt(Path folder) {
        try {
            slots.adopt(folder);
        } catch (RuntimeException | IOException e) {
            ErrorCounts.count(ErrorKind.SLOT_UNREADABLE);
            LOG.error("{} cannot be adopted: {}", folder.getFileName(), e.toString());
        }
    }

    @Override
    public boolean awaitsMore(Slot slot) {
        return ending.isAsking(slot) || orders.isBusyWith(slot);
    }

    @Override
    public void parked(Slot slot) {
        plan.end(slot);
        sender.remove(slot.spool());
        vanishing.forget(slot);
        orders.forget(slot);
    }

    private void removeSent() {
        for (Slot slot : slots.all()) {
            if (slot.ended()) {
                plan.end(slot);
                if (slot.spool().isEmpty() && !awaitsMore(slot)) {
                    sender.remove(slot.spool());
                    vanishing.forget(slot);
                    orders.forget(slot);
                    slots.remove(slot);
                    lastSlotNanos = System.nanoTime();
                }
            }
        }
        try {
            if (slots.parkOrReturn()) {
                sender.wake();
            }
        } catch (IOException e) {
            LOG.error("slots that wait on disk cannot be listed: {}", e.toString());
        }
    }

    /** Task of the sender: the portal answered. */
    void answered(ReportAnswer answer) {
        answers.take(answer);
    }

    /**
     * Task of whoever hears the portal: orders came that are its own.
     *
     * @param answeredAtMs the portal's clock in that answer; 0: it did not say
     */
    void ordered(List<Order> genuine, long answeredAtMs) {
        OptionalLong portalMs = clock.portalMs();
        orders.take(genuine, portalMs.isPresent() || answeredAtMs <= 0 ? portalMs : OptionalLong.of(answeredAtMs));
    }

    @Override
    public @Nullable Slot slot(String id) {
        return slots.get(id);
    }

    @Override
    public Optional<EvidenceSubject> look(Slot slot) {
        table.refresh();
        return slot.evidenceSubject(table, monitor);
    }

    @Override
    public void cost(double cpuSeconds) {
        plan.roundCost(OptionalDouble.of(cpuSeconds));
    }

    @Override
    public void reported() {
        sender.wake();
    }

    private boolean mayExit() {
        long idle = System.nanoTime() - lastSlotNanos;
        boolean unfinished = slots.all().stream().anyMatch(slot -> !slot.ended() || awaitsMore(slot));
        if (unfinished || idle < idleExit.toNanos()) {
            return false;
        }
        return (sender.allSent() && slots.parked() == 0 && !slots.someUnopened())
                || idle >= idleExit.plus(config.awayExit()).toNanos();
    }

    private long nanosToNextStep() {
        long now = System.nanoTime();
        long next = plan.next(slots.all(), now, Instant.now(), nextRescan);
        if (plan.isEmpty()) {
            next = Math.min(next, now + TimeUnit.SECONDS.toNanos(1));
        }
        return Math.max(0, orders.nextStep(evidence.nextOverdue(next)) - now);
    }
}
