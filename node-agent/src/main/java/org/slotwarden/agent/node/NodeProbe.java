package org.slotwarden.agent.node;

import java.io.File;
import java.nio.file.Path;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeSample;

/** Takes the figures of the node as a whole, straight from /proc: OSHI's way there costs ten times as much. */
public final class NodeProbe {

    private final ProcFiles proc;
    private final KernelUnits units;
    private final DiskTraffic disks;
    private final File scratch;

    /**
     * @param sys {@code /sys}, to tell whole devices from partitions
     * @param scratch a folder on the file system that jobs use for scratch
     */
    public NodeProbe(ProcFiles proc, KernelUnits units, Path sys, Path scratch) {
        this.proc = proc;
        this.units = units;
        this.disks = new DiskTraffic(sys.resolve("block"));
        this.scratch = scratch.toFile();
    }

    /** @param processes number of processes, as counted by a scan that was made anyway */
    public NodeSample sample(long timeMs, int processes) {
        NodeSample.Builder sample = NodeSample.newBuilder().setTimeMs(timeMs).setProcesses(processes);
        if (proc.read("loadavg")) {
            NodeLoad.parse(proc.bytes(), proc.length()).ifPresent(sample::setLoad1M);
        }
        if (proc.read("stat")) {
            NodeCpu cpu = NodeCpu.parse(proc.bytes(), proc.length());
            if (cpu != null) {
                sample.setCpuBusySeconds(units.seconds(cpu.busyTicks()))
                        .setCpuIowaitSeconds(units.seconds(cpu.iowaitTicks()));
            }
        }
        if (proc.read("meminfo")) {
            NodeMemory.parse(proc.bytes(), proc.length()).into(sample);
        }
        if (proc.read("diskstats")) {
            disks.parse(proc.bytes(), proc.length())
                    .ifPresent(bytes -> sample.setDiskReadBytes(bytes.in()).setDiskWriteBytes(bytes.out()));
        }
        if (proc.read("net/dev")) {
            NetworkTraffic.parse(proc.bytes(), proc.length())
                    .ifPresent(bytes -> sample.setNetReceiveBytes(bytes.in()).setNetTransmitBytes(bytes.out()));
        }
        // 0 is also what Java says when it cannot tell.
        if (scratch.getTotalSpace() > 0) {
            sample.setScratchFreeBytes(scratch.getUsableSpace());
        }
        return sample.build();
    }

    /** Bytes that came in and went out. */
    record Traffic(long in, long out) {}
}
