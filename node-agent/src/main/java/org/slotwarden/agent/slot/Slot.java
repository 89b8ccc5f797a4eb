package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;

/**
 * One job slot on this node, from its hand-over until the portal has its end. Its folder holds all that a
 * later run of the agent needs to go on: the hooks' files as they came, the facts as completed, the
 * counters and the spool. Used by one thread.
 */
public final class Slot {

    /** What slots on one node share. */
    public record Surroundings(
            ProcFiles proc,
            KernelUnits units,
            Path cgroups,
            @Nullable Path drop,
            String node,
            double intervalSeconds,
            long spoolBytes) {}

    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

    static final String PROLOGUE = "prologue";
    static final String EPILOGUE = "epilogue";
    private static final String FACTS = "facts";
    private static final String COUNTERS = "counters";
    private static final String SPOOL = "spool";

    /** Looks at a job's environment for what its hooks did not know, before it is given up. */
    private static final int ENVIRONMENT_LOOKS = 10;

    private final Surroundings here;
    private final Path folder;
    private final String id;
    private final HandOver handOver;
    private final boolean startKnown;
    private final Spool spool;
    private final JobProbe probe;
    private final JobProcesses processes;
    private JobFacts facts;
    private boolean arrayKnown;
    private int environmentLooks;
    private boolean ending;
    private double intervalSeconds;
    private @Nullable Instant firstMembers;
    private @Nullable Instant emptySince;

    private Slot(Path folder, HandOver handOver, boolean startKnown, Surroundings here) throws IOException {
        this.here = here;
        this.folder = folder;
        this.id = String.valueOf(folder.getFileName());
        this.handOver = handOver;
        this.startKnown = startKnown;
        this.facts = JobDescription.read(handOver, here.node());
        this.intervalSeconds = here.intervalSeconds();
        this.spool = Spool.open(folder.resolve(SPOOL), id, here.spoolBytes());
        this.probe = new JobProbe(here.proc(), here.units());
        this.processes = new JobProcesses(here.proc(), here.units(), here.cgroups(), handOver, facts, here.node());
    }

    /**
     * Opens a slot's folder, made just now or by an earlier run of the agent.
     *
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when it does not tell a job
     */
    public static Slot open(Path folder, Surroundings here) throws IOException {
        Path prologue = folder.resolve(PROLOGUE);
        boolean startKnown = Files.exists(prologue);
        HandOver handOver = HandOver.read(startKnown ? prologue : folder.resolve(EPILOGUE));
        Slot slot = new Slot(folder, handOver, startKnown, here);
        try {
            if (slot.spool.isNew()) {
                slot.takeDrop();
                slot.reportFacts();
            } else {
                slot.restore();
            }
            return slot;
        } catch (IOException | RuntimeException e) {
            slot.spool.close();
            throw e;
        }
    }

    private void restore() throws IOException {
        try {
            facts = JobFacts.parseFrom(Files.readAllBytes(folder.resolve(FACTS)));
            probe.restoreCounters(Files.readAllBytes(folder.resolve(COUNTERS)));
            processes.remember(probe.processes());
            firstMembers = handOver.time();
        } catch (NoSuchFileException e) {
            LOG.debug("Slot {} has no {} yet", id, e.getFile());
        } catch (IOException | BufferUnderflowException e) {
            LOG.warn("Slot {}: counters of the earlier run are lost: {}", id, e.toString());
        }
    }

    /**
     * Takes a sample and reports it.
     *
     * @param evenIfEmpty whether "no process" is worth a report: not before the first can have come, and
     *     not after the end
     */
    public void sample(ProcessTable table, int monitor, Instant now, boolean evenIfEmpty) {
        Collection<ProcessStat> members = processes.find(table, monitor);
        boolean living = members.stream().anyMatch(member -> !member.ended());
        if (living) {
            firstMembers = firstMembers == null ? now : firstMembers;
            emptySince = null;
            askEnvironment(members);
        } else if (emptySince == null) {
            emptySince = now;
        }
        if (!living && !evenIfEmpty) {
            return;
        }
        JobSample sample = probe.sample(now.toEpochMilli(), members, processes.cgroupCpu());
        spool.append(SlotReport.newBuilder().addSamples(sample));
        saveCounters();
    }

    private void saveCounters() {
        try {
            Path next = folder.resolve(COUNTERS + ".new");
            Files.write(next, probe.saveCounters());
            Files.move(next, folder.resolve(COUNTERS), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("Slot {}: counters not saved", id, e);
        }
    }

    private void askEnvironment(Collection<ProcessStat> members) {
        if (!facts.getBatchSystem().equals("slurm") || facts.hasName() || environmentLooks >= ENVIRONMENT_LOOKS) {
            return;
        }
        environmentLooks++;
        takeDrop();
        for (ProcessStat member : members) {
            if (!facts.hasName()) {
                learn(JobEnvironment.read(here.proc(), member, facts.getJobId()));
            }
        }
    }

    private void takeDrop() {
        String told = handOver.text("drop");
        Path drop = told != null && told.startsWith("/") ? Path.of(told) : here.drop();
        if (drop != null) {
            DropFile.take(drop, facts).ifPresent(this::learn);
        }
    }

    /** What the controller knows of the job. */
    public void learn(ScontrolRecord record) {
        arrayKnown = true;
        learn(record.facts(ZoneId.systemDefault()));
    }

    /** Completes the facts; reports them when something was new. */
    void learn(JobFacts more) {
        JobFacts before = facts;
        facts = JobDescription.complete(facts, more);
        if (!facts.equals(before) && !spool.isNew()) {
            reportFacts();
        }
    }

    /** A hook of the same run told (again) about it. */
    public void learn(HandOver again) {
        learn(JobDescription.read(again, here.node()));
    }

    /** Reports the facts of the job and its start: first of all, and when the portal asks. */
    public void reportFacts() {
        SlotStart.Builder start = SlotStart.newBuilder().setSampleIntervalSeconds(intervalSeconds);
        if (startKnown) {
            start.setTimeMs(handOver.time().toEpochMilli());
        }
        spool.append(SlotReport.newBuilder().setJob(factsToReport()).setStart(start));
        try {
            Files.write(folder.resolve(FACTS), facts.toByteArray());
        } catch (IOException e) {
            LOG.debug("Slot {}: facts not saved", id, e);
        }
    }

    private JobFacts factsToReport() {
        JobFacts.Builder reported = facts.toBuilder();
        if (facts.getBatchSystem().equals("slurm")) {
            if (facts.hasStandardOutput()) {
                reported.setStandardOutput(OutputPath.resolve(facts.getStandardOutput(), facts, arrayKnown));
            }
            if (facts.hasStandardError()) {
                reported.setStandardError(OutputPath.resolve(facts.getStandardError(), facts, arrayKnown));
            }
        }
        return reported.build();
    }

    /** Keeps an epilogue with the slot; the first one counts. */
    public void takeEpilogue(Path file) throws IOException {
        if (!Files.exists(folder.resolve(EPILOGUE))) {
            Files.move(file, folder.resolve(EPILOGUE), StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(file);
        }
    }

    /** The epilogue, when there was one: by now, or before a restart. */
    public Optional<HandOver> epilogue() throws IOException {
        Path file = folder.resolve(EPILOGUE);
        return Files.exists(file) ? Optional.of(HandOver.read(file)) : Optional.empty();
    }

    /**
     * Reports the end as the epilogue tells it.
     *
     * @param batchState what the batch system calls it, where it was asked
     */
    public void end(HandOver epilogue, Optional<String> batchState) {
        SlotEnd.Builder end =
                SlotEnd.newBuilder().setTimeMs(epilogue.time().toEpochMilli()).setCause(SlotEnd.Cause.EPILOGUE);
        String exitCode = epilogue.text("exit_code", "");
        SlurmSpelling.exitCode(exitCode).ifPresent(end::setExitCode);
        SlurmSpelling.signal(exitCode).ifPresent(end::setSignal);
        SlurmSpelling.signal("0:" + epilogue.text("signal", "")).ifPresent(end::setSignal);
        String state = batchState.orElse(epilogue.text("batch_state", ""));
        if (state.isEmpty() && SlurmSpelling.outOfMemory(exitCode, epilogue.text("signal", ""))) {
            state = "OUT_OF_MEMORY";
        }
        if (!state.isEmpty()) {
            end.setBatchState(state);
        }
        spool.append(SlotReport.newBuilder().setEnd(end));
    }

    /** Reports that the slot is gone without an epilogue. */
    public void vanished(Instant when) {
        spool.append(SlotReport.newBuilder()
                .setEnd(SlotEnd.newBuilder().setTimeMs(when.toEpochMilli()).setCause(SlotEnd.Cause.VANISHED)));
    }

    /** When the last sample was taken, or the slot began: all that is known after the node went down. */
    public Instant lastSeen() {
        try {
            return Files.getLastModifiedTime(folder.resolve(COUNTERS)).toInstant();
        } catch (IOException e) {
            return handOver.time();
        }
    }

    /**
     * True when a prologue tells of another run of this job: ours ended and nobody said so. A prologue may
     * also just run twice.
     */
    public boolean isOtherRun(HandOver prologue) {
        JobFacts other = JobDescription.read(prologue, here.node());
        if (facts.hasRestartCount() && other.hasRestartCount() && facts.getRestartCount() != other.getRestartCount()) {
            return true;
        }
        String pid = handOver.text("job_pid");
        String otherPid = prologue.text("job_pid");
        if (pid != null && otherPid != null && !pid.equals(otherPid)) {
            return true;
        }
        return emptySince != null && firstMembers != null && prologue.time().isAfter(emptySince);
    }

    /** Removes the folder: the portal has everything. */
    public void remove() {
        try {
            spool.close();
            delete(folder);
        } catch (IOException e) {
            LOG.warn("Slot {}: folder cannot be removed: {}", id, e.toString());
        }
    }

    static void delete(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> found = Files.walk(folder, 1)) {
            paths = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }

    /** The job that this slot runs: batch system, cluster and job id. */
    public JobKey job() {
        return new JobKey(facts.getBatchSystem(), facts.getCluster(), facts.getJobId());
    }

    public String id() {
        return id;
    }

    public Spool spool() {
        return spool;
    }

    public HandOver handOver() {
        return handOver;
    }

    public int nodes() {
        return Math.max(1, facts.getNodesCount());
    }

    public double intervalSeconds() {
        return intervalSeconds;
    }

    /** @param seconds at least 1; null: back to what is configured */
    public void setInterval(@Nullable Double seconds) {
        intervalSeconds = seconds == null ? here.intervalSeconds() : Math.max(1, seconds);
    }

    public boolean membersSeen() {
        return firstMembers != null;
    }

    /** Since when there has been no living process of the job; null while there is one. */
    public @Nullable Instant emptySince() {
        return emptySince;
    }

    /** Its epilogue came: no other hook speaks of this run any more. */
    void ending() {
        ending = true;
    }

    boolean isEnding() {
        return ending;
    }

    public boolean ended() {
        return spool.hasEnd();
    }

    @Override
    public String toString() {
        return "slot " + id + " (" + facts.getBatchSystem() + " job " + facts.getJobId() + ")";
    }
}
