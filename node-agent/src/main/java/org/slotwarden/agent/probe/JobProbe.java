package org.slotwarden.agent.probe;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.CounterLedger.Row;
import org.slotwarden.wire.v1.JobSample;

/**
 * Takes the figures of one job's processes together. What could not be read of one of them although it
 * still lives (another user's process, and we are not root) is absent from the sample as a whole: part of
 * a sum would be a wrong figure.
 */
public final class JobProbe {

    private final ProcFiles proc;
    private final KernelUnits units;
    private final CounterLedger ledger = new CounterLedger();

    public JobProbe(ProcFiles proc, KernelUnits units) {
        this.proc = proc;
        this.units = units;
    }

    /**
     * @param members the job's processes
     * @param cgroupCpu CPU time that the job's cgroup knows of, where it has one: it covers processes that
     *     lived and ended between two samples
     */
    public JobSample sample(long timeMs, Collection<ProcessStat> members, @Nullable CgroupCpu cgroupCpu) {
        JobSample.Builder sample = JobSample.newBuilder().setTimeMs(timeMs);
        Map<Integer, Row> rows = new HashMap<>();
        ProcessFiles files = new ProcessFiles(proc);
        Total resident = new Total();
        Total swap = new Total();
        boolean filesKnown = true;
        boolean ioKnown = true;
        int processes = 0;
        int threads = 0;
        for (ProcessStat process : members) {
            int pid = process.pid();
            ProcessIo io = ProcessIo.read(proc, pid);
            ioKnown &= io != null || !livesStill(process);
            rows.put(pid, row(process, io));
            if (process.ended()) {
                continue;
            }
            processes++;
            threads += process.threads();
            resident.add(ProcessMemory.residentPages(proc, pid), process);
            swap.add(ProcessMemory.swapBytes(proc, pid), process);
            filesKnown &= files.add(pid) || !livesStill(process);
        }
        sample.setProcesses(processes).setThreads(threads);
        if (cgroupCpu != null) {
            ledger.raise(0, units.ticks(cgroupCpu.userSeconds()));
            ledger.raise(1, units.ticks(cgroupCpu.systemSeconds()));
        }
        counters(sample, ledger.update(rows), ioKnown);
        if (resident.known) {
            sample.setMemoryRssBytes(resident.sum * units.pageBytes());
        }
        if (swap.known) {
            sample.setSwapBytes(swap.sum);
        }
        if (filesKnown) {
            sample.setOpenFiles(files.files());
            if (files.socketsKnown()) {
                sample.setOpenSockets(files.sockets());
            }
        }
        return sample.build();
    }

    private void counters(JobSample.Builder sample, long[] counter, boolean ioKnown) {
        sample.setCpuUserSeconds(units.seconds(counter[0])).setCpuSystemSeconds(units.seconds(counter[1]));
        if (ioKnown) {
            sample.setReadBytes(counter[2]).setWriteBytes(counter[3]);
            sample.setReadChars(counter[4]).setWriteChars(counter[5]);
        }
    }

    private static Row row(ProcessStat process, @Nullable ProcessIo io) {
        long[] total = {
            process.userTicks() + process.reapedUserTicks(),
            process.systemTicks() + process.reapedSystemTicks(),
            io == null ? 0 : io.readBytes(),
            io == null ? 0 : io.writeBytes(),
            io == null ? 0 : io.readChars(),
            io == null ? 0 : io.writeChars()
        };
        long[] absorbed = total.clone();
        absorbed[0] = process.reapedUserTicks();
        absorbed[1] = process.reapedSystemTicks();
        return new Row(process.pid(), process.startTicks(), process.parent(), total, absorbed);
    }

    private boolean livesStill(ProcessStat process) {
        ProcessStat now = ProcessStat.read(proc, process.pid());
        return now != null && now.sameProcess(process) && !now.ended();
    }

    /** What the next process of the agent needs so that counters go on. */
    public byte[] saveCounters() {
        return ledger.save();
    }

    /** @throws java.nio.BufferUnderflowException when the bytes are not what {@link #saveCounters} gave */
    public void restoreCounters(byte[] saved) {
        ledger.restore(saved);
    }

    /** Start time by pid of the processes that the last sample was taken of. */
    public Map<Integer, Long> processes() {
        return ledger.processes();
    }

    /** A sum that is not known when one of its parts is not. */
    private final class Total {
        private long sum;
        private boolean known = true;

        void add(OptionalLong value, ProcessStat process) {
            if (value.isPresent()) {
                sum += value.getAsLong();
            } else if (livesStill(process)) {
                known = false;
            }
        }
    }
}
