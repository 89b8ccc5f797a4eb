package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.decision.Decisions;
import org.slotwarden.agent.evidence.EvidenceSubject;
import org.slotwarden.agent.files.JobFiles;
import org.slotwarden.agent.files.JobPlaces;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.slot.Slot.Surroundings;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotReport;

/** The samples of one slot: which processes, how often, and the counters that go on across a crash. */
final class SlotSampling {

    private static final Logger LOG = LoggerFactory.getLogger(SlotSampling.class);
    private static final String COUNTERS = "counters";

    /** In seconds, whatever the portal asks for. */
    private static final double LEAST_INTERVAL = 1;

    private static final double MOST_INTERVAL = 3600;

    /** Of those released together, so that a report stays small. */
    private static final int SAMPLES_PER_REPORT = 60;

    private final Path folder;
    private final Surroundings here;
    private final SlotFacts facts;
    private final Spool spool;
    private final CounterFile counters;
    private final JobProbe probe;
    private final JobFiles files;
    private final JobProcesses processes;
    private final Decisions decisions;
    private final StorageReports storage;
    private double intervalSeconds;
    private long samples;
    private @Nullable Instant firstMembers;
    private @Nullable Instant emptySince;

    SlotSampling(Path folder, HandOver handOver, SlotFacts facts, Spool spool, Surroundings here) {
        this.folder = folder;
        this.here = here;
        this.facts = facts;
        this.spool = spool;
        this.intervalSeconds = here.intervalSeconds();
        this.counters = new CounterFile(folder.resolve(COUNTERS));
        this.probe = new JobProbe(here.probes());
        this.files = new JobFiles(here.files());
        this.processes = new JobProcesses(
                here.proc(), here.units(), here.cgroups(), here.processes(), handOver, facts.known(), here.node());
        this.decisions = here.policy().forSlot(facts::limits);
        this.storage = new StorageReports(here.probes().storage(), here.proc(), spool, System::nanoTime);
    }

    /** Goes on where an earlier run of the agent stopped. */
    void restore(Instant begin) {
        try {
            byte[] saved = counters.read();
            if (saved == null) {
                throw new IOException("nothing in the file is whole");
            }
            probe.restoreCounters(ByteBuffer.wrap(saved));
            processes.remember(probe.processes());
            firstMembers = begin;
        } catch (NoSuchFileException e) {
            LOG.debug("{} has no counters yet", folder);
        } catch (IOException | BufferUnderflowException e) {
            LOG.warn("{}: counters of the earlier run are lost: {}", folder.getFileName(), e.toString());
        }
    }

    /** See {@link Slot#sample}. */
    void sample(ProcessTable table, int monitor, Instant now, boolean evenIfEmpty) {
        Collection<ProcessStat> members = processes.find(table, monitor);
        boolean living = members.stream().anyMatch(member -> !member.ended());
        if (living) {
            firstMembers = firstMembers == null ? now : firstMembers;
            emptySince = null;
            facts.askEnvironment(members);
        } else if (emptySince == null) {
            emptySince = now;
        }
        if (living || evenIfEmpty) {
            report(decisions.sampled(take(table, now, members, true), true));
            storage.looked(probe.storageLook());
        }
    }

    /** See {@link Slot#sampleInBetween}. */
    boolean sampleInBetween(ProcessTable table, int monitor, Instant now) {
        Collection<ProcessStat> members = processes.find(table, monitor);
        return members.stream().anyMatch(member -> !member.ended())
                && report(decisions.sampled(take(table, now, members, false), false));
    }

    /** @param regular whether the sample will be reported for sure: what is dear is for such only */
    private JobSample take(ProcessTable table, Instant now, Collection<ProcessStat> members, boolean regular) {
        long timeMs = now.toEpochMilli();
        JobPlaces places = facts.places();
        if (regular && places != null) {
            files.begin(places, anyOf(members), timeMs);
        }
        JobSample sample = probe.sample(timeMs, table, members, processes.cgroup(), processes.membership(), regular);
        if (LOG.isTraceEnabled()) {
            LOG.trace(
                    "{}: found by {}: processes {}",
                    folder.getFileName(),
                    processes.membership(),
                    members.stream().map(ProcessStat::pid).toList());
        }
        if (!regular || places == null) {
            return sample;
        }
        JobSample.Builder withFiles = sample.toBuilder();
        files.into(withFiles);
        return withFiles.build();
    }

    /** See {@link Slot#evidenceSubject}. */
    EvidenceSubject evidenceSubject(ProcessTable table, int monitor) {
        JobFacts job = facts.known();
        return new EvidenceSubject(
                List.copyOf(processes.find(table, monitor)), facts.places(), job.hasGid() ? (Long) job.getGid() : null);
    }

    /** The process whose environment tells of places: the one that was there first. */
    private static int anyOf(Collection<ProcessStat> members) {
        ProcessStat first = null;
        for (ProcessStat member : members) {
            if (!member.ended() && (first == null || isBefore(member, first))) {
                first = member;
            }
        }
        return first == null ? 0 : first.pid();
    }

    private static boolean isBefore(ProcessStat one, ProcessStat other) {
        return one.startTicks() < other.startTicks()
                || (one.startTicks() == other.startTicks() && one.pid() < other.pid());
    }

    /** See {@link Slot#reportHeldBack}. */
    void reportHeldBack(Instant now, long fromMs, long toMs) {
        report(decisions.asked(now.toEpochMilli(), fromMs, toMs));
    }

    /** The end comes next: what led to it is reported where it was a failure. */
    void ending(long timeMs, boolean failed) {
        report(decisions.ended(timeMs, failed));
    }

    boolean looksClosely(Instant now) {
        return decisions.lookClosely(now.toEpochMilli());
    }

    private boolean report(List<JobSample> reported) {
        if (reported.isEmpty()) {
            return false;
        }
        // First: killed in between, the next run must not know of less than was told.
        saveCounters();
        for (int from = 0; from < reported.size(); from += SAMPLES_PER_REPORT) {
            List<JobSample> some = reported.subList(from, Math.min(reported.size(), from + SAMPLES_PER_REPORT));
            spool.append(SlotReport.newBuilder().addAllSamples(some));
        }
        samples += reported.size();
        return true;
    }

    void close() {
        probe.close();
        try {
            counters.close();
        } catch (IOException e) {
            LOG.debug("{}: counters not closed", folder, e);
        }
        files.close();
        decisions.close();
    }

    private void saveCounters() {
        try {
            counters.write(probe.saveCounters());
        } catch (IOException e) {
            LOG.debug("{}: counters not saved", folder, e);
        }
    }

    /** When the last sample was taken; null when there was none, in this run or an earlier one. */
    @Nullable
    Instant lastSample() {
        try {
            return Files.getLastModifiedTime(folder.resolve(COUNTERS)).toInstant();
        } catch (IOException e) {
            return null;
        }
    }

    /** Samples reported by this run of the agent. */
    long samples() {
        return samples;
    }

    double intervalSeconds() {
        return intervalSeconds;
    }

    void setInterval(@Nullable Double seconds) {
        intervalSeconds = seconds != null && Double.isFinite(seconds)
                ? Math.clamp(seconds, LEAST_INTERVAL, MOST_INTERVAL)
                : here.intervalSeconds();
    }

    @Nullable
    Instant firstMembers() {
        return firstMembers;
    }

    @Nullable
    Instant emptySince() {
        return emptySince;
    }
}
