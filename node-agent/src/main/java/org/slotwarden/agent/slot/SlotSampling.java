package org.slotwarden.agent.slot;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.agent.probe.JobProbe;
import org.slotwarden.agent.probe.ProcessStat;
import org.slotwarden.agent.probe.ProcessTable;
import org.slotwarden.agent.send.Spool;
import org.slotwarden.agent.slot.Slot.Surroundings;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SlotReport;

/** The samples of one slot: which processes, how often, and the counters that go on across a crash. */
final class SlotSampling {

    private static final Logger LOG = LoggerFactory.getLogger(SlotSampling.class);
    private static final String COUNTERS = "counters";

    private final Path folder;
    private final Surroundings here;
    private final SlotFacts facts;
    private final Spool spool;
    private final JobProbe probe;
    private final JobProcesses processes;
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
        this.probe = new JobProbe(here.proc(), here.units());
        this.processes =
                new JobProcesses(here.proc(), here.units(), here.cgroups(), handOver, facts.known(), here.node());
    }

    /** Goes on where an earlier run of the agent stopped. */
    void restore(Instant begin) {
        try {
            probe.restoreCounters(Files.readAllBytes(folder.resolve(COUNTERS)));
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
        if (!living && !evenIfEmpty) {
            return;
        }
        JobSample sample = probe.sample(now.toEpochMilli(), members, processes.cgroupCpu());
        spool.append(SlotReport.newBuilder().addSamples(sample));
        samples++;
        saveCounters();
    }

    private void saveCounters() {
        try {
            Path next = folder.resolve(COUNTERS + ".new");
            Files.write(next, probe.saveCounters());
            Files.move(next, folder.resolve(COUNTERS), StandardCopyOption.ATOMIC_MOVE);
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
        intervalSeconds = seconds == null ? here.intervalSeconds() : Math.max(1, seconds);
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
