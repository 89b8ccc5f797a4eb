package org.slotwarden.agent.decision;

import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.v1.JobSample;

/**
 * The figures of a sample in which a change means something; NaN: not known.
 *
 * @param cores busy since the sample before
 * @param ioBytesPerSecond through read and write since the sample before
 */
record Figures(
        double cores, double residentBytes, double processes, double files, double sockets, double ioBytesPerSecond) {

    static final int COUNT = 6;

    static Figures of(@Nullable JobSample before, JobSample now) {
        double seconds = before == null ? 0 : (now.getTimeMs() - before.getTimeMs()) / 1e3;
        return new Figures(
                before != null && before.hasCpuUserSeconds() && now.hasCpuUserSeconds()
                        ? rate(cpu(now) - cpu(before), seconds)
                        : Double.NaN,
                now.hasMemoryRssBytes() ? now.getMemoryRssBytes() : Double.NaN,
                now.hasProcesses() ? now.getProcesses() : Double.NaN,
                now.hasOpenFiles() ? now.getOpenFiles() : Double.NaN,
                now.hasOpenSockets() ? now.getOpenSockets() : Double.NaN,
                before != null && before.hasReadChars() && now.hasReadChars()
                        ? rate(io(now) - io(before), seconds)
                        : Double.NaN);
    }

    private static double rate(double difference, double seconds) {
        return seconds > 0.1 ? difference / seconds : Double.NaN;
    }

    private static double cpu(JobSample sample) {
        return sample.getCpuUserSeconds() + sample.getCpuSystemSeconds();
    }

    private static double io(JobSample sample) {
        return (double) sample.getReadChars() + sample.getWriteChars();
    }

    double[] values() {
        return new double[] {cores, residentBytes, processes, files, sockets, ioBytesPerSecond};
    }
}
