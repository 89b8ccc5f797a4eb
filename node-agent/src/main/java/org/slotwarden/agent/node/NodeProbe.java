package org.slotwarden.agent.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slotwarden.agent.probe.KernelUnits;
import org.slotwarden.agent.probe.ProcFiles;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.Pressure;

/** Takes the figures of the node as a whole, straight from /proc: OSHI's way there costs ten times as much. */
public final class NodeProbe {

    private final ProcFiles proc;
    private final KernelUnits units;
    private final Disks disks;
    private final NetworkDevices network;
    private final List<NodeFigure> more;

    /**
     * @param sys {@code /sys}, to tell whole devices from those that stand on others
     * @param more further sources
     */
    public NodeProbe(ProcFiles proc, KernelUnits units, Path sys, List<NodeFigure> more) {
        this.proc = proc;
        this.units = units;
        this.disks = new Disks(sys);
        this.network = new NetworkDevices(sys);
        this.more = List.copyOf(more);
    }

    /** Begins what is read aside, so that it is there when the sample is taken. */
    public void prepare() {
        more.forEach(NodeFigure::prepare);
    }

    /** @param processes number of processes, as counted by a scan that was made anyway */
    public NodeSample sample(long timeMs, int processes) {
        NodeSample.Builder sample = NodeSample.newBuilder().setTimeMs(timeMs).setProcesses(processes);
        if (proc.read("loadavg")) {
            NodeLoad load = NodeLoad.parse(proc.bytes(), proc.length());
            if (load != null) {
                sample.setLoad1M(load.one()).setLoad5M(load.five()).setLoad15M(load.fifteen());
            }
        }
        if (proc.read("stat")) {
            NodeCpu cpu = NodeCpu.parse(proc.bytes(), proc.length());
            if (cpu != null) {
                cpu.into(sample, units);
            }
        }
        if (proc.read("meminfo")) {
            NodeMemory.parse(proc.bytes(), proc.length()).into(sample);
        }
        if (proc.read("vmstat")) {
            Vmstat vmstat = Vmstat.parse(proc.bytes(), proc.length());
            vmstat.swappedIn().ifPresent(pages -> sample.setSwapInBytes(pages * units.pageBytes()));
            vmstat.swappedOut().ifPresent(pages -> sample.setSwapOutBytes(pages * units.pageBytes()));
            vmstat.oomKills().ifPresent(sample::setOomKills);
        }
        if (proc.read("diskstats")) {
            disks.into(sample, proc.bytes(), proc.length());
        }
        if (proc.read("net/dev")) {
            network.into(sample, proc.bytes(), proc.length());
        }
        // "All wait for a CPU" means nothing for a whole node; the kernel writes a zero there.
        pressure("cpu")
                .ifPresent(p ->
                        sample.setCpuPressure(p.toBuilder().clearFullSeconds().build()));
        pressure("memory").ifPresent(sample::setMemoryPressure);
        pressure("io").ifPresent(sample::setIoPressure);
        more.forEach(source -> source.into(sample));
        return sample.build();
    }

    private Optional<Pressure> pressure(String resource) {
        return proc.read("pressure/" + resource) ? PressureText.parse(proc.bytes(), proc.length()) : Optional.empty();
    }
}
