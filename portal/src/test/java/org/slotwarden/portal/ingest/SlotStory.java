package org.slotwarden.portal.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slotwarden.wire.v1.JobFacts;
import org.slotwarden.wire.v1.JobSample;
import org.slotwarden.wire.v1.SampleLoss;
import org.slotwarden.wire.v1.SlotEnd;
import org.slotwarden.wire.v1.SlotReport;
import org.slotwarden.wire.v1.SlotStart;

/** What an agent has to tell of one slot, event by event: one report each, in the order of the calls. */
public final class SlotStory {

    private final String slotId;
    private final JobFacts.Builder facts = JobFacts.newBuilder().setBatchSystem("slurm");
    private final List<SlotReport> reports = new ArrayList<>();

    private SlotStory(String slotId) {
        this.slotId = slotId;
    }

    /** A slot of a Slurm job of anna, if nothing else is said. */
    public static SlotStory slot(String slotId, String jobId) {
        var story = new SlotStory(slotId);
        story.facts
                .setJobId(jobId)
                .setUser("anna")
                .setUid(1000)
                .setQueue("short")
                .setName("simulation");
        return story;
    }

    /**
     * One that asked for one core and keeps 2.5 busy; a sample each 30 s.
     *
     * @param since seconds before {@code now}, like {@code until}
     */
    public static SlotStory greedy(String slotId, String jobId, Instant now, int since, int until) {
        SlotStory story =
                slot(slotId, jobId).facts(job -> job.setRequestedCores(1)).started(now.minusSeconds(since));
        for (int age = since - 30; age >= until; age -= 30) {
            double seconds = since - age;
            story.sample(
                    now.minusSeconds(age),
                    sample -> sample.setCpuUserSeconds(2.5 * seconds).setCpuSystemSeconds(0));
        }
        return story;
    }

    /** Before {@link #started}. */
    public SlotStory facts(Consumer<JobFacts.Builder> change) {
        change.accept(facts);
        return this;
    }

    /** The first report: job and prologue. */
    public SlotStory started(Instant at) {
        return report(report -> report.setJob(facts)
                .setStart(SlotStart.newBuilder().setTimeMs(at.toEpochMilli()).setSampleIntervalSeconds(30)));
    }

    /** A first report of an agent that learnt of the slot only now. */
    public SlotStory known() {
        return report(report -> report.setJob(facts));
    }

    public SlotStory sample(Instant at, Consumer<JobSample.Builder> figures) {
        var sample = JobSample.newBuilder().setTimeMs(at.toEpochMilli());
        figures.accept(sample);
        return report(report -> report.addSamples(sample));
    }

    /** @param cpuSeconds cumulative */
    public SlotStory sample(Instant at, double cpuSeconds, long rssBytes) {
        return sample(
                at,
                sample -> sample.setCpuUserSeconds(cpuSeconds)
                        .setCpuSystemSeconds(0)
                        .setMemoryRssBytes(rssBytes)
                        .setProcesses(3)
                        .setOpenSockets(1));
    }

    public SlotStory ended(Instant at, int exitCode) {
        return ended(at, end -> end.setExitCode(exitCode));
    }

    public SlotStory ended(Instant at, Consumer<SlotEnd.Builder> how) {
        var end = SlotEnd.newBuilder().setTimeMs(at.toEpochMilli()).setCause(SlotEnd.Cause.EPILOGUE);
        how.accept(end);
        return report(report -> report.setEnd(end));
    }

    /** Samples that were given up before this report. */
    public SlotStory lost(long samples, Instant from, Instant to) {
        return report(report -> report.setLoss(SampleLoss.newBuilder()
                .setSamples(samples)
                .setFromMs(from.toEpochMilli())
                .setToMs(to.toEpochMilli())));
    }

    private SlotStory report(Consumer<SlotReport.Builder> content) {
        var report = SlotReport.newBuilder().setSlotId(slotId).setSequence(reports.size() + 1);
        content.accept(report);
        reports.add(report.build());
        return this;
    }

    public List<SlotReport> reports() {
        return List.copyOf(reports);
    }
}
