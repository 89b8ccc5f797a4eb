package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.Policy;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.files.JobFiles;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.send.SpoolSpace;
import org.slotwarden.wire.v1.Evidence;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.OrderResult;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;

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
            JobProbe.Shared probes,
            JobFiles.Shared files,
            Path cgroups,
            NodeProcesses processes,
            @Nullable Path drop,
            String node,
            double intervalSeconds,
            long spoolBytes,
            SpoolSpace space,
            Policy policy) {}

    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

    static final String PROLOGUE = "prologue";
    static final String EPILOGUE = "epilogue";
    static final String SPOOL = "spool";
    private static final String ORDERS = "orders";

    /** They are never thinned: a portal that asks with every answer must not fill the disk. */
    private static final long FACTS_AGAIN_NANOS = 60_000_000_000L;

    private final Surroundings here;
    private final Path folder;
    private final String id;
    private final HandOver handOver;
    private final Spool spool;
    private final SlotFacts facts;
    /** Null after the end: a slot that only waits to be sent shall be small. */
    private @Nullable SlotSampling sampling;

    private boolean ending;
    private long factsAskedNanos;

    private Slot(Path folder, HandOver handOver, boolean startKnown, Surroundings here) throws IOException {
        this.here = here;
        this.folder = folder;
        this.id = String.valueOf(folder.getFileName());
        this.handOver = handOver;
        JobDescription.read(handOver, here.node()); // before a spool is made for what is no job
        this.spool = Spool.open(folder.resolve(SPOOL), id, here.spoolBytes(), here.space());
        this.facts = new SlotFacts(folder, handOver, startKnown, here, spool, this::intervalSeconds);
        this.sampling = spool.hasEnd() ? null : new SlotSampling(folder, handOver, facts, spool, here);
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
                slot.facts.takeDrop();
                slot.reportFacts();
            } else {
                slot.facts.restore();
                if (slot.sampling != null) {
                    slot.sampling.restore(handOver.time());
                }
            }
            return slot;
        } catch (RuntimeException e) {
            slot.spool.close();
            throw e;
        }
    }

    /**
     * Takes a sample, at the slot's interval, and reports it unless a trigger holds it back.
     *
     * @param evenIfEmpty whether "no process" is worth a report: not before the first can have come, and
     *     not after the end
     */
    public void sample(ProcessTable table, int monitor, Instant now, boolean evenIfEmpty) {
        if (sampling != null) {
            sampling.sample(table, monitor, now, evenIfEmpty);
        }
    }

    /** Takes a sample in between, which is held back unless a trigger wants it reported; true when one was. */
    public boolean sampleInBetween(ProcessTable table, int monitor, Instant now) {
        return sampling != null && sampling.sampleInBetween(table, monitor, now);
    }

    /** Reports what was held back of a stretch of time, both ends included, in milliseconds since 1970. */
    public void reportHeldBack(Instant now, long fromMs, long toMs) {
        if (sampling != null) {
            sampling.reportHeldBack(now, fromMs, toMs);
        }
    }

    /**
     * What is looked at when the portal asks what the job is doing; empty after its end.
     *
     * @param table looked at just now
     */
    public Optional<EvidenceSubject> evidenceSubject(ProcessTable table, int monitor) {
        return sampling == null ? Optional.empty() : Optional.of(sampling.evidenceSubject(table, monitor));
    }

    /** Reports what the job was found doing. It is given up like a sample where there is no room. */
    public void reportEvidence(Evidence evidence) {
        spool.append(SlotReport.newBuilder().setEvidence(evidence));
    }

    /** Reports how far an order came. */
    public void reportOrder(OrderResult result) {
        spool.append(SlotReport.newBuilder().addOrderResults(result));
    }

    /** The file in which orders for this slot are written down. */
    public Path orders() {
        return folder.resolve(ORDERS);
    }

    /** Something happened in this slot not long ago: samples in between are worth more. */
    public boolean looksClosely(Instant now) {
        return sampling != null && sampling.looksClosely(now);
    }

    /** What the controller knows of the job. */
    public void learn(ScontrolRecord record) {
        facts.arrayKnown();
        facts.learn(record.facts(ZoneId.systemDefault()));
    }

    /** A hook of the same run told (again) about it. */
    public void learn(HandOver again) {
        facts.learn(JobDescription.read(again, here.node()));
    }

    /** Reports the facts of the job and its start: first of all, and when the portal asks. */
    public void reportFacts() {
        facts.report();
    }

    /** Reports the facts once more because the portal asks; false when it was told so within a minute. */
    public boolean reportFactsAgain() {
        long now = System.nanoTime();
        if (factsAskedNanos != 0 && now - factsAskedNanos < FACTS_AGAIN_NANOS) {
            return false;
        }
        factsAskedNanos = now;
        facts.report();
        return true;
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
        end(EndReport.of(epilogue, batchState));
    }

    /** Reports that the slot is gone without an epilogue. */
    public void vanished(Instant when) {
        end(EndReport.vanished(when));
    }

    private void end(SlotEnd end) {
        boolean again = spool.hasEnd();
        long samples = sampling == null ? 0 : sampling.samples();
        if (sampling != null) {
            sampling.ending(end.getTimeMs(), EndReport.failed(end));
        }
        spool.append(SlotReport.newBuilder().setEnd(end));
        stopSampling();
        LOG.info(
                "{} {} {}; {} samples by this process, {} reports wait for the portal",
                this,
                again ? "ended, told once more:" : "ended",
                EndReport.inWords(end),
                samples,
                spool.waiting().size());
    }

    /** When the last sample was taken, or the slot began: all that is known after the node went down. */
    public Instant lastSeen() {
        Instant sample = sampling == null ? null : sampling.lastSample();
        return sample == null ? handOver.time() : sample;
    }

    /**
     * True when a prologue tells of another run of this job: ours ended and nobody said so. A prologue may
     * also just run twice.
     */
    public boolean isOtherRun(HandOver prologue) {
        JobFacts ours = facts.known();
        JobFacts other = JobDescription.read(prologue, here.node());
        if (ours.hasRestartCount() && other.hasRestartCount() && ours.getRestartCount() != other.getRestartCount()) {
            return true;
        }
        String pid = handOver.text("job_pid");
        String otherPid = prologue.text("job_pid");
        if (pid != null && otherPid != null && !pid.equals(otherPid)) {
            return true;
        }
        Instant empty = emptySince();
        return empty != null && membersSeen() && prologue.time().isAfter(empty);
    }

    private void stopSampling() {
        if (sampling != null) {
            sampling.close();
            sampling = null;
        }
    }

    /** Lets go of everything but the folder. */
    void park() {
        stopSampling();
        here.space().parks(spool);
        try {
            spool.close();
        } catch (IOException e) {
            LOG.debug("Slot {}: spool not closed", id, e);
        }
    }

    /** Removes the folder: the portal has everything. */
    public void remove() {
        stopSampling();
        try {
            spool.close();
            delete(folder);
        } catch (IOException e) {
            LOG.warn("Slot {}: folder cannot be removed: {}", id, e.toString());
        }
    }

    /**
     * The hand-overs first: a folder without them is no slot. Were the reports the first to go, an agent killed
     * in between would leave a slot to adopt that begins to count its reports anew.
     */
    static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(PROLOGUE));
        Files.deleteIfExists(folder.resolve(EPILOGUE));
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
        JobFacts job = facts.known();
        return new JobKey(job.getBatchSystem(), job.getCluster(), job.getJobId());
    }

    /** Whose job it is; null: not known. */
    public @Nullable String user() {
        JobFacts job = facts.known();
        return job.hasUser() ? job.getUser() : null;
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
        return Math.max(1, facts.known().getNodesCount());
    }

    public double intervalSeconds() {
        return sampling == null ? here.intervalSeconds() : sampling.intervalSeconds();
    }

    /** @param seconds at least 1; null: back to what is configured */
    public void setInterval(@Nullable Double seconds) {
        if (sampling != null) {
            sampling.setInterval(seconds);
        }
    }

    public boolean membersSeen() {
        return sampling != null && sampling.firstMembers() != null;
    }

    /** Since when there has been no living process of the job; null while there is one. */
    public @Nullable Instant emptySince() {
        return sampling == null ? null : sampling.emptySince();
    }

    /** Its epilogue came: no other hook speaks of this run any more. */
    void ending() {
        ending = true;
    }

    /** Its epilogue came. */
    public boolean isEnding() {
        return ending;
    }

    public boolean ended() {
        return spool.hasEnd();
    }

    @Override
    public String toString() {
        JobKey job = job();
        return "slot " + id + " (" + job.batchSystem() + " job " + job.jobId() + ")";
    }
}
