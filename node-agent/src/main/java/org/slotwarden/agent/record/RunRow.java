package org.slotwarden.agent.record;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.slotwarden.wire.v1.JobSample;

/**
 * Puts samples of one run into rows: counters from where the run began, shares from the row before. A cell
 * is empty when the figure was not measured. Not thread-safe.
 */
final class RunRow {

    /** The last five are beside what the design's replay format names. */
    static final List<String> COLUMNS = List.of(
            "t",
            "cpu_s",
            "cores",
            "rss",
            "read_bytes",
            "write_bytes",
            "threads",
            "procs",
            "fds",
            "sockets",
            "net_rx",
            "net_tx",
            "rchar",
            "wchar",
            "syscr",
            "syscw",
            "majflt",
            "dstate",
            "disk_used",
            "disk_free",
            "stdout_bytes",
            "progress",
            "runq_wait_s",
            "node_busy",
            "cpu_user_s",
            "cpu_system_s",
            "net_rx_packets",
            "net_tx_packets",
            "zombies");

    private final JobSample begin;
    private final StringBuilder row = new StringBuilder();
    private double lastT;
    private double lastCpu;
    private boolean coresKnown;

    /** @param begin what the run's first process had used before the run; empty for a run since its beginning */
    RunRow(JobSample begin, boolean fromZero) {
        this.begin = begin;
        this.coresKnown = fromZero;
    }

    static String header() {
        return String.join(",", COLUMNS) + "\n";
    }

    /**
     * @param t seconds since the run's beginning
     * @param output bytes of standard output where they pass by; else the sample may know a file's size
     */
    String of(double t, JobSample now, OptionalLong output, OptionalDouble nodeBusy) {
        double user = since(now.getCpuUserSeconds(), begin.getCpuUserSeconds());
        double system = since(now.getCpuSystemSeconds(), begin.getCpuSystemSeconds());
        double cpu = user + system;
        boolean cores = coresKnown && t > lastT;
        double coresUsed = cores ? Math.max(0, cpu - lastCpu) / (t - lastT) : 0;
        lastT = t;
        lastCpu = cpu;
        coresKnown = true;
        row.setLength(0);
        decimal(true, t, 3);
        decimal(now.hasCpuUserSeconds(), cpu, 3);
        decimal(cores, coresUsed, 4);
        whole(now.hasMemoryRssBytes(), now.getMemoryRssBytes());
        counter(now.hasReadBytes(), now.getReadBytes(), begin.getReadBytes());
        counter(now.hasWriteBytes(), now.getWriteBytes(), begin.getWriteBytes());
        whole(now.hasThreads(), now.getThreads());
        whole(now.hasProcesses(), now.getProcesses());
        whole(now.hasOpenFiles(), now.getOpenFiles());
        whole(now.hasOpenSockets(), now.getOpenSockets());
        counter(now.hasNetReceiveBytes(), now.getNetReceiveBytes(), begin.getNetReceiveBytes());
        counter(now.hasNetTransmitBytes(), now.getNetTransmitBytes(), begin.getNetTransmitBytes());
        counter(now.hasReadChars(), now.getReadChars(), begin.getReadChars());
        counter(now.hasWriteChars(), now.getWriteChars(), begin.getWriteChars());
        counter(now.hasReadCalls(), now.getReadCalls(), begin.getReadCalls());
        counter(now.hasWriteCalls(), now.getWriteCalls(), begin.getWriteCalls());
        counter(now.hasMajorFaults(), now.getMajorFaults(), begin.getMajorFaults());
        whole(now.hasUninterruptibleProcesses(), now.getUninterruptibleProcesses());
        whole(now.hasWorkdirBytes(), now.getWorkdirBytes());
        whole(now.hasWorkdirFreeBytes(), now.getWorkdirFreeBytes());
        whole(output.isPresent() || now.hasStandardOutputBytes(), output.orElse(now.getStandardOutputBytes()));
        decimal(
                now.hasProgress() && now.getProgress().hasFraction(),
                now.getProgress().getFraction(),
                6);
        decimal(now.hasRunQueueWaitSeconds(), since(now.getRunQueueWaitSeconds(), begin.getRunQueueWaitSeconds()), 4);
        decimal(nodeBusy.isPresent(), nodeBusy.orElse(0), 4);
        decimal(now.hasCpuUserSeconds(), user, 3);
        decimal(now.hasCpuSystemSeconds(), system, 3);
        counter(now.hasNetReceivePackets(), now.getNetReceivePackets(), begin.getNetReceivePackets());
        counter(now.hasNetTransmitPackets(), now.getNetTransmitPackets(), begin.getNetTransmitPackets());
        whole(now.hasZombies(), now.getZombies());
        row.setCharAt(row.length() - 1, '\n');
        return row.toString();
    }

    private static double since(double now, double begin) {
        return Math.max(0, now - begin);
    }

    private void counter(boolean known, long now, long atBegin) {
        whole(known, Math.max(0, now - atBegin));
    }

    private void whole(boolean known, long value) {
        if (known) {
            row.append(value);
        }
        row.append(',');
    }

    private void decimal(boolean known, double value, int digits) {
        if (known) {
            row.append(BigDecimal.valueOf(value)
                    .setScale(digits, RoundingMode.HALF_UP)
                    .toPlainString());
        }
        row.append(',');
    }
}
