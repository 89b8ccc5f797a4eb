package org.slotwarden.agent.diagnostics;

import java.nio.file.Path;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.decision.Statistics;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.AgentStatus;

/**
 * How the agent itself is, from what its parts tell it and from {@code /proc/self}. Each method says which
 * thread may call it; those without a word, any.
 */
public final class AgentDiagnostics {

    /**
     * What this process is.
     *
     * @param startedAtMs when it began, by the node's clock
     * @param afterCrash whether it replaces one that died
     * @param ownProcessOfSlot whether it looks after one slot only
     */
    public record Process(long startedAtMs, boolean afterCrash, boolean ownProcessOfSlot) {}

    private record Round(OptionalDouble cpuSeconds, double lateSeconds) {}

    private final Process process;
    private final OwnProcess own;
    private final ThreadCpu samplingCpu;
    private final Statistics samples;
    private volatile @Nullable Round lastRound;
    private OptionalDouble cpuAtBegin = OptionalDouble.empty();
    private long began;

    /** @param proc {@code /proc} */
    public AgentDiagnostics(Path proc, KernelUnits units, Process process, Statistics samples) {
        this.samples = samples;
        this.process = process;
        this.own = new OwnProcess(new ProcFiles(proc), units);
        this.samplingCpu = new ThreadCpu(new ProcFiles(proc));
    }

    /** A look at all slots that are due begins. Sampling thread. */
    public void roundBegins() {
        began = System.nanoTime();
        cpuAtBegin = samplingCpu.seconds();
    }

    /**
     * It is over. Sampling thread.
     *
     * @param planned when it should have begun, on the clock of {@link System#nanoTime}
     * @return CPU time of this thread in between, in seconds
     */
    public OptionalDouble roundEnds(long planned) {
        OptionalDouble now = samplingCpu.seconds();
        OptionalDouble used = now.isPresent() && cpuAtBegin.isPresent()
                ? OptionalDouble.of(Math.max(0, now.getAsDouble() - cpuAtBegin.getAsDouble()))
                : OptionalDouble.empty();
        lastRound = new Round(used, Math.max(0, (began - planned) / 1e9));
        return used;
    }

    /** Everything but what waits to be sent. Sender's thread. */
    public AgentStatus.Builder status(long nowMs) {
        AgentStatus.Builder status = AgentStatus.newBuilder()
                .setTimeMs(nowMs)
                .setStartedAtMs(process.startedAtMs)
                .setAfterCrash(process.afterCrash)
                .setOwnProcessOfSlot(process.ownProcessOfSlot)
                .setSamplesTaken(samples.samplesTaken())
                .setSamplesHeldBack(samples.samplesHeldBack())
                .addAllErrors(ErrorCounts.all());
        own.into(status);
        Round round = lastRound;
        if (round != null) {
            round.cpuSeconds.ifPresent(status::setSampleCpuSeconds);
            status.setSampleLateSeconds(round.lateSeconds);
        }
        return status;
    }
}
