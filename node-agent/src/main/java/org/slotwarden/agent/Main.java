package org.slotwarden.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.diagnostics.AgentDiagnostics;
import org.slotwarden.agent.doctor.Doctor;
import org.slotwarden.agent.evidence.EvidenceLooks;
import org.slotwarden.agent.files.JobFiles;
import org.slotwarden.agent.node.BlindSpots;
import org.slotwarden.agent.node.Gpus;
import org.slotwarden.agent.node.NodeFactsProbe;
import org.slotwarden.agent.node.NodeFigure;
import org.slotwarden.agent.node.NodeProbe;
import org.slotwarden.agent.node.ScratchSpace;
import org.slotwarden.agent.node.Sensors;
import org.slotwarden.agent.order.OrderCheck;
import org.slotwarden.agent.order.OrderKeys;
import org.slotwarden.agent.order.OrderScope;
import org.slotwarden.agent.order.OrderSettings;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.probe.StorageHosts;
import org.slotwarden.agent.record.Recorder;
import org.slotwarden.agent.send.NodeSamples;
import org.slotwarden.agent.send.OrderWait;
import org.slotwarden.agent.send.PortalClock;
import org.slotwarden.agent.send.Sender;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.agent.slot.BatchQuestions;
import org.slotwarden.agent.slot.NodeProcesses;
import org.slotwarden.agent.slot.Scontrol;
import org.slotwarden.agent.slot.Slot;
import org.slotwarden.agent.slot.SlotFolders;
import org.slotwarden.agent.slot.Slots;
import org.slotwarden.wire.v1.NodeFacts;
import org.slotwarden.wire.v1.Order;
import org.slotwarden.wire.v1.ReportAnswer;
import org.slotwarden.wire.v1.SignedOrder;

/** The agent's process. Its launcher, {@code node-agent}, starts it and watches over it. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");

    /** Exit status of an agent that is not needed: another one looks after the directory. */
    private static final int PLACE_TAKEN = 75;

    private static final int HANGS = 70;
    private static final Duration SCONTROL_TIMEOUT = Duration.ofSeconds(10);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        int status;
        if (arguments.length > 0 && arguments[0].equals("doctor")) {
            List<String> options = List.of(arguments).subList(1, arguments.length);
            Runtime.getRuntime().halt(Doctor.run(options, version(), System.out, System.err));
        }
        if (arguments.length > 0 && arguments[0].equals("record")) {
            List<String> options = List.of(arguments).subList(1, arguments.length);
            Runtime.getRuntime().halt(Recorder.run(options, System.out, System.err));
        }
        try {
            status = start(CommandLine.parse(arguments));
        } catch (AgentConfig.Invalid e) {
            System.err.println("node-agent: " + e.getMessage());
            status = 2;
        }
        // Not by falling off the end: a thread that hangs in a file system must not keep the process.
        Runtime.getRuntime().halt(status);
    }

    private static int start(CommandLine line) throws InterruptedException {
        Path state = line.state();
        try {
            AgentConfig config;
            try {
                config = AgentConfig.read(line.config()).with(line.state(), line.node());
                state = config.state();
            } catch (AgentConfig.Invalid e) {
                complain(state, line.config() + ": " + e.getMessage());
                return 2;
            }
            if (line.shared() != null && !Files.exists(state)) {
                return 0; // the node's process has taken our slot over
            }
            StateDirectory.prepare(state);
            try (StateDirectory directory = StateDirectory.acquire(state, line.successor())) {
                if (directory == null) {
                    return PLACE_TAKEN;
                }
                AgentLog.begin(state);
                run(config, line, directory);
                if (line.shared() != null) {
                    directory.removeIfDone();
                }
            }
            return 0;
        } catch (IOException | RuntimeException e) {
            if (AgentLog.begun()) {
                LOG.error("the agent ends", e);
            } else {
                complain(state, e.toString());
            }
            return 1;
        }
    }

    /** Says why there is no agent: on standard error, and in the log where that is known and something else. */
    private static void complain(@Nullable Path state, String why) {
        System.err.println("node-agent: " + why);
        try {
            if (state != null && !AgentLog.isStandardError(state)) {
                StateDirectory.prepare(state);
                AgentLog.begin(state);
                LOG.error("{}", why);
            }
        } catch (IOException e) {
            System.err.println("node-agent: no log in " + state + ": " + e);
        }
    }

    private static void run(AgentConfig config, CommandLine line, StateDirectory state)
            throws IOException, InterruptedException {
        ProcFiles proc = new ProcFiles(PROC);
        writePid(state, proc);
        String node = NodeName.find(config.node(), state.inbox(), state.slots(), proc);
        String version = version();
        LOG.info(
                "agent {} on node {} begins, reports go to {}",
                version,
                node,
                config.destination().portal());

        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        MonitorTasks monitorTasks = new MonitorTasks(tasks);
        NodeSamples nodeSamples = new NodeSamples(state.nodeSamples(), config.spoolBytes());
        KernelUnits units = KernelUnits.read(proc);
        JobProbe.Shared probes = JobProbe.Shared.of(proc, units);
        Policy policy = new Policy(config.samples());
        PortalClock clock = new PortalClock();
        AgentDiagnostics diagnostics = new AgentDiagnostics(
                PROC,
                units,
                new AgentDiagnostics.Process(System.currentTimeMillis(), line.afterCrash(), line.shared() != null),
                policy.statistics());
        SpoolSpace space = new SpoolSpace(config.allSpoolsBytes());
        Orders orders = Orders.of(config.orders(), monitorTasks);
        StorageHosts storage = probes.storage();
        Sender sender = new Sender(
                config.destination(),
                node,
                version,
                nodeSamples,
                space,
                clock,
                diagnostics,
                storage::version,
                answer -> {
                    if (answer.hasStorageAddresses()) {
                        storage.learn(answer.getStorageAddresses());
                    }
                    orders.told(answer.getOrdersList(), answer.getAnsweredAtMs());
                    monitorTasks.answered(answer);
                });
        OrderWait orderWait = new OrderWait(
                config.destination(),
                line.shared() == null,
                answer -> orders.told(answer.getOrdersList(), answer.getAnsweredAtMs()));
        Slot.Surroundings here = new Slot.Surroundings(
                proc,
                units,
                probes,
                JobFiles.Shared.of(proc),
                Path.of("/sys/fs/cgroup"),
                new NodeProcesses(proc, units),
                config.drop(),
                node,
                config.interval().toSeconds(),
                config.spoolBytes(),
                space,
                policy);
        Scontrol scontrol = config.scontrol() == null ? null : new Scontrol(config.scontrol(), SCONTROL_TIMEOUT);
        Path shared = line.shared();
        boolean ofNode = shared == null;
        try (BatchQuestions questions = new BatchQuestions(scontrol, tasks::add);
                NodeTurn turn = new NodeTurn(shared == null ? state.root() : shared)) {
            SlotMonitor monitor = new SlotMonitor(
                    config,
                    state,
                    proc,
                    new ProcessTable(proc, probes.kept()),
                    nodeProbe(proc, units, config, clock),
                    nodeSamples,
                    diagnostics,
                    sender,
                    clock,
                    questions,
                    tasks,
                    policy,
                    new EvidenceLooks(config.evidence(), proc, units, tasks::add),
                    node,
                    orderWait,
                    turn,
                    ofNode ? new AbandonedSlots(state) : null,
                    monitor(line, proc),
                    listener -> new Slots(new SlotFolders(state.slots(), proc), here, listener));
            monitorTasks.monitor = monitor;
            Guardian guardian = new Guardian(line, state, monitorTasks::leave);
            vital("watchdog", new Watchdog(Watchdog.INTERVAL, monitor::rounds, guardian::look, Main::hangs));
            // What the first samples do not need comes after them.
            monitor.run(() -> {
                daemon("inbox", new InboxWatch(state.inbox(), monitorTasks::inboxChanged));
                monitor.lookIntoInbox();
                vital("sender", sender);
                if (orders.check != null) {
                    daemon("orders", orderWait);
                }
                daemon("node-facts", () -> sender.nodeFacts(nodeFacts()));
            });
        }
        sender.close();
    }

    private static NodeProbe nodeProbe(ProcFiles proc, KernelUnits units, AgentConfig config, PortalClock clock) {
        List<NodeFigure> figures = new ArrayList<>();
        figures.add(clock);
        figures.add(new ScratchSpace(config.scratch(), config.interval()));
        figures.add(new Sensors(SYS, config.interval()));
        if (config.nvidiaSmi() != null) {
            figures.add(new Gpus(config.nvidiaSmi(), config.interval()));
        }
        return new NodeProbe(proc, units, SYS, figures);
    }

    private static NodeFacts nodeFacts() {
        ProcFiles proc = new ProcFiles(PROC);
        return NodeFactsProbe.read(proc, SYS, Path.of("/")).toBuilder()
                .addAllBlindSpots(BlindSpots.find(proc))
                .build();
    }

    /** The process that is no part of any job, nor is what descends from it: our guardian, else we. */
    private static int monitor(CommandLine line, ProcFiles proc) throws IOException {
        ProcessStat self = self(proc);
        return self.parent() == line.guardian() ? self.parent() : self.pid();
    }

    private static void hangs() {
        // What hangs the main loop may hang the log as well: it gets a moment.
        Thread word = Thread.ofPlatform()
                .daemon()
                .start(() -> LOG.error("the main loop hangs, the agent ends so that it is started again"));
        try {
            word.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(HANGS);
    }

    private static void daemon(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    /** A thread without which the agent only seems to live: when it dies, the guardian starts a whole one. */
    private static void vital(String name, Runnable work) {
        daemon(name, () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.error("thread {} died", name, e);
                Runtime.getRuntime().halt(1);
            }
        });
    }

    static void writePid(StateDirectory state, ProcFiles proc) throws IOException {
        ProcessStat self = self(proc);
        try {
            state.writePid(self.pid(), self.startTicks());
        } catch (IOException e) {
            // Mostly a full disk. A job's figures are worth more than what hooks then do in vain.
            LOG.warn("hooks do not see this agent and start others, which find it: {}", e.toString());
        }
    }

    private static ProcessStat self(ProcFiles proc) throws IOException {
        ProcessStat self = ProcessStat.read(proc, "self");
        if (self == null) {
            throw new IOException("/proc/self/stat cannot be read");
        }
        return self;
    }

    private static String version() {
        @Nullable String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Lets through what the portal's key has signed; without a key, nothing. */
    private record Orders(@Nullable OrderCheck check, MonitorTasks tasks) {

        static Orders of(OrderSettings settings, MonitorTasks tasks) {
            Path file = settings.scope() == OrderScope.OFF ? null : settings.keyFile();
            return new Orders(file == null ? null : new OrderCheck(new OrderKeys(file)), tasks);
        }

        void told(List<SignedOrder> told, long answeredAtMs) {
            if (check != null && !told.isEmpty()) {
                List<Order> genuine = check.genuine(told);
                if (!genuine.isEmpty()) {
                    tasks.ordered(genuine, answeredAtMs);
                }
            }
        }
    }

    /** Hands what other threads learn to the monitor's thread. */
    private static final class MonitorTasks {
        private final BlockingQueue<Runnable> tasks;
        private volatile @Nullable SlotMonitor monitor;

        MonitorTasks(BlockingQueue<Runnable> tasks) {
            this.tasks = tasks;
        }

        void answered(ReportAnswer answer) {
            give(m -> m.answered(answer));
        }

        void ordered(List<Order> genuine, long answeredAtMs) {
            give(m -> m.ordered(genuine, answeredAtMs));
        }

        void leave() {
            give(SlotMonitor::leave);
        }

        void inboxChanged() {
            give(SlotMonitor::lookIntoInbox);
        }

        private void give(Consumer<SlotMonitor> task) {
            SlotMonitor there = monitor;
            if (there != null) {
                tasks.add(() -> task.accept(there));
            }
        }
    }
}
